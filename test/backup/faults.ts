import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, utimesSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../jobs/runtime/errors.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import type { Scene } from './scene.ts';

/** The key of a scene's first backup. */
export const first = 'sqlite-backups/daily/shop_2025-11-27_020000.db.gz';

/** The code of the Failure that a run ends with. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Failure, String(error));
  return error.code;
}

/** The bytes of a stored object in the scene's folder, to look at or to damage. */
export function objectFile({ folder }: Scene, key: string): string {
  return path.join(folder, 'store', key);
}

/** As a failing disk does it: the time of the file stays, and with it its metadata. */
export function damage(file: string): void {
  const { atime, mtime } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([0xff, 0x00, 0xff, 0x00]), 0, 4, 600);
  closeSync(handle);
  utimesSync(file, atime, mtime);
}

/** A fake store that does one thing differently from the real one it stands before. */
export function faulty(store: ObjectStore, fault: Partial<ObjectStore>): ObjectStore {
  return { ...store, ...fault };
}
