import { S3ServiceException } from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import { systemCodeOf } from '../../runtime/errors.ts';

/** Tries after the first, and the wait before the first of them; each further wait is twice as long. */
export type RetryOptions = { readonly retries: number; readonly firstWaitMs: number };

const longestWaitMs = 20_000;

const transientNetworkCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Transient S3 error codes whose HTTP status alone does not say so. */
const transientS3Codes = new Set(['RequestTimeout', 'IncompleteBody', 'SlowDown', 'Throttling', 'OperationAborted']);

/** HTTP status of the response an SDK error is about, or null when there was none. */
export function statusOf(error: unknown): number | null {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? null) : null;
}

/** Whether the same request may well succeed a little later: overload, a broken or silent connection. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  if (error instanceof Error && transientS3Codes.has(error.name)) return true;
  if (status !== null && status >= 400) return (status >= 500 && status !== 501) || status === 408 || status === 429;
  if (error instanceof Error && error.name === 'TimeoutError') return true;
  return transientNetworkCodes.has(systemCodeOf(error) ?? '');
}

/** Runs `attempt` until it resolves, fails for a lasting reason, or has been tried often enough. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { retries, firstWaitMs }: RetryOptions,
  signal: AbortSignal | undefined,
): Promise<T> {
  return await pRetry(attempt, {
    retries,
    minTimeout: firstWaitMs,
    maxTimeout: longestWaitMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isTransient(error),
  });
}
