import { chownSync, closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Flushes the folder that holds `file`, so that names made, moved or removed in it survive a power loss. */
export function syncFolderOf(file: string): void {
  syncPath(path.dirname(file));
}

/** Flushes a file's (or a folder's) content to the disk. */
export function syncPath(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Replaces `file` by `content`: readers, and a power loss, see the old content or the new one, never a part. What was written of
 * the new one before a failure is removed.
 */
export async function writeDurably(file: string, content: string | Buffer, checkpoint: Checkpoint): Promise<void> {
  const fresh = `${file}.new`;
  try {
    writeAll(fresh, content);
  } catch (error) {
    removeIfPossible(fresh);
    throw error;
  }
  await checkpoint(`written aside: ${path.basename(file)}`);
  renameSync(fresh, file);
  syncFolderOf(file);
}

/** Removes a file that may be absent. `rmSync` does not say why it fails (no EROFS, no EIO). */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** As `removeFile`, where it only makes room: what matters has failed already, and is reported. */
export function removeIfPossible(file: string): void {
  try {
    removeFile(file);
  } catch {}
}

/** A disk with little left takes a part of it, and says ENOSPC only when asked to take the rest. */
function writeAll(file: string, content: string | Buffer): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const handle = openSync(file, 'w', 0o644);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What the disk that holds `file` did wrong, as a Failure; null when `error` is not of the disk. */
export function diskFailure(file: string, error: unknown): Failure | null {
  const code = systemCodeOf(error);
  const folder = path.dirname(file);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const found = code === 'ENOSPC' ? 'is full' : 'has no room left within the quota';
    return new Failure(
      'DISK_FULL',
      `The disk of ${folder} ${found} (${code}).`,
      `Free space there (\`df -h ${folder}\`) and run restore again.`,
      error,
    );
  }
  if (code !== 'EIO' && code !== 'EROFS') return null;
  return new Failure(
    'DATABASE_UNMOVABLE',
    `The disk of ${folder} refuses writes (${code}).`,
    'See what `dmesg` says about the disk, and fix that.',
    error,
  );
}

/** Gives a file to `uid:gid`. False when this user may not. */
export function chownIfAllowed(file: string, owner: { readonly uid: number; readonly gid: number }): boolean {
  try {
    chownSync(file, owner.uid, owner.gid);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EPERM') return false;
    throw error;
  }
}
