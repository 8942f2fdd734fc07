import pRetry from 'p-retry';
import { Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { ObjectStore } from '../store/store.ts';

const newKeyWaitSeconds = 120;
const pauseSeconds = 5;
const keyProblems = ['STORE_KEY_UNKNOWN', 'STORE_SECRET_WRONG', 'STORE_DENIED'];

/**
 * Resolves once the store can be listed below `prefix`. With `waitForNewKey`, a refused key is tried for two minutes: at Linode a new key
 * takes up to 30 s to work, and the first start comes right after the key was made. Throws STORE_ failures.
 */
export async function waitForStore(
  store: ObjectStore,
  { prefix, waitForNewKey, log, signal }: { prefix: string; waitForNewKey: boolean; log: Log; signal: AbortSignal },
): Promise<void> {
  const isNewKey = (error: unknown) => waitForNewKey && error instanceof Failure && keyProblems.includes(error.code);
  await pRetry(() => store.list(prefix, signal), {
    retries: newKeyWaitSeconds / pauseSeconds,
    minTimeout: pauseSeconds * 1000,
    factor: 1,
    signal,
    shouldRetry: ({ error }) => isNewKey(error),
    onFailedAttempt({ error, attemptNumber }) {
      if (attemptNumber === 1 && isNewKey(error)) {
        log.line(
          `${store.name} refuses the key; a new key may need a while, trying for ${newKeyWaitSeconds / 60} minutes`,
        );
      }
    },
  });
}
