import { Failure, type FailureCode } from '../runtime/errors.ts';

const refusalCodes: ReadonlySet<FailureCode> = new Set([
  'STORE_UNSUPPORTED',
  'STORE_DENIED',
  'STORE_LISTING_BROKEN',
  'STORE_FAILED',
]);

/**
 * Whether the store was there and did not do this one thing: it cannot, this key may not, or it failed at it each time.
 * Another request may do in its place; after an outage, a wrong key or a stop none would.
 */
export function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && refusalCodes.has(error.code);
}
