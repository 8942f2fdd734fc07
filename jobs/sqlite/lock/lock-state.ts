import { existsSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { systemCodeOf } from '../../runtime/errors.ts';
import { lockPathsOf } from './lock-files.ts';
import { readOwner } from './lock-owner.ts';

/** The journal that a restore leaves beside a database until it is finished. */
export const restoreJournalPath = (databasePath: string) => `${databasePath}.restore-journal`;

/** Whether a live process holds a database's lock. `unknown`: that cannot be seen from here. */
export type LockState = 'backup' | 'restore' | 'free' | 'unknown';

/**
 * The state of a database's lock, without taking it: who holds it, or `free`. Works from any container of the host that
 * sees the database's folder. Reads only; for the instant it takes, another process that wants the lock waits. Never throws.
 */
export async function lockStateOf(databasePath: string, stateDir: string): Promise<LockState> {
  const places = await lockPathsOf(databasePath, stateDir);
  const seen = places
    .filter(({ lock }) => existsSync(lock))
    .map(({ lock, owner }) => ({ owner, state: probeLock(lock) }));
  const held = seen.find(({ state }) => state === 'held');
  if (held !== undefined) return readOwner(held.owner)?.holder === 'restore' ? 'restore' : 'backup';
  const isHidden = seen.length === 0 || !existsSync(path.dirname(databasePath));
  return isHidden || seen.some(({ state }) => state === 'unknown') ? 'unknown' : 'free';
}

/**
 * Whether this database was ever locked, or a restore of it is unfinished. Where it was not and is not there either, its path may
 * be mistyped: taking the lock would leave a file for a database that never was.
 */
export async function wasEverLocked(databasePath: string, stateDir: string): Promise<boolean> {
  if (existsSync(restoreJournalPath(databasePath))) return true;
  return (await lockPathsOf(databasePath, stateDir)).some(({ lock }) => existsSync(lock));
}

/** The state of a lock file, read only: a reader is refused while another process has it exclusively. */
export function probeLock(lock: string): 'held' | 'free' | 'unknown' {
  try {
    const connection = new Sqlite(lock, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      connection.prepare('SELECT count(*) FROM sqlite_master').get();
      return 'free';
    } finally {
      connection.close();
    }
  } catch (error) {
    return systemCodeOf(error)?.startsWith('SQLITE_BUSY') ? 'held' : 'unknown';
  }
}
