/**
 * Runs two pieces of work side by side. When one fails, or `signal` aborts, the signal that the other was given aborts, and
 * both have ended before the first error is thrown: nothing of them is left running in the background.
 */
export async function runBoth<A, B>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const both = [first(either), second(either)] as const;
  try {
    return await Promise.all(both);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(both);
    throw error;
  }
}
