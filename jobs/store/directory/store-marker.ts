import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { jsonAs } from '../../runtime/json.ts';
import { syncFolder } from './atomic-write.ts';
import { directoryFailure } from './failure.ts';
import { orNull } from './list-files.ts';

/** Lies in a store's folder and tells it from any other, such as the empty folder that an unmounted disk leaves. Hidden from listings. */
export const markName = '.nightshift-store.json';

export type Mark = { readonly id: string; readonly created: string };

/** What lies where a store's folder should be. `others`: how many entries beside the mark it has. */
export type StoreFolder =
  | { readonly kind: 'folder'; readonly mark: Mark | null; readonly others: number }
  | { readonly kind: 'absent' }
  /** Nor is the folder it would be made in. */
  | { readonly kind: 'parent absent'; readonly parent: string };

const content = z.object({ id: z.string().min(1), created: z.string() });

/** Looks at a store's folder without changing it. Throws STORE_ failures; STORE_FAILED for a mark that cannot be read. */
export function lookAtFolder(folder: string): Promise<StoreFolder> {
  return during(`looking for the mark in ${folder}`, folder, async () => {
    const names = await orNull(readdir(folder));
    if (names !== null) {
      const mark = names.includes(markName) ? await readMark(folder) : null;
      return { kind: 'folder', mark, others: names.filter((name) => name !== markName).length };
    }
    const parent = path.dirname(folder);
    return (await orNull(stat(parent))) === null ? { kind: 'parent absent', parent } : { kind: 'absent' };
  });
}

/** Marks a folder, making it where its parent is, and returns the mark it has then: another process may have been first. */
export function markFolder(folder: string, mark: Mark): Promise<Mark> {
  const target = path.join(folder, markName);
  const temporary = `${target}.${randomUUID()}.part`;
  return during(`writing ${target}`, folder, async () => {
    await mkdir(folder).catch(allow('EEXIST'));
    try {
      await writeToDisk(temporary, `${JSON.stringify(mark)}\n`);
      await link(temporary, target).catch(async (error) => {
        if (systemCodeOf(error) === 'EEXIST') return;
        await rename(temporary, target); // a file system without hard links
      });
    } finally {
      await rm(temporary, { force: true });
    }
    // The history remembers it from now on, so it must outlive a power cut.
    await syncFolder(folder);
    return await readMark(folder);
  });
}

async function readMark(folder: string): Promise<Mark> {
  const file = path.join(folder, markName);
  const text = await readFile(file, 'utf8');
  const mark = jsonAs(content, text);
  if (mark !== null) return mark;
  throw new Failure(
    'STORE_FAILED',
    `${file}, the mark of the backup store, is not what nightshift wrote there.`,
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

async function during<T>(doing: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw directoryFailure(error, doing, folder);
  }
}
