import { chownSync, existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { type LockFiles, lockFilesOf } from './lock-files.ts';
import { describeOwner, ownerOfThisProcess, readOwner, writeOwner } from './lock-owner.ts';
import { restoreJournalPath } from './lock-state.ts';

export type DatabaseLock = {
  /** May be called twice; never throws. */
  release(): void;
};

type LockOptions = {
  readonly holder: 'backup' | 'restore';
  /** Whether to wait until the lock is free, or to fail with LOCKED. */
  readonly wait: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
};

const pollMs = 250;
/** Two that try at the same moment see each other as busy; this lets one of them through. */
const collisionMs = 20;

/**
 * Takes the one lock of a database, which backups and restores of all containers of a host share. It is the kernel's lock on a
 * SQLite file: a process that dies loses it. Throws LOCKED, AbortError, STATE_UNWRITABLE, and for a backup RESTORE_UNFINISHED
 * when a restore was left half done. Nothing else in this process may open the lock file: closing it would drop the lock.
 */
export async function acquireLock(databasePath: string, stateDir: string, options: LockOptions): Promise<DatabaseLock> {
  const { holder, log, clock = systemClock } = options;
  const files = await lockFilesOf(databasePath, stateDir);
  const connection = openLockFile(files);
  try {
    await lockExclusively(connection, databasePath, files, options);
    if (holder === 'backup') requireNoUnfinishedRestore(databasePath);
    try {
      writeOwner(files.owner, ownerOfThisProcess(holder, clock.now()), files.ids);
    } catch (error) {
      log.warn(`${files.owner} cannot be written (${systemCodeOf(error)}), so others cannot see who holds the lock`);
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  return { release: () => release(connection, files) };
}

function openLockFile({ lock, ids }: LockFiles): Sqlite.Database {
  try {
    const connection = new Sqlite(lock, { timeout: collisionMs });
    if (ids !== null) chownSync(lock, ids.uid, ids.gid);
    return connection;
  } catch (error) {
    throw unusableLockFailure(lock, error);
  }
}

async function lockExclusively(
  connection: Sqlite.Database,
  databasePath: string,
  { lock, owner }: LockFiles,
  { wait, log, signal, clock = systemClock }: LockOptions,
): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    try {
      connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'); // in memory: else a -journal appears beside it
      return;
    } catch (error) {
      if (!systemCodeOf(error)?.startsWith('SQLITE_BUSY')) throw unusableLockFailure(lock, error);
    }
    const who = describeOwner(readOwner(owner), clock.now());
    if (!wait) {
      throw new Failure('LOCKED', `${databasePath} is locked by ${who}.`, 'Run it again when that has ended.');
    }
    if (isFirst) log.line(`waiting for ${who}, on ${databasePath}`);
    await sleep(pollMs, undefined, { signal });
  }
}

function requireNoUnfinishedRestore(databasePath: string): void {
  const journal = restoreJournalPath(databasePath);
  if (!existsSync(journal)) return;
  throw new Failure(
    'RESTORE_UNFINISHED',
    `A restore of ${databasePath} was interrupted, and its journal ${journal} says it is not finished.`,
    'Run `nightshift restore`: it finishes the restore or rolls it back. Backups continue after that.',
  );
}

function release(connection: Sqlite.Database, { owner }: LockFiles): void {
  if (!connection.open) return;
  try {
    rmSync(owner, { force: true });
  } catch {
    // A stale owner file is only misread by people, and overwritten by the next holder.
  }
  connection.close();
}

function unusableLockFailure(lock: string, cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Failure(
    'STATE_UNWRITABLE',
    `The lock file ${lock} cannot be locked by uid ${process.getuid?.()}: ${message} (${systemCodeOf(cause)}).`,
    'Give the file to the owner of the database; while no nightshift runs it may be removed. A network filesystem may not keep locks.',
    cause,
  );
}
