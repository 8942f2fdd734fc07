import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export type Measured = { readonly seconds: number; readonly peakMib: number };

/** Runs a command to its end: wall seconds, and the peak resident memory of its largest single process in MiB. */
export async function measure(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  let peakKib = 0;
  const timer = setInterval(() => {
    peakKib = Math.max(peakKib, ...family(child.pid ?? 0).map(peakOf));
  }, 50);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, peakMib: peakKib / 1024 };
}

/** A process and its children, as far as they live. */
function family(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(family)];
  } catch {
    return [];
  }
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** `12.3 s  0.48x  118 MiB`: wall time, its ratio to `base`, peak memory. */
export function figure({ seconds, peakMib }: Measured, base: Measured): string {
  return `${seconds.toFixed(1).padStart(7)} s ${(seconds / base.seconds).toFixed(2).padStart(6)}x ${peakMib.toFixed(0).padStart(5)} MiB`;
}
