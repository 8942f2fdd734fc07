import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { copyOrUpload } from '../../jobs/backup/copy-backup.ts';
import { Failure, type FailureCode, interruptedFailure } from '../../jobs/runtime/errors.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { makeScene } from './scene.ts';

const from = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
const to = 'sqlite-backups/weekly/shop_2025-W48.db.gz';
const metadata = { 'snapshot-sha256': 'a'.repeat(64), rows: '2001' };

/** A folder with one object, and the same store as one that refuses to copy. */
async function place(t: TestContext, changes: Partial<ObjectStore> = {}) {
  const { store, folder } = await makeScene(t);
  const file = path.join(folder, 'archive');
  await writeFile(file, 'an archive');
  await store.put(from, file, metadata);
  const refused = new Failure('STORE_UNSUPPORTED', 'the server does not support this request', 'ask the provider');
  const stagingFolder = path.join(folder, 'staging', 'nightshift-shop');
  const lacking: ObjectStore = { ...store, copy: () => Promise.reject(refused), ...changes };
  const copy = (given?: Record<string, string>, through = lacking) =>
    copyOrUpload(through, from, to, given, { stagingFolder, signal: new AbortController().signal });
  const found = async () => {
    const head = await store.head(to);
    return head && { bytes: String(await buffer(await store.read(to))), metadata: head.metadata };
  };
  const staged = () => (existsSync(stagingFolder) ? readdirSync(stagingFolder) : []);
  return { store, folder, lacking, refused, copy, found, staged };
}

test('a server that can copy does, and nothing is downloaded', async (t) => {
  const { store, copy, found } = await place(t);
  const noDownload: ObjectStore = { ...store, read: () => assert.fail('downloaded') };
  assert.equal(await copy(undefined, noDownload), null);
  assert.deepEqual(await found(), { bytes: 'an archive', metadata });
});

test('one that cannot gets it uploaded, with the same metadata or the new, and the reason comes back', async (t) => {
  const { copy, refused, found, staged } = await place(t);
  assert.equal(await copy(), refused);
  assert.deepEqual(await found(), { bytes: 'an archive', metadata });
  assert.equal(await copy({ fresh: 'yes' }), refused);
  assert.deepEqual(await found(), { bytes: 'an archive', metadata: { fresh: 'yes' } });
  assert.deepEqual(staged(), []);
});

test('metadata of another tool that no header of ours can hold does not stop it', async (t) => {
  const { store, copy, found, lacking, refused } = await place(t);
  const foreign: ObjectStore = {
    ...lacking,
    head: async (key) => {
      const head = await store.head(key);
      return head && { ...head, metadata: { ...head.metadata, 's3cmd-attrs': 'uid:0', empty: '', name: 'Größe' } };
    },
  };
  assert.equal(await copy(undefined, foreign), refused);
  assert.deepEqual(await found(), { bytes: 'an archive', metadata: { ...metadata, 's3cmd-attrs': 'uid:0' } });
});

test('only a copy that was refused is uploaded; after an outage, a full store or a stop nothing more is tried', async (t) => {
  const { store, copy, found } = await place(t);
  const codes: Partial<Record<FailureCode, 'uploaded' | 'thrown'>> = {
    STORE_UNSUPPORTED: 'uploaded',
    STORE_DENIED: 'uploaded',
    STORE_FAILED: 'uploaded',
    STORE_UNREACHABLE: 'thrown',
    STORE_BUSY: 'thrown',
    STORE_FULL: 'thrown',
    STORE_KEY_UNKNOWN: 'thrown',
    OBJECT_MISSING: 'thrown',
    INTERRUPTED: 'thrown',
  };
  const outcomes: [string, string][] = [];
  for (const code of Object.keys(codes)) {
    await store.remove(to);
    const failure = new Failure(code as FailureCode, 'no copy', 'look');
    const refusing: ObjectStore = { ...store, copy: () => Promise.reject(failure) };
    const end = await copy(undefined, refusing).then(
      (why) => [why, 'uploaded'] as const,
      (thrown) => [thrown, 'thrown'] as const,
    );
    assert.equal(end[0], failure);
    assert.equal((await found()) !== null, end[1] === 'uploaded');
    outcomes.push([code, end[1]]);
  }
  assert.deepEqual(Object.fromEntries(outcomes), codes);
});

test('an upload that does not read back is removed, and one whose source is gone or replaced meanwhile is none', async (t) => {
  const { store, lacking, copy, found, staged, folder } = await place(t);
  const damaging: ObjectStore = {
    ...lacking,
    put: async (key, file, facts, transfer) => {
      assert.equal((await stat(file)).mode & 0o777, 0o600, 'nobody else may read it on its way');
      await writeFile(file, (await readFile(file, 'utf8')).replace('a', 'b'));
      await store.put(key, file, facts, transfer);
    },
  };
  await assert.rejects(copy(undefined, damaging), {
    code: 'READ_BACK_DIFFERS',
    message: `${to} does not read back as ${from} was read; it was removed.`,
  });
  const replacing: ObjectStore = {
    ...lacking,
    read: async (key) => {
      const stream = await store.read(key);
      await store.put(from, path.join(folder, 'archive'), { other: 'one' });
      return stream;
    },
  };
  await assert.rejects(copy(undefined, replacing), {
    code: 'STORE_FAILED',
    message: `${from} was replaced while it was copied.`,
  });
  await store.remove(from);
  await assert.rejects(copy(), { code: 'OBJECT_MISSING' });
  assert.equal(await found(), null);
  assert.deepEqual(staged(), []);
});

test('a stop while it is downloaded leaves nothing', async (t) => {
  const { store, lacking, found, folder } = await place(t);
  const stagingFolder = path.join(folder, 'staging', 'stopped');
  const stop = new AbortController();
  const stopping: ObjectStore = {
    ...lacking,
    read: async (key, transfer) => {
      const stream = await store.read(key, transfer);
      stop.abort(interruptedFailure());
      return stream;
    },
  };
  const copying = copyOrUpload(stopping, from, to, undefined, { stagingFolder, signal: stop.signal });
  await assert.rejects(copying, (error: Error) => error.name === 'AbortError' || error.name === 'Failure');
  assert.equal(await found(), null);
  assert.deepEqual(readdirSync(stagingFolder), []);
});
