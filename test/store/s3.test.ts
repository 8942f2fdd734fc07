import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import type { S3Limits, S3Location } from '../../jobs/store/s3/client.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { needs } from '../lab/parts.ts';
import { type LabBucket, makeBucket } from './buckets.ts';
import { testContract } from './contract.ts';

const mebibyte = 1024 * 1024;
const quick = { retries: 1, firstWaitMs: 1 };

testContract(
  'a bucket',
  async () => {
    const bucket = await makeBucket();
    const store = createS3Store(bucket.location);
    return {
      store,
      leaveUnfinished: bucket.leaveUnfinished,
      async close() {
        store.close();
        await bucket.remove();
      },
    };
  },
  needs('s3'),
);

describe('a bucket on a real server', needs('s3'), () => {
  let bucket: LabBucket;
  let folder: string;
  const opened: ObjectStore[] = [];
  before(async () => {
    bucket = await makeBucket();
    folder = await mkdtemp(path.join(tmpdir(), 'nightshift-s3-'));
  });
  after(async () => {
    for (const store of opened) store.close();
    await bucket.remove();
    await rm(folder, { recursive: true });
  });

  function open(changes: Partial<S3Location> = {}, limits: Partial<S3Limits> = {}): ObjectStore {
    const store = createS3Store({ ...bucket.location, ...changes }, limits);
    opened.push(store);
    return store;
  }
  async function fileOf(bytes: Uint8Array | string): Promise<string> {
    const file = path.join(folder, randomBytes(4).toString('hex'));
    await writeFile(file, bytes);
    return file;
  }
  const inParts = { wholeBytes: 5 * mebibyte, partBytes: 5 * mebibyte };

  test('a large file goes up in parts and is one object with its metadata', async () => {
    const store = open({}, inParts);
    const bytes = randomBytes(12 * mebibyte + 1);
    const sent: number[] = [];
    const file = await fileOf(bytes);
    await store.put('parts/up', file, { sha256: 'abc' }, { onProgress: (all) => sent.push(all) });
    const head = await store.head('parts/up');
    assert.deepEqual([head?.bytes, head?.metadata], [bytes.length, { sha256: 'abc' }]);
    assert.match(head?.etag ?? '', /-3"$/);
    assert.deepEqual(await buffer(await store.read('parts/up')), bytes);
    assert.equal(sent.at(-1), bytes.length);
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('a large object is copied in parts, with its metadata or new', async () => {
    const store = open({}, { ...inParts, wholeCopyBytes: 5 * mebibyte, copyPartBytes: 5 * mebibyte });
    const bytes = randomBytes(11 * mebibyte);
    await store.put('parts/from', await fileOf(bytes), { old: '1' });
    await store.copy('parts/from', 'parts/same');
    await store.copy('parts/from', 'parts/new (1)', { fresh: '2' });
    for (const [key, metadata] of [
      ['parts/same', { old: '1' }],
      ['parts/new (1)', { fresh: '2' }],
    ] as const) {
      const head = await store.head(key);
      assert.deepEqual(head?.metadata, metadata);
      assert.match(head?.etag ?? '', /-3"$/);
      assert.deepEqual(await buffer(await store.read(key)), bytes);
    }
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('an upload in parts that is stopped is given back before it ends', async () => {
    const store = open({}, inParts);
    const stop = new AbortController();
    const file = await fileOf(randomBytes(16 * mebibyte));
    const onProgress = (sent: number) => sent > 7 * mebibyte && stop.abort();
    const putting = store.put('parts/stopped', file, {}, { signal: stop.signal, onProgress });
    await assert.rejects(putting, { code: 'INTERRUPTED' });
    assert.deepEqual(await bucket.unfinished(), []);
    assert.equal(await store.head('parts/stopped'), null);
  });

  test('a file that shrinks while it goes up fails the upload, which is given back', async () => {
    const store = open({}, { ...inParts, concurrentParts: 1 });
    const file = await fileOf(randomBytes(16 * mebibyte));
    const onProgress = () => truncateSync(file, 6 * mebibyte);
    await assert.rejects(store.put('parts/shrunk', file, {}, { onProgress }), {
      code: 'STORE_FAILED',
      message: /could not be read for its upload: it ended \d+ bytes early/,
    });
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('listings and sweeps of many pages are complete and in order', async () => {
    const store = open({}, { pageEntries: 2 });
    const file = await fileOf('x');
    const keys = ['pages/a', 'pages/b', 'pages/c', 'pages/d', 'pages/e'];
    for (const key of keys) await store.put(key, file, {});
    for (const key of keys) await bucket.leaveUnfinished(key);
    await bucket.leaveUnfinished('pages/a');
    assert.deepEqual(
      (await store.list('pages/')).map(({ key }) => key),
      keys,
    );
    assert.deepEqual(await store.abortUploads('pages/', () => true), keys);
    assert.deepEqual(await bucket.unfinished(), []);
  });

  describe('what is wrong is distinguished, whatever was requested', () => {
    type Call = (store: ObjectStore) => Promise<unknown>;
    const calls: Record<string, Call> = {
      list: (store) => store.list('daily/'),
      head: (store) => store.head('daily/a'),
      put: async (store) => store.put('daily/a', await fileOf('x'), {}),
      read: (store) => store.read('daily/a'),
      copy: (store) => store.copy('daily/a', 'daily/b'),
      remove: (store) => store.remove('daily/a'),
      sweep: (store) => store.abortUploads('daily/', () => true),
    };
    const wrong: Record<string, [(right: S3Location) => Partial<S3Location>, string]> = {
      'an unknown access key': [() => ({ accessKey: 'unknown' }), 'STORE_KEY_UNKNOWN'],
      'a wrong secret': [() => ({ secretKey: 'wrong' }), 'STORE_SECRET_WRONG'],
      'a bucket that is not there': [() => ({ bucket: 'store-test-absent' }), 'STORE_BUCKET_MISSING'],
      'a host that does not exist': [() => ({ endpoint: 'https://sg-sin-9.invalid' }), 'STORE_UNREACHABLE'],
      'a port nobody listens on': [() => ({ endpoint: 'http://127.0.0.1:9' }), 'STORE_UNREACHABLE'],
      'https to a server without TLS': [
        ({ endpoint }) => ({ endpoint: endpoint.replace('http:', 'https:') }),
        'STORE_TLS',
      ],
    };
    for (const [what, [change, code]] of Object.entries(wrong)) {
      test(what, async () => {
        const store = open(change(bucket.location), quick);
        const found: Record<string, string> = {};
        for (const [name, call] of Object.entries(calls)) {
          const error = await call(store).then(
            () => 'no error',
            (failure: unknown) => failure,
          );
          found[name] = error instanceof Failure ? error.code : String(error);
          if (error instanceof Failure) {
            assert.doesNotMatch(`${error.message} ${error.hint}`, /wrong|testsecret|UnknownError/);
            assert.ok(error.cause instanceof Error);
          }
        }
        assert.deepEqual(found, Object.fromEntries(Object.keys(calls).map((name) => [name, code])));
      });
    }

    test('a key that may only read: reading works, each denied step says which right is missing', async () => {
      await open().put('daily/kept', await fileOf('kept'), { is: 'kept' });
      const store = open(await bucket.readOnlyLocation(), { ...quick, ...inParts });
      assert.deepEqual((await store.head('daily/kept'))?.metadata, { is: 'kept' });
      assert.equal(String(await buffer(await store.read('daily/kept'))), 'kept');
      assert.deepEqual(
        (await store.list('daily/')).map(({ key }) => key),
        ['daily/kept'],
      );
      assert.equal(await store.head('daily/absent'), null);
      const denied = (right: string) => ({
        code: 'STORE_DENIED',
        message: new RegExp(`denies this key the right to ${right}`),
      });
      await assert.rejects(store.put('daily/new', await fileOf('x'), {}), denied('write'));
      const large = await fileOf(Buffer.alloc(5 * mebibyte));
      const sent: number[] = [];
      const noteSent = { onProgress: (bytes: number) => sent.push(bytes) };
      await assert.rejects(store.put('daily/new', large, {}, noteSent), denied('write'));
      await truncate(large, 6 * mebibyte);
      await assert.rejects(store.put('daily/new', large, {}, noteSent), denied('write'));
      assert.ok(sent.length < 5, `${sent} bytes were read, and sent in vain`);
      await assert.rejects(store.copy('daily/kept', 'daily/new'), denied('copy'));
      await assert.rejects(store.remove('daily/kept'), denied('delete'));
    });

    test('something that is no S3 server', async () => {
      const pages: [number, string, RegExp][] = [
        [200, '<!doctype html><title>It works & runs</title>', /not (one of an S3 server|a listing)/],
        [200, '<html><body>It works</body></html>', /not a listing/],
        [404, '<html><body>not found</body></html>', /the response \(404\) is not one of an S3 server/],
        [400, 'plain text', /the response \(400\) is not one of an S3 server/],
      ];
      for (const [status, body, message] of pages) {
        const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const store = open({ endpoint: `http://127.0.0.1:${port}` }, quick);
        await assert.rejects(store.list('daily/'), { code: 'STORE_FAILED', message });
        server.close();
        server.closeAllConnections();
      }
    });
  });

  test('a clock that is off is refused each time, and by how much is reported', async (t) => {
    const off = Date.now() + 20 * 60_000;
    t.mock.timers.enable({ apis: ['Date'], now: off });
    const store = open({}, { ...quick, clock: { now: () => Temporal.Instant.fromEpochMilliseconds(off) } });
    for (const _ of [1, 2]) {
      await assert.rejects(store.list(''), {
        code: 'STORE_CLOCK_SKEW',
        message: /the time of this machine, which is (19 min 5\d|20 min 0\d) s ahead of its own/,
      });
    }
  });

  test('how far the clock is off is known without being refused', async () => {
    const store = open({ accessKey: 'unknown' });
    const behind = { now: () => systemClock.now().subtract({ hours: 1 }) };
    assert.ok(Math.abs((await store.clockSkewSeconds(systemClock)) ?? NaN) <= 2);
    assert.ok(Math.abs(((await store.clockSkewSeconds(behind)) ?? NaN) - 3600) <= 2);
  });
});
