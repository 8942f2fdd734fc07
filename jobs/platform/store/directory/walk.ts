import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import { checkedKey } from '../keys.ts';

/** A file below a folder: its place as a key, and what the file system says of it. */
export type Found = { readonly key: string; readonly name: string; readonly stats: Stats };

/**
 * Every file below `root` whose key may start with `prefix`, hidden ones too, following links; none when `root` is not
 * there. A hidden file has the key of its folder with its own name.
 */
export async function filesBelow(root: string, prefix: string): Promise<Found[]> {
  const place = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (place !== '') checkedKey(place.slice(0, -1));
  return await walk(root, place, prefix, []);
}

async function walk(root: string, place: string, prefix: string, above: readonly string[]): Promise<Found[]> {
  const folder = path.join(root, place);
  const real = await orNull(realpath(folder));
  if (real === null || above.includes(real)) return [];
  const found: Found[] = [];
  for (const entry of (await orNull<Dirent[]>(readdir(folder, { withFileTypes: true }))) ?? []) {
    const stats = await orNull(stat(path.join(folder, entry.name)));
    const key = `${place}${entry.name}`;
    if (stats?.isFile()) found.push({ key, name: entry.name, stats });
    const mayHold = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
    if (stats?.isDirectory() && mayHold && !entry.name.startsWith('.')) {
      found.push(...(await walk(root, `${key}/`, prefix, [...above, real])));
    }
  }
  return found;
}

/** Null for what is not there (any more). */
export async function orNull<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
