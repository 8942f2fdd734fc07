import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../runtime/errors.ts';
import { formatBytes, formatDuration } from '../runtime/format.ts';
import { tableText } from '../runtime/table.ts';
import { restoreJournalPath } from '../sqlite/lock/lock-state.ts';
import type { Choices } from './choice/request.ts';
import { lookAround } from './services/surroundings.ts';
import { mayGoUnseen, unseenFailure } from './services/unseen.ts';
import { findUsers, ignoringRemoval, noSuspects, refuseUsers } from './services/users.ts';
import { parseKeptName, parts } from './switch/names.ts';
import { removeParts } from './switch/swap.ts';

/** A database that a restore put aside: the one it replaced, or a restored one that it took back. */
export type KeptFile = {
  readonly name: string;
  readonly path: string;
  readonly kind: 'backup' | 'rejected';
  /** When it was put aside; local time. */
  readonly at: Temporal.PlainDateTime;
  /** With its -wal and -journal. */
  readonly bytes: number;
};

/** What restores put aside beside a database, newest first. */
export function keptFiles(database: string): KeptFile[] {
  const folder = path.dirname(database);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const kept = names.flatMap((name) => {
    const parsed = parseKeptName(path.basename(database), name);
    return parsed === null ? [] : [{ name, path: path.join(folder, name), ...parsed }];
  });
  return kept
    .map((file) => ({ ...file, bytes: bytesOf(file.path) }))
    .toSorted((a, b) => Temporal.PlainDateTime.compare(b.at, a.at) || (a.name < b.name ? -1 : 1));
}

function bytesOf(file: string): number {
  const sizes = parts
    .filter((part) => part !== '-shm')
    .map((part) => statSync(file + part, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The one with that name or path; without a name the newest safety copy. Throws SAFETY_COPY_MISSING. */
export function findKept(database: string, name: string | null): KeptFile {
  const kept = keptFiles(database);
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
 * DATABASE_USE_UNSEEN when that cannot be told: Docker knows who mounts the folder, not who has which file open.
 */
export async function refuseUsedCopy(file: string, { allow, words }: Pick<Choices, 'allow' | 'words'>): Promise<void> {
  const around = lookAround(path.dirname(file));
  const dockerBlind = 'Docker does not tell which files are open';
  const users = await findUsers(file, { containers: new Set(), dockerBlind }, around);
  if (!allow.openFiles) refuseUsers(file, users, noSuspects, ignoringRemoval);
  if (users.sight.processes || users.use !== 'unknown' || users.strangers.length > 0 || mayGoUnseen(allow, around))
    return;
  throw unseenFailure(file, users, around, words);
}

/** Removes one of them for good. The caller holds the database's lock. */
export function removeKept(database: string, file: KeptFile): void {
  if (existsSync(restoreJournalPath(database))) {
    throw new Failure(
      'RESTORE_UNFINISHED',
      `A restore of ${database} is unfinished and may need ${file.name}.`,
      'Run `nightshift restore` first: it finishes it or takes it back.',
    );
  }
  removeParts(file.path);
}

/** The list for a person; ages count from `now`, local time. */
export function keptText(kept: readonly KeptFile[], now: Temporal.PlainDateTime): string {
  const kinds = { backup: 'replaced by a restore', rejected: 'restored, and taken back' } as const;
  const rows = kept.map(({ name, at, bytes, kind }) => [
    name,
    formatDuration(Math.max(0, now.since(at).total({ unit: 'seconds', relativeTo: at }))),
    formatBytes(bytes),
    kinds[kind],
  ]);
  return tableText(['NAME', 'AGE', 'SIZE', 'WHAT IT IS'], rows);
}
