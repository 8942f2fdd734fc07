import { processEntry, runProcess } from '../runtime/child-process.ts';

const stopGraceMs = 10_000;

/** What the process committed. `longestMs`: how long the slowest commit took. */
export type WriterReport = { readonly commits: number; readonly longestMs: number };

/**
 * Does `work` while a process of its own keeps committing orders of `orderedAt` (local time) to a database, and ends that process
 * whatever comes of it. Throws what `work` throws.
 */
export async function whileSelling<T>(
  database: string,
  orderedAt: string,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly report: WriterReport }> {
  const stopped = new AbortController();
  const selling = runProcess<WriterReport>(processEntry('writer-process', import.meta.url), [database, orderedAt], {
    env: process.env,
    execArgv: [],
    output: 'inherit',
    signal: stopped.signal,
    stopGraceMs,
  });
  const [worked, sold] = await Promise.allSettled([work().finally(() => stopped.abort()), selling]);
  if (worked.status === 'rejected') throw worked.reason;
  if (sold.status === 'rejected') throw sold.reason;
  if (sold.value.message === null) throw new Error('the process that writes orders died');
  return { value: worked.value, report: sold.value.message };
}
