import { statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';

/** Room on the disk that staging leaves to the services, which go on writing to it. */
export const spareBytes = 16 * 1024 * 1024;

/**
 * What `--undo` needs on the disk to bring `file` back, in bytes: a copy of it and of its -wal, which then goes into the
 * copy, and what staging leaves to services. 0 when the file is not there. `file` is the database, or its safety copy.
 */
export function undoBytes(file: string): number {
  const size = (part: string) => statSync(file + part, { throwIfNoEntry: false })?.size ?? 0;
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return 0;
  return size('') + 2 * size('-wal') + size('-journal') + spareBytes;
}

/** Free bytes on the disk of a file, for a process without privileges. */
export function freeBeside(file: string): number {
  const { bavail, bsize } = statfsSync(path.dirname(file));
  return bavail * bsize;
}

/**
 * Checks that after a restore that takes `restoreBytes` more the disk has room for its own `--undo`. Throws DISK_FULL with
 * both figures when `undoRoom` is asked for; else returns a remark for the plan. Empty when there is room.
 */
export function requireUndoRoom(database: string, restoreBytes: number, undoRoom: boolean): string[] {
  const [needed, free] = [undoBytes(database), freeBeside(database)];
  if (needed === 0 || free - restoreBytes >= needed) return [];
  if (undoRoom) throw noUndoRoom(database, { free, restoreBytes, needed });
  const left = formatBytes(Math.max(0, free - restoreBytes));
  return [`after this the disk has no room for --undo: that needs ${formatBytes(needed)}, and ${left} will be free`];
}

type DiskRoom = {
  readonly free: number;
  /** What the restored database still takes, at least. */
  readonly restoreBytes: number;
  /** What `--undo` needs after that. */
  readonly needed: number;
};

/** The DISK_FULL of a restore that would take the room which its own `--undo` needs. All in bytes. */
export function noUndoRoom(database: string, { free, restoreBytes, needed }: DiskRoom): Failure {
  const figure = (bytes: number) => `${formatBytes(bytes)} (${bytes} bytes)`;
  const restore = restoreBytes === 0 ? '' : `the restored database takes ${figure(restoreBytes)} at least, and `;
  return new Failure(
    'DISK_FULL',
    `The disk of ${path.dirname(database)} has ${figure(free)} free; ${restore}--undo needs ${figure(needed)} after that, for a copy of the old database.`,
    'Free space there, or remove a safety copy (`nightshift restore --safety-copies`). With --no-undo-room it restores anyway, and --undo has no room. Nothing was stopped or changed.',
  );
}
