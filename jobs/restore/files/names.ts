import { existsSync } from 'node:fs';
import { fileStamp } from '../../runtime/clock.ts';

/** Files that SQLite keeps beside a database; they belong to it and move with it. */
export const sidecars = ['-wal', '-shm', '-journal'] as const;

/** The database's own file (``) and its sidecars, as endings of its path. */
export const databaseParts = ['', ...sidecars] as const;

/** The verified backup, before it takes the database's place. */
export const stagedPath = (database: string) => `${database}.restore-staged`;

/** The verified backup while a person is asked about it; `id` makes it unique. */
export const asidePath = (database: string, id: string) => `${stagedPath(database)}-${id}`;

/** An empty file that is there for a moment, to see which containers see it; `id` makes it unique. */
export const probePath = (database: string, id: string) => `${database}.restore-probe-${id}`;

/** A backup that is compared with the database, for as long as that takes; `id` makes it unique. */
export const comparedPath = (database: string, id: string) => `${database}.restore-compared-${id}`;

const stamped = (database: string, kind: 'backup' | 'rejected', stamp: string) => `${database}.${kind}-${stamp}`;

/** Where the old database goes. */
export const safetyCopyPath = (database: string, stamp: string) => stamped(database, 'backup', stamp);

/** What is recorded of the restore that made a safety copy, beside it. */
export const restoreRecordPath = (safetyCopy: string) => `${safetyCopy}.nightshift-restore`;

/** Where a restored file goes that was rolled back after services had run on it. */
export const rejectedPath = (database: string, stamp: string) => stamped(database, 'rejected', stamp);

/** Reads a file name beside the database `base` (its file name). Null: neither a safety copy nor a rejected file. */
export function parseSafetyCopyName(
  base: string,
  name: string,
): { readonly kind: 'backup' | 'rejected'; readonly at: Temporal.PlainDateTime } | null {
  if (!name.startsWith(`${base}.`)) return null;
  const match = /^(backup|rejected)-(\d{4}-\d{2}-\d{2})_(\d{2})(\d{2})(\d{2})$/.exec(name.slice(base.length + 1));
  if (match === null) return null;
  const [, kind, date, hour, minute, second] = match;
  try {
    const at = Temporal.PlainDateTime.from(`${date}T${hour}:${minute}:${second}`, { overflow: 'reject' });
    return { kind: kind === 'backup' ? 'backup' : 'rejected', at };
  } catch {
    return null;
  }
}

/** The first stamp from `at` on that no file uses yet. */
export function freeStamp(at: Temporal.PlainDateTime, isTaken: (stamp: string) => boolean): string {
  const stamp = fileStamp(at);
  return isTaken(stamp) ? freeStamp(at.add({ seconds: 1 }), isTaken) : stamp;
}

/** As `rejectedPath`, the first from `stamp` on that nothing has. */
export function freeRejectedPath(database: string, stamp: string): string {
  const named = parseSafetyCopyName('', `.rejected-${stamp}`);
  if (named === null) return rejectedPath(database, stamp);
  const isTaken = (one: string) => databaseParts.some((part) => existsSync(rejectedPath(database, one) + part));
  return rejectedPath(database, freeStamp(named.at, isTaken));
}
