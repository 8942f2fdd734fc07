import { existsSync, type Stats, statSync } from 'node:fs';
import { journalModeOf } from '../files/journal-mode.ts';
import { type FingerprintResult, readFingerprint } from './read-fingerprint.ts';

/** The database as it is now, before a restore. */
export type CurrentDatabase = {
  readonly bytes: number;
  /** The last write to it or to its -wal. */
  readonly changedAt: Temporal.Instant;
};

/** Looks at the file in the database's place; null when there is none. Nothing is opened by SQLite. */
export function statCurrentDatabase(database: string): CurrentDatabase | null {
  const main = statSync(database, { throwIfNoEntry: false });
  if (main === undefined) return null;
  const wal = statSync(`${database}-wal`, { throwIfNoEntry: false });
  const changed = Math.max(main.mtimeMs, wal !== undefined && wal.size > 0 ? wal.mtimeMs : 0);
  return {
    bytes: main.size + (wal?.size ?? 0),
    changedAt: Temporal.Instant.fromEpochMilliseconds(Math.floor(changed)),
  };
}

/** Why a database that is there must not be read by this user; null: it may. */
export function whyUnread(database: string): string | null {
  const found = statSync(database);
  if (!wouldLeaveForeignFiles(database, found)) return null;
  return `reading it would leave files of uid ${process.getuid?.()} beside it; root or uid ${found.uid} can`;
}

/** Reads what the current database holds. A damaged or locked one is a `problem`, not an error: it is being replaced. */
export async function readCurrentFingerprint(database: string, signal: AbortSignal): Promise<FingerprintResult> {
  const unread = whyUnread(database);
  return unread === null ? readFingerprint(database, signal) : { problem: unread };
}

/** SQLite makes a missing -shm; root gives it to the database's owner, another user cannot, and locks the owner out. */
function wouldLeaveForeignFiles(database: string, { uid }: Stats): boolean {
  const self = process.getuid?.() ?? 0;
  if (self === 0 || self === uid || existsSync(`${database}-shm`)) return false;
  return journalModeOf(database) === 'wal';
}
