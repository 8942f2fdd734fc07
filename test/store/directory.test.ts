import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createDirectoryStore } from '../../jobs/store/directory.ts';
import { needs } from '../lab/parts.ts';
import { smallDisk } from '../small-disk.ts';
import { testContract } from './contract.ts';

testContract('a folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-store-'));
  const root = path.join(folder, 'not', 'there', 'yet');
  return {
    store: createDirectoryStore(root),
    async leaveUnfinished(key) {
      const file = path.join(root, key);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(path.join(path.dirname(file), `.${path.basename(key)}.${randomUUID()}.part`), 'half of it');
    },
    close: () => rm(folder, { recursive: true }),
  };
});

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightshift-directory-'));
});
after(() => rm(folder, { recursive: true }));

async function freshStore() {
  return storeIn(await mkdtemp(path.join(folder, 'store-')));
}

/** A store on a disk of 1 MiB. */
function storeOnSmallDisk(t: TestContext) {
  const { folder: root } = smallDisk(t, 'tmpfs', 1);
  return { ...storeIn(root), turnReadOnly: () => execFileSync('mount', ['-o', 'remount,ro', root]) };
}

function storeIn(root: string) {
  const file = path.join(folder, randomUUID());
  const store = createDirectoryStore(root);
  return {
    root,
    store,
    async put(key: string, content: string | Uint8Array, metadata = {}) {
      await writeFile(file, content);
      await store.put(key, file, metadata);
    },
  };
}

test('what a folder holds is a plain file that gunzip reads', async () => {
  const { root, put } = await freshStore();
  await put('daily/a.db.gz', gzipSync('the database'), { 'plain-bytes': '12' });
  const visible = (await readdir(path.join(root, 'daily'))).filter((name) => !name.startsWith('.'));
  assert.deepEqual(visible, ['a.db.gz']);
  assert.equal(String(execFileSync('gunzip', ['-c', path.join(root, 'daily', 'a.db.gz')])), 'the database');
});

test('a file that is cut short while it is read is an error, and never taken for whole', async () => {
  const { root, store, put } = await freshStore();
  await put('a', Buffer.alloc(1_000_000, 1));
  const stream = await store.read('a');
  await truncate(path.join(root, 'a'), 500_000);
  await assert.rejects(buffer(stream), { code: 'STORE_FAILED', message: /it ended after 500000 of 1000000 bytes/ });
});

test('its name is a URL a person can open', () => {
  assert.equal(createDirectoryStore('/mnt/back ups').name, 'file:///mnt/back%20ups');
});

test('a file laid down by hand is an object without metadata', async () => {
  const { root, store } = await freshStore();
  await mkdir(path.join(root, 'daily'));
  await writeFile(path.join(root, 'daily', 'old.db.gz'), 'by hand');
  assert.deepEqual(
    (await store.list('')).map(({ key, bytes }) => ({ key, bytes })),
    [{ key: 'daily/old.db.gz', bytes: 7 }],
  );
  assert.deepEqual((await store.head('daily/old.db.gz'))?.metadata, {});
  assert.equal(String(await buffer(await store.read('daily/old.db.gz'))), 'by hand');
});

test('a file replaced by hand does not inherit the metadata of the one before', async () => {
  const { root, store, put } = await freshStore();
  const file = path.join(root, 'a');
  await put('a', 'ours', { sha256: 'of ours' });
  const { atime, mtime } = await stat(file);
  await writeFile(file, 'hand');
  await utimes(file, 1_700_000_000, 1_700_000_000);
  assert.deepEqual((await store.head('a'))?.metadata, {});
  await writeFile(file, 'another size');
  await utimes(file, atime, mtime);
  assert.deepEqual((await store.head('a'))?.metadata, {});
});

test('objects of one size written within one second each keep their own metadata', async () => {
  const { store, put } = await freshStore();
  let before: Temporal.Instant | undefined;
  for (const which of ['1', '2', '3', '4']) {
    await put('a', which, { which });
    const head = await store.head('a');
    assert.deepEqual(head?.metadata, { which });
    assert.notDeepEqual(String(head?.modified), String(before), 'a sidecar could be taken for that of the one before');
    before = head?.modified;
  }
});

test('a crash before the new file was in place leaves the old file with the old metadata', async () => {
  const { root, store, put } = await freshStore();
  await put('a', 'old', { is: 'old' });
  const before = await store.head('a');
  const later = Math.floor(Date.now() / 1000) + 1;
  await writeFile(path.join(root, `.a.${randomUUID()}.part`), 'new');
  await writeFile(path.join(root, `.a.${later}.json`), JSON.stringify({ bytes: 3, metadata: { is: 'new' } }));
  assert.deepEqual(await store.head('a'), before);
  assert.deepEqual(await store.abortUploads('', () => true), ['a']);
  assert.deepEqual(await store.head('a'), before);
  assert.equal((await readdir(root)).length, 2);
});

test('a sidecar that is damaged counts as none', async () => {
  const { root, store, put } = await freshStore();
  for (const content of ['', '{"bytes":1', 'null', '{"bytes":1,"metadata":{"a":1}}']) {
    await put('a', 'x', { a: 'b' });
    const [sidecar = ''] = (await readdir(root)).filter((name) => name.endsWith('.json'));
    await writeFile(path.join(root, sidecar), content);
    assert.deepEqual((await store.head('a'))?.metadata, {}, content);
  }
});

test('removing and replacing leave no sidecar behind', async () => {
  const { root, store, put } = await freshStore();
  await put('a', 'one', { n: '1' });
  await put('a', 'three', { n: '2' });
  await store.copy('a', 'a', { n: '3' });
  assert.equal((await readdir(root)).length, 2);
  await store.remove('a');
  assert.deepEqual(await readdir(root), []);
});

test('a folder moved to another disk keeps its metadata', async () => {
  const { root, put } = await freshStore();
  await put('daily/a', 'moved', { still: 'here' });
  const moved = path.join(folder, 'moved');
  await cp(root, moved, { recursive: true, preserveTimestamps: true });
  assert.deepEqual((await createDirectoryStore(moved).head('daily/a'))?.metadata, { still: 'here' });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hidden = async (root: string) => (await readdir(root)).filter((name) => name.startsWith('.'));
const secondOf = (file: string) => stat(file).then(({ mtimeMs }) => Math.floor(mtimeMs / 1000));

test('a file with other times keeps the metadata that its bytes prove, and when it was stored', async () => {
  const { root, store, put } = await freshStore();
  const metadata = { 'archive-sha256': sha256('the backup'), suspect: 'lost all rows' };
  await put('a', 'the backup', metadata);
  const before = (await store.head('a')) ?? assert.fail('it is there');
  const stored = await secondOf(path.join(root, 'a'));
  for (const seconds of [2_000_000_000, 1_000_000_000]) {
    await utimes(path.join(root, 'a'), seconds, seconds);
    const head = (await store.head('a')) ?? assert.fail('it is there');
    assert.deepEqual({ ...head, etag: '' }, { ...before, etag: '' });
    assert.deepEqual(await hidden(root), [`.a.${seconds}@${stored}.json`], 'the next look needs no hash');
    assert.deepEqual(await store.head('a'), head);
    assert.deepEqual(await store.list('a'), [{ key: 'a', bytes: head.bytes, modified: before.modified }]);
  }
});

test('a folder copied with new times, and read by many at once, keeps its metadata', async () => {
  const { root, put } = await freshStore();
  const metadata = { 'archive-sha256': sha256('moved') };
  await put('daily/a', 'moved', metadata);
  const moved = await mkdtemp(path.join(folder, 'moved-'));
  await cp(root, moved, { recursive: true });
  await utimes(path.join(moved, 'daily', 'a'), 2_000_000_000, 2_000_000_000);
  const store = createDirectoryStore(moved);
  const heads = await Promise.all(Array.from({ length: 20 }, () => store.head('daily/a')));
  assert.deepEqual(
    heads.map((head) => head?.metadata),
    Array.from({ length: 20 }, () => metadata),
  );
});

test('a file whose bytes changed has no metadata, and is called changed; what it was stays beside it', async () => {
  const { root, store, put } = await freshStore();
  await put('a', 'the backup', { 'archive-sha256': sha256('the backup') });
  const sidecars = await hidden(root);
  for (const content of ['the damage', 'cut', '']) {
    await writeFile(path.join(root, 'a'), content);
    await utimes(path.join(root, 'a'), 2_000_000_000, 2_000_000_000);
    const head = await store.head('a');
    assert.deepEqual([head?.metadata, head?.changed], [{}, true], content);
    assert.deepEqual(await store.abortUploads('', () => true), []);
    assert.deepEqual(await hidden(root), sidecars);
  }
  await writeFile(path.join(root, 'a'), 'the backup');
  assert.deepEqual((await store.head('a'))?.metadata, { 'archive-sha256': sha256('the backup') });
});

test('only what an upload left unfinished is cleared away, also beside a file with other times', async () => {
  const { root, store, put } = await freshStore();
  const metadata = { 'archive-sha256': sha256('old') };
  await put('a', 'old', metadata);
  await utimes(path.join(root, 'a'), 1_000_000_000, 1_000_000_000);
  assert.deepEqual(await store.abortUploads('', () => true), []);
  const part = path.join(root, `.a.${randomUUID()}.part`);
  await writeFile(part, 'new');
  await utimes(part, 2_000_000_000, 2_000_000_000);
  await writeFile(path.join(root, '.a.2000000000.json'), JSON.stringify({ bytes: 3, metadata: { is: 'new' } }));
  assert.deepEqual(await store.abortUploads('', () => true), ['a']);
  assert.equal((await hidden(root)).length, 1);
  assert.deepEqual((await store.head('a'))?.metadata, metadata);
});

test('a put that fails takes nothing from a file with other times', async () => {
  const { root, store, put } = await freshStore();
  const metadata = { 'archive-sha256': sha256('old') };
  await put('a', 'old', metadata);
  await utimes(path.join(root, 'a'), 1_000_000_000, 1_000_000_000);
  const file = path.join(folder, 'to-abort');
  await writeFile(file, 'new');
  const stop = new AbortController();
  const putting = store.put('a', file, { is: 'new' }, { signal: stop.signal, onProgress: () => stop.abort() });
  await assert.rejects(putting, { code: 'INTERRUPTED' });
  assert.deepEqual((await store.head('a'))?.metadata, metadata);
});

test('in a folder that cannot be written the bytes prove it each time', needs('root'), async (t) => {
  const { root, store, put, turnReadOnly } = storeOnSmallDisk(t);
  const metadata = { 'archive-sha256': sha256('x') };
  await put('a', 'x', metadata);
  await utimes(path.join(root, 'a'), 1_000_000_000, 1_000_000_000);
  turnReadOnly();
  for (let look = 1; look <= 2; look++) assert.deepEqual((await store.head('a'))?.metadata, metadata);
});

test('links are followed, also one that leads back up', async () => {
  const { root, store, put } = await freshStore();
  await put('daily/a', 'x');
  const elsewhere = await mkdtemp(path.join(folder, 'elsewhere-'));
  await writeFile(path.join(elsewhere, 'w'), 'weekly');
  await symlink(elsewhere, path.join(root, 'weekly'));
  await symlink(root, path.join(root, 'daily', 'up'));
  await symlink('/nowhere', path.join(root, 'daily', 'dangling'));
  assert.deepEqual(
    (await store.list('')).map(({ key }) => key),
    ['daily/a', 'weekly/w'],
  );
});

test('a prefix cannot lead out of the folder', async () => {
  const { store } = await freshStore();
  for (const prefix of ['../platform', '/etc/', 'a/../../']) {
    await assert.rejects(store.list(prefix), { code: 'ARGUMENT_INVALID' });
    await assert.rejects(
      store.abortUploads(prefix, () => true),
      { code: 'ARGUMENT_INVALID' },
    );
  }
});

test('a put that is stopped leaves no file at all', async () => {
  const { root, store } = await freshStore();
  const file = path.join(folder, 'large');
  await writeFile(file, randomBytes(6_000_000));
  const stop = new AbortController();
  const putting = store.put('daily/a', file, { a: 'b' }, { signal: stop.signal, onProgress: () => stop.abort() });
  await assert.rejects(putting, { code: 'INTERRUPTED' });
  assert.deepEqual(await readdir(path.join(root, 'daily')), []);
});

test('a put that cannot take its place leaves nothing behind', async () => {
  const { root, store, put } = await freshStore();
  await put('daily/a', 'x', { of: 'a' });
  await assert.rejects(put('daily', 'in the way', { of: 'daily' }), { code: 'STORE_FAILED' });
  assert.deepEqual(await readdir(root), ['daily']);
  assert.deepEqual((await store.head('daily/a'))?.metadata, { of: 'a' });
});

test('a file where the folder should be is named with its hint', async () => {
  const root = path.join(folder, 'a-file');
  await writeFile(root, '');
  await assert.rejects(createDirectoryStore(root).put('daily/a', root, {}), (error: Error & { hint?: string }) => {
    assert.match(error.message, /^A file is in the way of a folder, which stopped writing .*a-file\/daily\/a/);
    assert.match(error.hint ?? '', /Check BACKUP_STORE/);
    return true;
  });
});

test('a full disk is named, and what was there stays', needs('root'), async (t) => {
  const { root, store, put } = storeOnSmallDisk(t);
  await put('a', 'small', { is: 'small' });
  await assert.rejects(put('a', randomBytes(2_000_000)), { code: 'STORE_FULL' });
  assert.equal(String(await buffer(await store.read('a'))), 'small');
  assert.deepEqual((await store.head('a'))?.metadata, { is: 'small' });
  assert.equal((await readdir(root)).length, 2);
});

test('a disk mounted read-only is named, for writing and removing; reading goes on', needs('root'), async (t) => {
  const { store, put, turnReadOnly } = storeOnSmallDisk(t);
  await put('a', 'x');
  turnReadOnly();
  await assert.rejects(put('b', 'x'), { code: 'STORE_DENIED' });
  await assert.rejects(store.remove('a'), { code: 'STORE_DENIED' });
  assert.equal(String(await buffer(await store.read('a'))), 'x');
});

test('a folder has no clock of its own', async () => {
  const { store } = await freshStore();
  assert.equal(await store.clockSkewSeconds({ now: () => Temporal.Instant.from('2000-01-01T00:00Z') }), null);
});

test('a file whose name is not UTF-8 is named, where a listing is about it, and never left out', async () => {
  const { root, store, put } = await freshStore();
  await put('daily/shop_1', 'x');
  const odd = Buffer.concat([Buffer.from(path.join(root, 'daily', 'shop_')), Buffer.from([0xff, 0x31])]);
  await writeFile(odd, 'x');
  for (const prefix of ['', 'daily/', 'daily/shop_']) {
    await assert.rejects(store.list(prefix), {
      code: 'STORE_NAME_UNREADABLE',
      message: `A name in ${path.join(root, 'daily')} cannot be read, because it is not UTF-8: shop_\\xff1`,
    });
  }
  assert.deepEqual(
    (await store.list('daily/shop_1')).map(({ key }) => key),
    ['daily/shop_1'],
  );
});

test('odd names are listed as they are; folders, and files whose names begin with a dot, are no objects', async () => {
  const { root, store } = await freshStore();
  const names = ['\u0001control', '\nline', '\ufffd', ' space', '%41', '+&', 'ü', '数据'];
  await mkdir(path.join(root, 'daily', 'a folder.db.gz', 'below'), { recursive: true });
  await mkdir(path.join(root, 'daily', '.hidden'));
  for (const name of [...names, '.DS_Store', '.hidden/a', 'a folder.db.gz/below/b']) {
    await writeFile(path.join(root, 'daily', name), name);
  }
  const listed = (await store.list('daily/')).map(({ key }) => key.slice('daily/'.length));
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  assert.deepEqual(listed, [...names, 'a folder.db.gz/below/b'].toSorted(byBytes));
  for (const name of [' space', '%41', '+&', 'ü', '\ufffd', 'a folder.db.gz/below/b']) {
    assert.equal(String(await buffer(await store.read(`daily/${name}`))), name);
  }
});
