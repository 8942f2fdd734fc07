import { Failure, interruptedFailure } from '../runtime/errors.ts';

/** Does `work`. Throws INTERRUPTED once `signal` aborts, and of any other error what `failureOf` makes of it. */
export async function withStoreErrors<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  failureOf: (error: unknown) => unknown,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal?.aborted && !(error instanceof Failure)) throw interruptedFailure(error);
    throw failureOf(error);
  }
}
