import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import type { Log } from '../../runtime/log.ts';

/** `f_type` of filesystems that live in memory, from Linux statfs(2): tmpfs and ramfs. */
const memoryFilesystems = new Set([0x01021994, 0x858458f6]);

const moreRoom = 'Free space there, or set STAGING_DIR to a folder on a larger disk.';

/** Checks that `folder` can take work files; warns when it is in memory. Throws STAGING_UNWRITABLE. */
export async function requireStaging(folder: string, log: Pick<Log, 'warn'>): Promise<void> {
  await stat(folder).catch((error) => {
    throw stagingFailure(`The staging folder ${folder} cannot be reached (${error.code}).`, error);
  });
  await access(folder, constants.W_OK | constants.X_OK).catch((error) => {
    const reason = error.code === 'EROFS' ? 'is on a read-only mount' : `cannot be written (${error.code})`;
    throw stagingFailure(`The staging folder ${folder} ${reason}.`, error);
  });
  const { type } = await statfs(folder);
  if (memoryFilesystems.has(type)) {
    log.warn(
      `The staging folder ${folder} is in memory; set STAGING_DIR to a folder on a disk, or a copy may fill it.`,
    );
  }
}

/**
 * Checks that the disk of `folder` has `bytes` free for a process without privileges. `purpose` completes "… needs 2 GiB".
 * Throws DISK_FULL.
 */
export async function requireFreeSpace(folder: string, bytes: number, purpose: string, hint = moreRoom): Promise<void> {
  const free = await freeBytes(folder);
  if (free < bytes) throw diskFull(folder, bytes, free, purpose, hint);
}

/** The DISK_FULL for a disk that filled up while it was being written, whatever was free before. */
export async function diskFilledFailure(
  folder: string,
  bytes: number,
  purpose: string,
  cause: unknown,
  hint = moreRoom,
): Promise<Failure> {
  return diskFull(folder, bytes, await freeBytes(folder), purpose, hint, cause);
}

/** What a run needs in STAGING_DIR for a database of so many bytes: a copy, and an archive that compression did not make smaller. */
export function stagingBytes(databaseBytes: number): number {
  return 2 * databaseBytes;
}

/** What the disk of `folder` has free for a process without privileges. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFull(folder: string, bytes: number, free: number, purpose: string, hint: string, cause?: unknown) {
  const found = `${formatBytes(free)} (${free} bytes) free`;
  const message = `The disk of ${folder} has ${found}; ${purpose} needs ${formatBytes(bytes)} (${bytes} bytes).`;
  return new Failure('DISK_FULL', message, hint, cause);
}

function stagingFailure(message: string, cause: unknown): Failure {
  const user = process.getuid?.() ?? 'this user';
  const hint = `Make the folder and let uid ${user} write to it, or set STAGING_DIR to one that it can write.`;
  return new Failure('STAGING_UNWRITABLE', message, hint, cause);
}
