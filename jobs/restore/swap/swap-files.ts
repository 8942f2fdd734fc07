import { existsSync, lstatSync, statSync } from 'node:fs';
import { Failure } from '../../runtime/errors.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { fileIdentity, removeDatabaseFiles, schemaProblem } from '../files/database-files.ts';
import { fileState, pendingFiles } from '../files/file-state.ts';
import { changedFailure, type MovedCopy, movedPath } from '../files/moved-copy.ts';
import { databaseParts, freeRejectedPath, rejectedPath, safetyCopyPath, sidecars, stagedPath } from '../files/names.ts';
import { destinationTaken, moveDatabase, moveSidecars, removeSidecars } from './move-database.ts';
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
 * Moves the database with its sidecars to the safety copy, then the staged file, or an older safety copy, into its place. The
 * old files' new names are on the disk before, so that with the restored file in place all old files are safe. Throws
 * BACKUP_WRONG, with nothing moved, when what is to come is gone, or a copy that was written to.
 */
export async function swapIn(files: SwapFiles, checkpoint: Checkpoint): Promise<void> {
  const { database, stamp, moved, stagedState } = files;
  const coming = moved === null ? stagedPath(database) : movedPath(database, moved);
  const safety = safetyCopyPath(database, stamp);
  if (!existsSync(coming)) throw stagedGone(coming);
  if (moved !== null && fileState(coming) !== stagedState) throw changedFailure(coming);
  const taken = databaseParts.find((part) => existsSync(safety + part));
  if (taken !== undefined) throw destinationTaken(database, safety + taken);
  if (existsSync(database)) {
    await moveDatabase(database, safety, checkpoint);
    await removeSidecars(database, checkpoint);
  } else await moveSidecars(database, safety, checkpoint);
  await moveDatabase(coming, database, checkpoint);
  await removeSidecars(coming, checkpoint);
}

/**
 * Undoes `swapIn`, wherever it stopped: the restored file (with what services wrote beside it) goes to the rejected name, or to
 * its own where it was a safety copy; the old one back to the database's name. A database that appeared meanwhile is never
 * overwritten: returns where it is kept; null: there was none, or one without a byte. What is left of the safety copy's
 * sidecars then is for `removeRemnants`.
 */
export async function swapBack(files: SwapFiles, checkpoint: Checkpoint): Promise<string | null> {
  const { database, stamp, moved } = files;
  const safety = safetyCopyPath(database, stamp);
  // With no safety copy the file in place may be the old one, whatever became of the staged file.
  const { restoredInPlace } = inspectDisk(files);
  const hasSafety = existsSync(safety);
  const unknownInPlace = hasSafety && existsSync(database) && !restoredInPlace;
  const restoredTo = moved === null ? rejectedPath(database, stamp) : movedPath(database, moved);
  const unknownTo = unknownInPlace && !isEmpty(database) ? freeRejectedPath(database, stamp) : null;
  if (restoredInPlace) await moveDatabase(database, restoredTo, checkpoint);
  else if (unknownTo !== null) await moveDatabase(database, unknownTo, checkpoint);
  else if (unknownInPlace) removeDatabaseFiles(database);
  if (!existsSync(database)) {
    if (hasSafety || isMovedAway(database, restoredTo)) await removeSidecars(database, checkpoint);
    if (hasSafety) await moveDatabase(safety, database, checkpoint);
    else await moveSidecars(safety, database, checkpoint);
  }
  return unknownTo;
}

/** Removes sidecars at the safety copy's name once the old database, with them, is in its place. */
export async function removeRemnants(
  { database, stamp, oldState }: Pick<SwapFiles, 'database' | 'stamp'> & { readonly oldState: string | null },
  checkpoint: Checkpoint,
): Promise<void> {
  const safety = safetyCopyPath(database, stamp);
  const isBack = oldState !== null && !existsSync(safety) && existsSync(database);
  if (isBack) await removeSidecars(safety, checkpoint);
}

/** Whether sidecars at a name are those of a database that has moved to another, and were not removed yet. */
const isMovedAway = (from: string, to: string) =>
  sidecars.some(
    (part) => [from, to].every((file) => existsSync(file + part)) && inodeOf(from + part) === inodeOf(to + part),
  );

const inodeOf = (file: string) => fileIdentity(file).inode;

const isEmpty = (database: string) => statSync(database).size === 0 && pendingFiles(database).length === 0;

function stagedGone(staged: string): Failure {
  return new Failure(
    'BACKUP_WRONG',
    `${staged}, the file to put in place, is gone.`,
    'Find out what removed it, and run restore again.',
  );
}

/**
 * Whether the file in the database's place is the one that was staged and verified, and SQLite reads its schema. Null:
 * it is; else what is wrong. When services may have run on it since (`served`), size and sidecars may differ.
 */
export function checkInPlace(
  database: string,
  staged: { readonly inode: string; readonly bytes: number },
  served: boolean,
): string | null {
  if (!existsSync(database)) return `${database} is not there`;
  const found = fileIdentity(database);
  if (lstatSync(database).isSymbolicLink() || found.inode !== staged.inode) return `${database} is another file`;
  const [stale] = pendingFiles(database);
  if (!served && found.bytes !== staged.bytes) return `${database} has ${found.bytes} bytes, not ${staged.bytes}`;
  if (!served && stale !== undefined) return `${stale} is there and should not be`;
  return schemaProblem(database);
}
