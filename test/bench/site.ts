import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { visitorOf } from '../summary/site/visitor.ts';

const perSecond = 50;
const seconds = 20;

/**
 * How long an archive page takes at 50 requests a second, each for another of 365 days: from when the request was due (so
 * that waiting counts) to its last byte. The site runs in a process of its own.
 */
export async function benchSite(): Promise<void> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'site-process.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [origin] = (await once(createInterface(child.stdout), 'line')) as [string];
    const visitor = visitorOf(origin);
    await visitor.signIn();
    const took = await knock(async (index) => {
      const day = Temporal.PlainDate.from('2025-11-30').subtract({ days: (index * 37) % 365 });
      const { code } = await visitor.get(`/day/${day}`);
      if (code !== 200) throw new Error(`${day} answered ${code}`);
    });
    const sorted = took.toSorted((one, other) => one - other);
    const at = (part: number) => `${(sorted[Math.ceil(part * sorted.length) - 1] ?? 0).toFixed(1)} ms`;
    const load = `load ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`;
    console.log(`\narchive page at ${perSecond} requests/s for ${seconds} s, one of 365 days (${load})`);
    console.log(`  median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} of ${took.length}`);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Milliseconds of each call, counted from when it was due. */
async function knock(call: (index: number) => Promise<void>): Promise<number[]> {
  const began = performance.now();
  const calls: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = began + (index * 1000) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    calls.push(call(index).then(() => performance.now() - due));
  }
  return Promise.all(calls);
}

if (import.meta.main) await benchSite();
