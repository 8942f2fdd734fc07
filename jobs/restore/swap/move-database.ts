import { chmodSync, chownSync, constants, copyFileSync, existsSync, linkSync, renameSync, statSync } from 'node:fs';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { removeFile, syncFolderOf, syncPath } from '../files/durable-writes.ts';
import { sidecars } from '../files/names.ts';

/**
 * Moves a database to a name that is free. Its sidecars get their new names first, beside the old ones, so that whenever this
 * stops, and whoever opens it then, it is complete under one of both names. `removeSidecars` of the old name ends it. Throws
 * DATABASE_UNMOVABLE when something is at the new name; sidecars without their database there are of a move that stopped.
 */
export async function moveDatabase(from: string, to: string, checkpoint: Checkpoint, link = linkSync): Promise<void> {
  if (existsSync(to)) throw destinationTaken(from, to);
  await removeSidecars(to, checkpoint);
  const found = sidecars.filter((part) => existsSync(from + part));
  for (const part of found) {
    await checkpoint(`before linking ${from}${part}`);
    linkOrCopy(from + part, to + part, link);
    await checkpoint(`linked ${from}${part}`);
  }
  if (found.length > 0) syncFolderOf(to);
  await moveFile(from, to, checkpoint);
  syncFolderOf(to);
}

/** Removes the sidecars at a name, so that no database that comes there takes them for its own. */
export async function removeSidecars(file: string, checkpoint: Checkpoint): Promise<void> {
  const found = sidecars.filter((part) => existsSync(file + part));
  for (const part of found) {
    await checkpoint(`before removing ${file}${part}`);
    removeFile(file + part);
    await checkpoint(`removed ${file}${part}`);
  }
  if (found.length > 0) syncFolderOf(file);
}

/** Moves sidecars whose database is gone: there is nothing that they could be complete with. */
export async function moveSidecars(from: string, to: string, checkpoint: Checkpoint): Promise<void> {
  const found = sidecars.filter((part) => existsSync(from + part));
  for (const part of found) await moveFile(from + part, to + part, checkpoint);
  if (found.length > 0) syncFolderOf(to);
}

/** Renames one file. Throws DATABASE_UNMOVABLE when something has that name. */
async function moveFile(from: string, to: string, checkpoint: Checkpoint): Promise<void> {
  await checkpoint(`before moving ${from}`);
  if (existsSync(to)) throw destinationTaken(from, to);
  renameSync(from, to);
  await checkpoint(`moved ${from}`);
}

/** The DATABASE_UNMOVABLE of a file whose new name is taken. */
export function destinationTaken(from: string, to: string): Failure {
  return new Failure(
    'DATABASE_UNMOVABLE',
    `${from} cannot move to ${to}: something is there that restore did not put there.`,
    `Find out what made ${to}, move it aside, and run \`nightshift restore\`.`,
  );
}

/** Not every filesystem has hard links, and the kernel may keep them from all but a file's owner. */
const noLinks = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

function linkOrCopy(from: string, to: string, link: typeof linkSync): void {
  try {
    link(from, to);
  } catch (error) {
    if (!noLinks.includes(systemCodeOf(error) ?? '')) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const { uid, gid, mode } = statSync(from);
    chownIfNot(to, uid, gid);
    chmodSync(to, mode & 0o7777);
    syncPath(to);
  }
}

/** On a filesystem without owners this is refused, and all files have the same one. */
function chownIfNot(file: string, uid: number, gid: number): void {
  const found = statSync(file);
  if (found.uid !== uid || found.gid !== gid) chownSync(file, uid, gid);
}
