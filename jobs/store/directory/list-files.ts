import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCodeOf } from '../../runtime/errors.ts';
import { checkedKey } from '../keys.ts';
import { namesIn } from './list-names.ts';

/** A file below a folder: its place as a key, and what the file system says of it. */
export type Found = { readonly key: string; readonly name: string; readonly stats: Stats };

/**
 * Every file below `root` whose key may start with `prefix`, hidden ones too, following links; none when `root` is not
 * there. A hidden file has the key of its folder with its own name. Throws STORE_NAME_UNREADABLE.
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
  for (const name of (await orNull(namesIn(root, place, prefix))) ?? []) {
    const stats = await orNull(stat(path.join(folder, name)));
    const key = `${place}${name}`;
    if (stats?.isFile()) found.push({ key, name, stats });
    const mayHold = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
    if (stats?.isDirectory() && mayHold && !name.startsWith('.')) {
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
