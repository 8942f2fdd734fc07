import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCodeOf } from '../../runtime/errors.ts';
import { checkedKey } from '../keys.ts';
import { listNames } from './list-names.ts';

/** A file below a folder: its path as a key, its own name, and what the file system says of it. */
export type FoundFile = { readonly key: string; readonly name: string; readonly stats: Stats };

/**
 * Every file below `root` whose key may start with `prefix`, hidden ones too, following links; none when `root` is not
 * there. A hidden file has the key of its folder with its own name. Throws STORE_NAME_UNREADABLE.
 */
export async function listFiles(root: string, prefix: string): Promise<FoundFile[]> {
  const folderKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (folderKey !== '') checkedKey(folderKey.slice(0, -1));
  return await walk(root, folderKey, prefix, []);
}

async function walk(root: string, folderKey: string, prefix: string, above: readonly string[]): Promise<FoundFile[]> {
  const folder = path.join(root, folderKey);
  const real = await nullIfMissing(realpath(folder));
  if (real === null || above.includes(real)) return [];
  const found: FoundFile[] = [];
  for (const name of (await nullIfMissing(listNames(root, folderKey, prefix))) ?? []) {
    const stats = await nullIfMissing(stat(path.join(folder, name)));
    const key = `${folderKey}${name}`;
    if (stats?.isFile()) found.push({ key, name, stats });
    const mayHold = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
    if (stats?.isDirectory() && mayHold && !name.startsWith('.')) {
      found.push(...(await walk(root, `${key}/`, prefix, [...above, real])));
    }
  }
  return found;
}

/** Null for what is not there (any more). */
export async function nullIfMissing<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
