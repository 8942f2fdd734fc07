import { processEntry, runProcess } from '../runtime/child-process.ts';

const stopGraceMs = 10_000;

/** What the process committed. `longestMs`: how long the slowest commit took. */
export type WriterReport = { readonly commits: number; readonly longestMs: number };

/** Starts a process that keeps committing orders of `orderedAt` (local time) to a database; `stop` ends it and returns its report. */
export function startWriter(database: string, orderedAt: string): { stop(): Promise<WriterReport> } {
  const stopped = new AbortController();
  const result = runProcess<WriterReport>(processEntry('writer-process', import.meta.url), [database, orderedAt], {
    env: process.env,
    execArgv: [],
    output: 'inherit',
    signal: stopped.signal,
    stopGraceMs,
  });
  result.catch(() => {}); // `stop` throws it
  return {
    async stop() {
      stopped.abort();
      const { message } = await result;
      if (message === null) throw new Error('the process that writes orders died');
      return message;
    },
  };
}
