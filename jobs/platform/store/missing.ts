import { Failure } from '../errors.ts';

/** The Failure for an object that is not in the store called `store`. */
export function objectMissing(key: string, store: string, cause?: unknown): Failure {
  return new Failure(
    'OBJECT_MISSING',
    `There is no ${key} in ${store}.`,
    'See what is there with `nightshift list`.',
    cause,
  );
}
