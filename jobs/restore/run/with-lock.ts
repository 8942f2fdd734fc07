import type { Database } from '../../settings/databases.ts';
import { acquireLock } from '../../sqlite/lock/lock.ts';
import type { RestoreDeps } from './restore-deps.ts';

/** Does `work` while this process holds the database's lock; waits for it. */
export async function withLock<T>(
  { path }: Database,
  { settings, log, signal, clock }: RestoreDeps,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(path, settings.stateDir, { holder: 'restore', wait: true, log, signal, clock });
  try {
    return await work();
  } finally {
    lock.release();
  }
}
