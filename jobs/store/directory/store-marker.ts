import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { syncFolder } from '../../runtime/durable-folder.ts';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { parseJsonAs } from '../../runtime/json.ts';
import { directoryFailure } from './failure.ts';
import { nullIfMissing } from './list-files.ts';

/** A file in a store's folder that distinguishes it from any other, such as the empty folder that an unmounted disk leaves. Hidden from listings. */
export const markerName = '.nightshift-store.json';

export type StoreMarker = { readonly id: string; readonly created: string };

/** What is where a store's folder should be. `others`: how many entries beside the marker it has. */
export type StoreFolder =
  | { readonly kind: 'folder'; readonly marker: StoreMarker | null; readonly others: number }
  | { readonly kind: 'absent' }
  /** Nor is the folder it would be made in. */
  | { readonly kind: 'parent absent'; readonly parent: string };

const content = z.object({ id: z.string().min(1), created: z.string() });

/** Inspects a store's folder without changing it. Throws STORE_ failures; STORE_FAILED for a marker that cannot be read. */
export function inspectFolder(folder: string): Promise<StoreFolder> {
  return withStoreErrors(`looking for the marker in ${folder}`, folder, async () => {
    const names = await nullIfMissing(readdir(folder));
    if (names !== null) {
      const marker = names.includes(markerName) ? await readMarker(folder) : null;
      return { kind: 'folder', marker, others: names.filter((name) => name !== markerName).length };
    }
    const parent = path.dirname(folder);
    return (await nullIfMissing(stat(parent))) === null ? { kind: 'parent absent', parent } : { kind: 'absent' };
  });
}

/** Writes the marker of a folder, which is made where its parent exists, and returns the one it has then: another process may have been first. */
export function writeMarker(folder: string, marker: StoreMarker): Promise<StoreMarker> {
  const target = path.join(folder, markerName);
  const temporary = `${target}.${randomUUID()}.part`;
  return withStoreErrors(`writing ${target}`, folder, async () => {
    await mkdir(folder).catch(allow('EEXIST'));
    try {
      await writeToDisk(temporary, `${JSON.stringify(marker)}\n`);
      await link(temporary, target).catch(async (error) => {
        if (systemCodeOf(error) === 'EEXIST') return;
        await rename(temporary, target); // a file system without hard links
      });
    } finally {
      await rm(temporary, { force: true });
    }
    // The history remembers it from now on, so it must outlive a power cut.
    await syncFolder(folder);
    return await readMarker(folder);
  });
}

async function readMarker(folder: string): Promise<StoreMarker> {
  const file = path.join(folder, markerName);
  const text = await readFile(file, 'utf8');
  const marker = parseJsonAs(content, text);
  if (marker !== null) return marker;
  throw new Failure(
    'STORE_FAILED',
    `${file}, the marker of the backup store, is not what nightshift wrote there.`,
    `If ${folder} is the right folder, remove that file, then run \`nightshift accept --new-store\`.`,
  );
}

async function writeToDisk(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const allow = (code: string) => (error: unknown) => {
  if (systemCodeOf(error) !== code) throw error;
};

async function withStoreErrors<T>(doing: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw directoryFailure(error, doing, folder);
  }
}
