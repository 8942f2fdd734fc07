import { chownSync, closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { systemCodeOf } from '../../platform/errors.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Flushes the folder that holds `file`, so that names made, moved or removed in it survive a power loss. */
export function syncFolderOf(file: string): void {
  syncPath(path.dirname(file));
}

/** Flushes a file's (or a folder's) content to the disk. */
function syncPath(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Replaces `file` by `text`: readers, and a power loss, see the old text or the new one, never a part. */
export async function writeDurably(file: string, text: string, checkpoint: Checkpoint): Promise<void> {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', 0o644);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  await checkpoint(`written aside: ${path.basename(file)}`);
  renameSync(fresh, file);
  syncFolderOf(file);
}

/** Gives a file to `uid:gid`. False when this user may not. */
export function giveTo(file: string, owner: { readonly uid: number; readonly gid: number }): boolean {
  try {
    chownSync(file, owner.uid, owner.gid);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EPERM') return false;
    throw error;
  }
}
