import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { freeBytes, requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import { keptArchiveFolder, keptBytes, memoryFolder, removeKeptArchive } from './kept-archive.ts';

/**
 * Removes kept archives while the disk of `stagingDir` has less than `bytes` free: that of `database` first, then others.
 * Returns the databases whose archives were removed. What cannot be removed stays.
 */
export async function makeRoom(stagingDir: string, bytes: number, database: string | null = null): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await keptDatabases(stagingDir, database)) {
    if ((await freeBytes(stagingDir)) >= bytes) break;
    const bytesRemoved = await removeKeptArchive(keptArchiveFolder(stagingDir, name)).catch(() => 0);
    if (bytesRemoved > 0) removed.push(name);
  }
  return removed;
}

/** `requireFreeSpace` for a work folder directly below STAGING_DIR, where kept archives make room. Throws DISK_FULL. */
export async function requireStagingSpace(stagingFolder: string, bytes: number, purpose: string): Promise<void> {
  await makeRoom(path.dirname(stagingFolder), bytes);
  await requireFreeSpace(stagingFolder, bytes, purpose);
}

/** How many bytes all kept archives take that makeRoom would remove. */
export async function removableBytes(stagingDir: string): Promise<number> {
  const names = await keptDatabases(stagingDir, null);
  const sizes = await Promise.all(names.map((name) => keptBytes(keptArchiveFolder(stagingDir, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function keptDatabases(stagingDir: string, first: string | null): Promise<string[]> {
  const names = await readdir(memoryFolder(stagingDir)).catch(() => []);
  return names.toSorted((one, other) => Number(other === first) - Number(one === first));
}
