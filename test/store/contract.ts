import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';

/** A store of one kind to be tested, empty at first, and how to leave an upload unfinished in it. */
export type Subject = {
  readonly store: ObjectStore;
  leaveUnfinished(key: string): Promise<void>;
  close(): Promise<void>;
};

/** What every ObjectStore must do, whatever it is made of. */
export function testContract(kind: string, open: () => Promise<Subject>, options: { skip?: string } = {}): void {
  describe(`${kind} keeps the contract of a store`, options, () => {
    let subject: Subject;
    let store: ObjectStore;
    let folder: string;
    before(async () => {
      subject = await open();
      store = subject.store;
      folder = await mkdtemp(path.join(tmpdir(), 'nightshift-contract-'));
    });
    after(async () => {
      await subject?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function put(key: string, bytes: Uint8Array | string, metadata = {}): Promise<void> {
      const file = path.join(folder, 'to-put');
      await writeFile(file, bytes);
      await store.put(key, file, metadata);
    }
    const bytesOf = async (key: string) => await buffer(await store.read(key));
    const keysUnder = async (prefix: string) => (await store.list(prefix)).map(({ key }) => key);

    test('an empty store lists nothing, finds nothing, has nothing to sweep', async () => {
      assert.deepEqual(await store.list(''), []);
      assert.deepEqual(await store.list('sqlite-backups/daily/'), []);
      assert.equal(await store.head('sqlite-backups/daily/a.db.gz'), null);
      assert.deepEqual(await store.abortUploads('', () => true), []);
    });

    test('an object comes back byte for byte, with its size, time and metadata', async () => {
      const bytes = randomBytes(300_000);
      const metadata = { 'snapshot-sha256': 'a'.repeat(64), tables: '{"orders":12}' };
      const before = Temporal.Now.instant().subtract({ seconds: 2 });
      await put('round/trip.db.gz', bytes, metadata);
      assert.deepEqual(await bytesOf('round/trip.db.gz'), bytes);
      const head = await store.head('round/trip.db.gz');
      assert.ok(head);
      const { modified, etag, ...rest } = head;
      assert.deepEqual(rest, { key: 'round/trip.db.gz', bytes: 300_000, metadata });
      assert.ok(Temporal.Instant.compare(modified, before) > 0, `${modified} is after ${before}`);
      assert.ok(Temporal.Instant.compare(modified, Temporal.Now.instant().add({ seconds: 5 })) < 0);
      assert.notEqual(etag, '');
      assert.deepEqual(await store.list('round/'), [{ key: 'round/trip.db.gz', bytes: 300_000, modified }]);
    });

    test('an empty object is an object', async () => {
      await put('empty/nothing', '', { kind: 'empty' });
      assert.deepEqual(await bytesOf('empty/nothing'), Buffer.alloc(0));
      const head = await store.head('empty/nothing');
      assert.deepEqual([head?.bytes, head?.metadata], [0, { kind: 'empty' }]);
    });

    test('a second put replaces bytes and metadata, and changes the etag', async () => {
      await put('replaced/it', 'first', { which: 'first', only: 'then' });
      const first = await store.head('replaced/it');
      await put('replaced/it', 'other', { which: 'second' });
      const second = await store.head('replaced/it');
      assert.equal(String(await bytesOf('replaced/it')), 'other');
      assert.deepEqual(second?.metadata, { which: 'second' });
      assert.notEqual(second?.etag, first?.etag);
      assert.deepEqual(await keysUnder('replaced/'), ['replaced/it']);
    });

    test('a listing has every key that begins with the prefix, in the order of their bytes', async () => {
      const keys = ['p/daily/b', 'p/daily/a', 'p/daily-old/x', 'p/daily/Z', 'p/daily/é', 'p/daily/a.b', 'q/1'];
      for (const key of keys) await put(key, key);
      assert.deepEqual(await keysUnder('p/daily/'), [
        'p/daily/Z',
        'p/daily/a',
        'p/daily/a.b',
        'p/daily/b',
        'p/daily/é',
      ]);
      assert.deepEqual(await keysUnder('p/daily/a'), ['p/daily/a', 'p/daily/a.b']);
      assert.deepEqual(await keysUnder('p/da'), ['p/daily-old/x', ...(await keysUnder('p/daily/'))]);
      assert.deepEqual(await keysUnder('p/nothing'), []);
    });

    test('keys with spaces, signs and other letters than ASCII work throughout', async () => {
      const key = "odd/csv data (1) +50% & 'ü' 数据 =?#~.db.gz";
      await put(key, 'odd', { kept: 'yes' });
      await store.copy(key, `${key}.copy`);
      assert.deepEqual(await keysUnder('odd/'), [key, `${key}.copy`]);
      assert.equal(String(await bytesOf(`${key}.copy`)), 'odd');
      assert.deepEqual((await store.head(`${key}.copy`))?.metadata, { kept: 'yes' });
      await store.remove(key);
      assert.deepEqual(await keysUnder('odd/'), [`${key}.copy`]);
    });

    test('metadata keeps every printable sign, up to 2 KB', async () => {
      const signs = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('');
      const metadata = { signs: `a ${signs} z`, long: 'x'.repeat(1800) };
      await put('metadata/full', 'x', metadata);
      assert.deepEqual((await store.head('metadata/full'))?.metadata, metadata);
    });

    test('metadata that S3 could not keep is refused before anything is sent', async () => {
      const bad = [
        { a: 'ü' },
        { a: '' },
        { a: ' padded' },
        { a: 'line\nbreak' },
        { Upper: 'x' },
        { a: 'x'.repeat(2048) },
      ];
      for (const metadata of bad) {
        await assert.rejects(put('metadata/bad', 'x', metadata), RangeError, JSON.stringify(metadata).slice(0, 40));
      }
      assert.equal(await store.head('metadata/bad'), null);
    });

    test('a copy has the same bytes and metadata, or new metadata when given', async () => {
      await put('copy/from', 'copied', { one: '1' });
      await store.copy('copy/from', 'copy/same');
      await store.copy('copy/from', 'copy/new', { two: '2' });
      for (const [key, metadata] of [
        ['copy/same', { one: '1' }],
        ['copy/new', { two: '2' }],
      ] as const) {
        assert.equal(String(await bytesOf(key)), 'copied');
        assert.deepEqual((await store.head(key))?.metadata, metadata);
      }
    });

    test('copying an object onto itself changes its metadata', async () => {
      await put('copy/itself', 'stays', { suspect: 'yes' });
      await store.copy('copy/itself', 'copy/itself', { suspect: 'no', by: 'person' });
      assert.equal(String(await bytesOf('copy/itself')), 'stays');
      assert.deepEqual((await store.head('copy/itself'))?.metadata, { suspect: 'no', by: 'person' });
    });

    test('a copy replaces what was at its destination', async () => {
      await put('copy/source', 'new', { a: 'new' });
      await put('copy/destination', 'older and longer', { a: 'old' });
      await store.copy('copy/source', 'copy/destination');
      assert.equal(String(await bytesOf('copy/destination')), 'new');
      assert.deepEqual((await store.head('copy/destination'))?.metadata, { a: 'new' });
    });

    test('reading or copying what is not there says so', async () => {
      const missing = (error: unknown) => error instanceof Failure && error.code === 'OBJECT_MISSING';
      await assert.rejects(store.read('not/there.db.gz'), missing);
      await assert.rejects(store.copy('not/there.db.gz', 'not/here.db.gz'), missing);
      await assert.rejects(store.read('not/there.db.gz'), /There is no not\/there\.db\.gz in /);
    });

    test('removing takes one object, and one that is not there is no error', async () => {
      await put('remove/a', 'a', { some: 'metadata' });
      await put('remove/ab', 'ab');
      await store.remove('remove/a');
      await store.remove('remove/a');
      await store.remove('never/was');
      assert.deepEqual(await keysUnder('remove/'), ['remove/ab']);
      await put('remove/a', 'again');
      assert.deepEqual((await store.head('remove/a'))?.metadata, {});
    });

    test('a key that could lead elsewhere is refused by every method', async () => {
      for (const key of [
        '',
        '/etc/passwd',
        '../out',
        'a/../../out',
        'a/./b',
        'a//b',
        'a/',
        '.hidden',
        'a/.b',
        'a\0b',
      ]) {
        const calls = [
          () => store.head(key),
          () => put(key, 'x'),
          () => store.read(key),
          () => store.copy(key, 'safe'),
          () => store.copy('round/trip.db.gz', key),
          () => store.remove(key),
        ];
        for (const call of calls) {
          await assert.rejects(call, { name: 'Failure', code: 'ARGUMENT_INVALID' }, JSON.stringify(key));
        }
      }
    });

    test('a transfer reports how many bytes are through', async () => {
      const file = path.join(folder, 'progress');
      await writeFile(file, randomBytes(2_000_000));
      const sent: number[] = [];
      await store.put('progress/it', file, {}, { onProgress: (bytes) => sent.push(bytes) });
      const received: number[] = [];
      await buffer(await store.read('progress/it', { onProgress: (bytes) => received.push(bytes) }));
      assert.equal(sent.at(-1), 2_000_000);
      assert.equal(received.at(-1), 2_000_000);
      assert.deepEqual(
        received,
        received.toSorted((a, b) => a - b),
      );
    });

    test('a file that is not there cannot be put, and leaves nothing', async () => {
      await assert.rejects(store.put('gone/it', path.join(folder, 'absent'), {}), { code: 'STORE_FAILED' });
      assert.deepEqual(await store.list('gone/'), []);
    });

    test('a stopped put leaves the old object with its metadata', async () => {
      await put('stopped/put', 'old', { is: 'old' });
      const file = path.join(folder, 'large');
      await writeFile(file, randomBytes(8_000_000));
      const stop = new AbortController();
      const putting = store.put(
        'stopped/put',
        file,
        { is: 'new' },
        { signal: stop.signal, onProgress: () => stop.abort() },
      );
      await assert.rejects(putting, { code: 'INTERRUPTED' });
      assert.equal(String(await bytesOf('stopped/put')), 'old');
      assert.deepEqual((await store.head('stopped/put'))?.metadata, { is: 'old' });
      assert.deepEqual(await store.abortUploads('stopped/', () => true), []);
    });

    test('a stopped read ends its stream', async () => {
      await put('stopped/read', randomBytes(8_000_000));
      const stop = new AbortController();
      const stream = await store.read('stopped/read', { signal: stop.signal });
      stream.once('data', () => stop.abort());
      await assert.rejects(buffer(stream), { code: 'INTERRUPTED' });
    });

    test('nothing is begun when the stop came first', async () => {
      await put('stopped/early', 'x');
      const signal = AbortSignal.abort();
      const stopped = { code: 'INTERRUPTED' };
      await assert.rejects(store.list('', signal), stopped);
      await assert.rejects(store.head('stopped/early', signal), stopped);
      await assert.rejects(store.put('stopped/other', path.join(folder, 'to-put'), {}, { signal }), stopped);
      await assert.rejects(store.read('stopped/early', { signal }), stopped);
      await assert.rejects(store.copy('stopped/early', 'stopped/other', undefined, signal), stopped);
      await assert.rejects(store.remove('stopped/early', signal), stopped);
      await assert.rejects(
        store.abortUploads('', () => true, signal),
        stopped,
      );
      assert.deepEqual(await keysUnder('stopped/early'), ['stopped/early']);
    });

    test('a stream that is thrown away early does no harm', async () => {
      await put('left/it', randomBytes(3_000_000));
      (await store.read('left/it')).destroy();
      const begun = await store.read('left/it');
      begun.once('data', () => begun.destroy());
      begun.resume();
      await new Promise((resolve) => begun.once('close', resolve));
      assert.equal((await bytesOf('left/it')).length, 3_000_000);
    });

    test('stale unfinished uploads are given up, those of others stay', async () => {
      await put('sweep/done', 'done', { stays: 'yes' });
      await subject.leaveUnfinished('sweep/mine.db.gz');
      await subject.leaveUnfinished('sweep/other.db.gz');
      await subject.leaveUnfinished('elsewhere/mine.db.gz');
      assert.deepEqual(await keysUnder('sweep/'), ['sweep/done']);
      const seen: string[] = [];
      const lately = Temporal.Now.instant().subtract({ minutes: 1 });
      const isStale = ({ key, started }: { key: string; started: Temporal.Instant }) => {
        seen.push(key);
        assert.ok(Temporal.Instant.compare(started, lately) > 0, `${started}`);
        return key.endsWith('mine.db.gz');
      };
      assert.deepEqual(await store.abortUploads('sweep/', isStale), ['sweep/mine.db.gz']);
      assert.deepEqual(seen.toSorted(), ['sweep/mine.db.gz', 'sweep/other.db.gz']);
      assert.deepEqual(await store.abortUploads('sweep/', () => true), ['sweep/other.db.gz']);
      assert.deepEqual(await store.abortUploads('', () => true), ['elsewhere/mine.db.gz']);
      assert.deepEqual((await store.head('sweep/done'))?.metadata, { stays: 'yes' });
    });
  });
}
