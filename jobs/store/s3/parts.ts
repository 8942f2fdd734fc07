import pMap from 'p-map';

/** A byte range of an object, numbered from 1 as S3 does. */
export type UploadPart = { readonly number: number; readonly start: number; readonly bytes: number };

const maxParts = 10_000;
const mebibyte = 1024 * 1024;

/** Cuts `bytes` into parts of `partBytes`, larger (in whole MiB) where S3's limit of 10,000 parts requires it. */
export function splitIntoParts(bytes: number, partBytes: number): UploadPart[] {
  const least = Math.ceil(bytes / maxParts / mebibyte) * mebibyte;
  const size = Math.max(partBytes, least);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    number: index + 1,
    start: index * size,
    bytes: Math.min(size, bytes - index * size),
  }));
}

/**
 * Does `work` for each item, `concurrency` at a time. The first failure aborts the others' signal; it is thrown when all have
 * ended, so that nothing runs on in the background. Results are in the order of the items.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const mapper = async (item: T) => {
    stop.throwIfAborted();
    return work(item, stop).catch((error) => {
      failed.abort(error);
      throw error;
    });
  };
  try {
    return await pMap(items, mapper, { concurrency, stopOnError: false });
  } catch {
    throw stop.reason;
  }
}
