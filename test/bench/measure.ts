import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export type Measured = {
  readonly seconds: number;
  /** Of its largest single process. */
  readonly peakMib: number;
  /** Of all its processes at one time; memory that they share counts for each. */
  readonly togetherMib: number;
};

/** Runs a command to its end: wall seconds, and its peak resident memory in MiB. */
export async function measure(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  let peakKib = 0;
  let togetherKib = 0;
  const timer = setInterval(() => {
    const pids = family(child.pid ?? 0);
    peakKib = Math.max(peakKib, ...pids.map((pid) => statusOf(pid, 'VmHWM')));
    togetherKib = Math.max(
      togetherKib,
      pids.reduce((sum, pid) => sum + statusOf(pid, 'VmRSS'), 0),
    );
  }, 50);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - began) / 1000, peakMib: peakKib / 1024, togetherMib: togetherKib / 1024 };
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

/** In KiB; 0 when it is gone. */
function statusOf(pid: number, name: 'VmHWM' | 'VmRSS'): number {
  try {
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** `12.3 s  0.48x  118 MiB`: wall time, its ratio to `base`, peak memory. */
export function figure({ seconds, peakMib }: Measured, base: Measured): string {
  return `${seconds.toFixed(1).padStart(7)} s ${(seconds / base.seconds).toFixed(2).padStart(6)}x ${peakMib.toFixed(0).padStart(5)} MiB`;
}
