import { Failure } from '../runtime/errors.ts';
import type { ObjectStore } from './store.ts';

/** The Failure for an object that is not in the store called `store`. */
export function objectMissingFailure(key: string, store: string, cause?: unknown): Failure {
  return new Failure(
    'OBJECT_MISSING',
    `There is no ${key} in ${store}.`,
    'See what is there with `nightshift list`.',
    cause,
  );
}

/** Whether an object is in the store: true as well when the store does not respond. */
export function mayExist(store: ObjectStore, key: string, signal: AbortSignal): Promise<boolean> {
  return store.head(key, signal).then(
    (head) => head !== null,
    () => true,
  );
}
