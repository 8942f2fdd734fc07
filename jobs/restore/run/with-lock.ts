import type { Database } from '../../settings/databases.ts';
import { acquireLock } from '../../sqlite/lock/lock.ts';
import type { RestoreDeps } from './restore-deps.ts';

export type HeldLock = {
  /** Lets others have the lock while `work` goes on, then waits for it again. When `work` fails it is not taken again. */
  whileReleased<T>(work: () => Promise<T>): Promise<T>;
};

/** Does `work` while this process holds the database's lock; waits for it. */
export async function withLock<T>(
  { path }: Database,
  { settings, log, signal, clock }: RestoreDeps,
  work: (held: HeldLock) => Promise<T>,
): Promise<T> {
  const acquire = () => acquireLock(path, settings.stateDir, { holder: 'restore', wait: true, log, signal, clock });
  let lock = await acquire();
  try {
    return await work({
      async whileReleased(work) {
        lock.release();
        const result = await work();
        lock = await acquire();
        return result;
      },
    });
  } finally {
    lock.release();
  }
}
