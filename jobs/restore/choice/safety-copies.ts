import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { agePhrase, formatBytes, formatCount } from '../../runtime/format.ts';
import { tableText } from '../../runtime/table.ts';
import { totalRows } from '../../sqlite/contents.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { removeDatabaseFiles } from '../files/database-files.ts';
import { removeFile } from '../files/durable-writes.ts';
import { databaseParts, parseSafetyCopyName, restoreRecordPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { type RestoreJournal, readRecord } from '../swap/journal.ts';
import { assertNotInUse, findDatabaseUsers, ignoringRemoval, noPossibleHolders } from '../usage/database-users.ts';
import { readHostEnvironment } from '../usage/host-environment.ts';
import { isUnseenAllowed, unseenFailure } from '../usage/unseen-use.ts';

/** A database that a restore put aside: the one it replaced, or a restored one that it rolled back. */
export type SafetyCopy = {
  readonly name: string;
  readonly path: string;
  readonly kind: 'backup' | 'rejected';
  /** When it was put aside; local time. */
  readonly at: Temporal.PlainDateTime;
  /** With its -wal and -journal. */
  readonly bytes: number;
  /** The restore that put it aside; null: that is not recorded. */
  readonly record: RestoreJournal | null;
};

/** What restores put aside beside a database, newest first. */
export function safetyCopies(database: string): SafetyCopy[] {
  const folder = path.dirname(database);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const kept = names.flatMap((name) => {
    const parsed = parseSafetyCopyName(path.basename(database), name);
    return parsed === null ? [] : [{ name, path: path.join(folder, name), ...parsed }];
  });
  return kept
    .map((file) => ({ ...file, bytes: bytesOf(file.path), record: readRecord(file.path) }))
    .toSorted((a, b) => Temporal.PlainDateTime.compare(b.at, a.at) || (a.name < b.name ? -1 : 1));
}

function bytesOf(file: string): number {
  const sizes = databaseParts
    .filter((part) => part !== '-shm')
    .map((part) => statSync(file + part, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The one with that name or path; without a name the newest safety copy. Throws SAFETY_COPY_MISSING. */
export function findSafetyCopy(database: string, name: string | null): SafetyCopy {
  const kept = safetyCopies(database);
  const found =
    name === null
      ? kept.find(({ kind }) => kind === 'backup')
      : kept.find(
          (file) => file.name === path.basename(name) && (name === file.name || path.resolve(name) === file.path),
        );
  if (found !== undefined) return found;
  throw new Failure(
    'SAFETY_COPY_MISSING',
    name === null ? `There is no safety copy of ${database}.` : `There is no safety copy ${name} of ${database}.`,
    'See what there is with `nightshift restore --safety-copies`, and what the bucket has with `nightshift list`.',
  );
}

/**
 * Throws DATABASE_IN_USE when a process has the copy open: a service that a restore did not stop goes on writing into it.
 * DATABASE_USE_UNSEEN when that is not known: Docker knows who mounts the folder, not who has which file open.
 */
export async function assertCopyNotInUse(
  file: string,
  { allow, commandLine }: Pick<RestoreOptions, 'allow' | 'commandLine'>,
): Promise<void> {
  const host = readHostEnvironment(path.dirname(file));
  const dockerGap = 'Docker does not report which files are open';
  const users = await findDatabaseUsers(file, { containers: new Set(), dockerGap }, host);
  if (!allow.openFiles) assertNotInUse(file, users, noPossibleHolders, ignoringRemoval);
  if (users.visibility.processes || users.use !== 'unknown' || users.holders.length > 0 || isUnseenAllowed(allow, host))
    return;
  throw unseenFailure(file, users, host, commandLine);
}

/** Removes one of them for good. The caller holds the database's lock. */
export function removeSafetyCopyFile(database: string, file: SafetyCopy): void {
  if (existsSync(restoreJournalPath(database))) {
    throw new Failure(
      'RESTORE_UNFINISHED',
      `A restore of ${database} is unfinished and may need ${file.name}.`,
      'Run `nightshift restore` first: it finishes it or rolls it back.',
    );
  }
  removeFile(restoreRecordPath(file.path));
  removeDatabaseFiles(file.path);
}

/** The list for a person; ages count from `now`, local time. */
export function safetyCopiesText(kept: readonly SafetyCopy[], now: Temporal.PlainDateTime): string {
  const rows = kept.map((copy) => [
    copy.name,
    agePhrase(copy.at.toZonedDateTime('UTC').toInstant(), now.toZonedDateTime('UTC').toInstant(), (age) => age),
    formatBytes(copy.bytes),
    // Counted for the plan, before services stopped.
    copy.record?.oldTables ? `about ${formatCount(totalRows(copy.record.oldTables))}` : '?',
    originText(copy),
  ]);
  return tableText(['NAME', 'AGE', 'SIZE', 'ROWS', 'WHAT IT IS'], rows);
}

function originText({ kind, record }: SafetyCopy): string {
  if (kind === 'rejected') return 'restored, then rolled back';
  if (record === null) return 'replaced by a restore';
  const { source, database } = record;
  return `replaced by ${path.dirname(source) === path.dirname(database) ? path.basename(source) : source}`;
}
