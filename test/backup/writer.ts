import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestWriterReport } from './writer-process.ts';

export type Writer = {
  readonly pid: number;
  /** Ends it in order and returns what it saw. */
  stop(): Promise<TestWriterReport>;
  /** SIGKILL, as when memory runs out. */
  kill(): Promise<void>;
};

/** Starts a process that commits to `database` `perSecond` times a second; it has committed once when this returns. */
export async function startWriter(
  database: string,
  {
    perSecond,
    mode = 'wal',
    busyTimeoutMs = 0,
  }: { perSecond: number; mode?: 'wal' | 'rollback'; busyTimeoutMs?: number },
): Promise<Writer> {
  const entry = new URL('./writer-process.ts', import.meta.url);
  const child = fork(entry, [database, String(perSecond), mode, String(busyTimeoutMs)], { execArgv: [] });
  const started = new AbortController();
  child.once('exit', () => started.abort(new Error('the writer ended before its first commit')));
  await once(child, 'message', { signal: started.signal });
  return {
    pid: child.pid ?? 0,
    async stop() {
      const answer = once(child, 'message');
      child.send('stop');
      const [report] = await answer;
      return report as TestWriterReport; // the only answer to `stop`
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
