import { existsSync, lstatSync, renameSync } from 'node:fs';
import { Failure } from '../../runtime/errors.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { fileIdentity, schemaProblem } from '../files/database-files.ts';
import { syncFolderOf } from '../files/durable-writes.ts';
import { fileState, pendingFiles } from '../files/file-state.ts';
import { changedFailure, type MovedCopy, movedPath } from '../files/moved-copy.ts';
import { databaseParts, rejectedPath, safetyCopyPath, sidecars, stagedPath } from '../files/names.ts';
import type { DiskState } from './steps.ts';

type SwapFiles = {
  readonly database: string;
  readonly stamp: string;
  readonly staged: { readonly inode: string };
  readonly stagedState: string | null;
  /** The safety copy that takes the place itself; null: the staged file does. */
  readonly moved: MovedCopy | null;
};

/** What is in the database's place and beside it now. */
export function inspectDisk({ database, stamp, staged }: Pick<SwapFiles, 'database' | 'stamp' | 'staged'>): DiskState {
  return {
    rejected: existsSync(rejectedPath(database, stamp)),
    restoredInPlace: existsSync(database) && fileIdentity(database).inode === staged.inode,
  };
}

/**
 * Moves the database with its sidecars to the safety copy, then the staged file, or an older safety copy with its sidecars, into
 * its place. The old files' new names are on the disk before, so that with the restored file in place all old files are safe.
 * Throws BACKUP_WRONG, with nothing moved, when what is to come is gone, or a copy that was written to.
 */
export async function swapIn(files: SwapFiles, checkpoint: Checkpoint): Promise<void> {
  const { database, stamp, moved, stagedState } = files;
  const coming = moved === null ? stagedPath(database) : movedPath(database, moved);
  if (!existsSync(coming)) throw stagedGone(coming);
  if (moved !== null && fileState(coming) !== stagedState) throw changedFailure(coming);
  await moveParts(database, safetyCopyPath(database, stamp), checkpoint);
  syncFolderOf(database);
  await moveParts(coming, database, checkpoint);
  syncFolderOf(database);
}

/**
 * Undoes `swapIn`, wherever it stopped: the restored file (with what services wrote beside it) goes to the rejected name, or to
 * its own where it was a safety copy; the old one back to the database's name. A database that appeared meanwhile is never overwritten.
 */
export async function swapBack(files: SwapFiles, checkpoint: Checkpoint): Promise<void> {
  const { database, stamp, moved } = files;
  const [safety, rejected] = [safetyCopyPath(database, stamp), rejectedPath(database, stamp)];
  // With no safety copy the file in place may be the old one, whatever became of the staged file.
  const { restoredInPlace } = inspectDisk(files);
  const unknownFileInPlace = existsSync(safety) && existsSync(database);
  if (moved !== null && !restoredInPlace) await moveSidecarsBack(database, moved, checkpoint);
  if (restoredInPlace || unknownFileInPlace) {
    const to = restoredInPlace && moved !== null ? movedPath(database, moved) : rejected;
    await moveParts(database, to, checkpoint);
    syncFolderOf(database);
  }
  const hasMoved = await moveParts(safety, database, checkpoint);
  try {
    syncFolderOf(database);
  } catch (error) {
    // A disk that turned read-only before anything moved still has the old database in its place.
    if (hasMoved || restoredInPlace || unknownFileInPlace) throw error;
  }
}

/** Sidecars first: the main file's name says whether all have moved. Returns whether there was anything to move. */
async function moveParts(from: string, to: string, checkpoint: Checkpoint): Promise<boolean> {
  const found = databaseParts.toReversed().filter((part) => existsSync(from + part));
  for (const part of found) await move(from + part, to + part, checkpoint);
  return found.length > 0;
}

/** Those of a safety copy that arrived before its main file did. */
async function moveSidecarsBack(database: string, moved: MovedCopy, checkpoint: Checkpoint): Promise<void> {
  for (const part of sidecars) {
    const isFromCopy = existsSync(database + part) && fileIdentity(database + part).inode === moved.inodes[part];
    if (isFromCopy) await move(database + part, movedPath(database, moved) + part, checkpoint);
  }
}

async function move(from: string, to: string, checkpoint: Checkpoint): Promise<void> {
  await checkpoint(`before moving ${from}`);
  if (existsSync(to)) throw destinationTaken(from, to);
  renameSync(from, to);
  await checkpoint(`moved ${from}`);
}

function stagedGone(staged: string): Failure {
  return new Failure(
    'BACKUP_WRONG',
    `${staged}, the file to put in place, is gone.`,
    'Find out what removed it, and run restore again.',
  );
}

function destinationTaken(from: string, to: string): Failure {
  return new Failure(
    'DATABASE_UNMOVABLE',
    `${from} cannot move to ${to}: something is there that restore did not put there.`,
    `Find out what made ${to}, move it aside, and run \`nightshift restore\`.`,
  );
}

/**
 * Whether the file in the database's place is the one that was staged and verified, and SQLite reads its schema. Null:
 * it is; else what is wrong. When services may have run on it since (`served`), size and sidecars may differ. A safety copy
 * that was moved there has the sidecars that it had; what is in its -wal may be what makes the file readable.
 */
export function checkInPlace(
  database: string,
  staged: { readonly inode: string; readonly bytes: number; readonly moved: MovedCopy | null },
  served: boolean,
): string | null {
  if (!existsSync(database)) return `${database} is not there`;
  const found = fileIdentity(database);
  if (lstatSync(database).isSymbolicLink() || found.inode !== staged.inode) return `${database} is another file`;
  const own = staged.moved?.inodes ?? {};
  const stale = sidecars.find(
    (part) => existsSync(database + part) && fileIdentity(database + part).inode !== own[part],
  );
  if (!served && found.bytes !== staged.bytes) return `${database} has ${found.bytes} bytes, not ${staged.bytes}`;
  if (!served && stale !== undefined) return `${database}${stale} is there and should not be`;
  const needsSidecar = staged.moved !== null && pendingFiles(database).length > 0;
  return needsSidecar ? null : schemaProblem(database);
}
