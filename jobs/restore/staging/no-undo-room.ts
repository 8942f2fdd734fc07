import path from 'node:path';
import { Failure } from '../../platform/errors.ts';
import { formatBytes } from '../../platform/format.ts';

type Room = {
  readonly free: number;
  /** What the restored database still takes, at least. */
  readonly restoreBytes: number;
  /** What `--undo` needs after that. */
  readonly needed: number;
};

/** The DISK_FULL of a restore that would take the room which its own `--undo` needs. All in bytes. */
export function noUndoRoom(database: string, { free, restoreBytes, needed }: Room): Failure {
  const figure = (bytes: number) => `${formatBytes(bytes)} (${bytes} bytes)`;
  const restore = restoreBytes === 0 ? '' : `the restored database takes ${figure(restoreBytes)} at least, and `;
  return new Failure(
    'DISK_FULL',
    `The disk of ${path.dirname(database)} has ${figure(free)} free; ${restore}--undo needs ${figure(needed)} after that, for a copy of the old database.`,
    'Free space there, or remove a safety copy (`nightshift restore --safety-copies`). With --no-undo-room it restores all the same, and --undo has no room. Nothing was stopped or changed.',
  );
}
