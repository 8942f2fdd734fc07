import { constants, existsSync, lstatSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import { isMountPoint } from '../../sqlite/snapshot/source-file.ts';
import { hasCapability } from '../files/capabilities.ts';
import { syncFolderOf } from '../files/durable-writes.ts';
import { comparedPath, probePath, stagedPath } from '../files/names.ts';

/** Where a file is built before it is complete. */
export const partPath = (staged: string) => `${staged}.part`;

/**
 * Checks that a file can take the place of `database` by a rename within its folder. Throws DATABASE_* with what stands
 * in the way; a database that is not there is no error, its folder must be.
 */
export async function assertReplaceable(database: string): Promise<void> {
  const folder = path.dirname(database);
  await requireWritableFolder(folder);
  const found = lstatSync(database, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isSymbolicLink()) {
    throw new Failure(
      'DATABASE_UNMOVABLE',
      `${database} is a symbolic link.`,
      `Set DATABASE_PATH to the file it leads to: \`readlink -f ${database}\`.`,
    );
  }
  if (!found.isFile()) {
    throw new Failure('DATABASE_NOT_A_FILE', `${database} is not a regular file.`, 'Check DATABASE_PATH.');
  }
  if ((await isMountPoint(database)) || found.dev !== statSync(folder).dev) {
    throw new Failure(
      'DATABASE_MOUNTED_ALONE',
      `${database} is mounted by itself, so that no other file can be renamed onto it (EXDEV).`,
      'Mount the folder that holds the database instead of the one file. Nothing was stopped or changed.',
    );
  }
  if (!mayRenameHere(database)) {
    throw new Failure(
      'DATABASE_UNMOVABLE',
      `${folder} has the sticky bit, and ${database} belongs to uid ${found.uid}: uid ${process.geteuid?.()} may not rename it.`,
      `Run restore as root (in a container with --cap-add FOWNER) or as uid ${found.uid}, or take the bit away: \`chmod -t ${folder}\`. Nothing was stopped or changed.`,
    );
  }
}

/** Whether `uid`, which may write in a folder, may rename a file in it: where the folder is sticky, as /tmp is, only its own. */
export function mayRename(
  folder: { readonly uid: number; readonly mode: number },
  file: { readonly uid: number },
  uid: number,
): boolean {
  const isSticky = (folder.mode & 0o1000) !== 0;
  return !isSticky || folder.uid === uid || file.uid === uid;
}

/** As `mayRename`, of this process and of a file that is there. */
export function mayRenameHere(file: string): boolean {
  const { uid } = lstatSync(file);
  return hasCapability('fowner') || mayRename(statSync(path.dirname(file)), { uid }, process.geteuid?.() ?? 0);
}

async function requireWritableFolder(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new Failure(
        'DATABASE_MISSING',
        `The folder ${folder} does not exist.`,
        `Check DATABASE_PATH, and that the disk is mounted: \`findmnt -T ${folder}\`. On a new machine make the folder first.`,
        error,
      );
    }
    throw new Failure(
      code === 'EROFS' ? 'DATABASE_READ_ONLY_MOUNT' : 'DATABASE_UNMOVABLE',
      code === 'EROFS' ? `${folder} is mounted read-only.` : `${folder} may not be written by this user (${code}).`,
      code === 'EROFS' ? 'Mount it read-write (see `dmesg` if the kernel did it).' : 'Run restore as root.',
      error,
    );
  }
}

/** How often a process that uses a temporary file says so by its time, in milliseconds. */
export const keepTemporaryMs = 10 * 60_000;

/** Says by the time of a temporary file, and of what lies beside it under its name, that it is in use. */
export function keepTemporary(file: string, now: Temporal.Instant): void {
  const folder = path.dirname(file);
  const time = new Date(now.epochMilliseconds);
  for (const name of readdirSync(folder).filter((one) => one.startsWith(path.basename(file)))) {
    try {
      utimesSync(path.join(folder, name), time, time);
    } catch {}
  }
}

/**
 * Removes what a dead process left of its looks for containers and of its comparisons. One whose time is within the last
 * minute, or hour, may be another's, in use: `keepTemporary`.
 */
export function removeOldTemporaries(database: string, now: Temporal.Instant): string[] {
  const folder = path.dirname(database);
  const kinds = [
    { stem: path.basename(probePath(database, '')), minutes: 1 },
    { stem: path.basename(comparedPath(database, '')), minutes: 60 },
  ];
  const old = readdirSync(folder).filter((name) => {
    const kind = kinds.find(({ stem }) => name.startsWith(stem));
    const found = kind && statSync(path.join(folder, name), { throwIfNoEntry: false });
    return kind && found && now.epochMilliseconds - found.mtimeMs > kind.minutes * 60_000;
  });
  for (const name of old) rmSync(path.join(folder, name), { force: true });
  return old;
}

/**
 * Removes what a dead restore left while staging, and returns the names. With a journal it removes nothing: the staged file
 * then says how far the restore came. The caller holds the lock.
 */
export function removeLeftovers(database: string, now: Temporal.Instant): string[] {
  if (existsSync(restoreJournalPath(database))) return [];
  const folder = path.dirname(database);
  const stems = [stagedPath(database), `${restoreJournalPath(database)}.new`].map((file) => path.basename(file));
  const left = readdirSync(folder).filter((name) => stems.some((stem) => name.startsWith(stem)));
  for (const name of left) rmSync(path.join(folder, name), { force: true });
  if (left.length > 0) syncFolderOf(database);
  return [...left, ...removeOldTemporaries(database, now)];
}
