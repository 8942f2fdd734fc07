import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, describe, test } from 'node:test';
import type { S3Limits } from '../../jobs/store/s3/client.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.ts';
import { labS3, needs } from '../lab/parts.ts';
import { type LabBucket, makeBucket } from './buckets.ts';

const mebibyte = 1024 * 1024;

describe('a bucket behind a bad connection', needs('s3'), () => {
  let bucket: LabBucket;
  let proxy: FaultProxy;
  let folder: string;
  let direct: ObjectStore;
  let store: ObjectStore;
  let inParts: ObjectStore;
  let small: { file: string; bytes: Buffer };
  let large: { file: string; bytes: Buffer };
  const limits: Partial<S3Limits> = { retries: 2, firstWaitMs: 1, idleMs: 400 };

  before(async () => {
    bucket = await makeBucket();
    proxy = await startFaultProxy(labS3().endpoint);
    folder = await mkdtemp(path.join(tmpdir(), 'nightshift-faults-'));
    const location = { ...bucket.location, endpoint: proxy.endpoint };
    direct = createS3Store(bucket.location);
    store = createS3Store(location, limits);
    inParts = createS3Store(location, {
      ...limits,
      wholeBytes: 5 * mebibyte,
      partBytes: 5 * mebibyte,
      concurrentParts: 2,
    });
    small = await fileOf(3 * mebibyte);
    large = await fileOf(12 * mebibyte);
  });
  after(async () => {
    for (const each of [direct, store, inParts]) each.close();
    await proxy.close();
    await bucket.remove();
    await rm(folder, { recursive: true });
  });
  afterEach(async () => {
    proxy.clear();
    assert.deepEqual(await bucket.unfinished(), []);
  });

  async function fileOf(length: number) {
    const bytes = randomBytes(length);
    const file = path.join(folder, `${length}`);
    await writeFile(file, bytes);
    return { file, bytes };
  }
  const stored = async (key: string) => await buffer(await direct.read(key));
  const seen = (method: string, url = '') =>
    proxy.requests.filter((request) => request.startsWith(`${method} `) && request.includes(url)).length;

  test('an upload whose connection breaks is started again from the file', async () => {
    proxy.inject({ kind: 'break upload', afterBytes: mebibyte });
    proxy.inject({ kind: 'stall upload', afterBytes: mebibyte });
    await store.put('up/broken', small.file, { is: 'whole' });
    assert.deepEqual(await stored('up/broken'), small.bytes);
    assert.deepEqual((await store.head('up/broken'))?.metadata, { is: 'whole' });
    assert.equal(seen('PUT'), 3);
  });

  test('in an upload in parts only the broken part is sent again', async () => {
    proxy.inject({ kind: 'break upload', afterBytes: mebibyte }, { url: 'partNumber=2' });
    proxy.inject({ kind: 'answer', status: 500 }, { url: 'partNumber=3' });
    await inParts.put('up/parts', large.file, {});
    assert.deepEqual(await stored('up/parts'), large.bytes);
    assert.deepEqual(
      ['partNumber=1', 'partNumber=2', 'partNumber=3'].map((part) => seen('PUT', part)),
      [1, 2, 2],
    );
  });

  test('a part refused for good ends the upload at once and gives it back', async () => {
    const four = await fileOf(40 * mebibyte);
    proxy.inject({ kind: 'answer', status: 403, code: 'AccessDenied' }, { url: 'partNumber=1' });
    await assert.rejects(inParts.put('up/refused', four.file, {}), { code: 'STORE_DENIED' });
    assert.ok(seen('PUT', 'partNumber=') <= 3, `${proxy.requests}`);
    assert.equal(await store.head('up/refused'), null);
  });

  test('the answer to an upload may be lost', async () => {
    proxy.inject({ kind: 'lose answer' }, { method: 'PUT' });
    await store.put('up/lost', small.file, {});
    assert.deepEqual(await stored('up/lost'), small.bytes);
  });

  test('the answer to the end of an upload in parts may be lost', async () => {
    proxy.inject({ kind: 'lose answer' }, { method: 'POST', url: 'uploadId=' });
    await inParts.put('up/end-lost', large.file, {});
    assert.deepEqual(await stored('up/end-lost'), large.bytes);
  });

  test('the same with a server that has forgotten the upload by then', async () => {
    proxy.inject({ kind: 'lose answer' }, { method: 'POST', url: 'uploadId=' });
    proxy.inject({ kind: 'answer', status: 404, code: 'NoSuchUpload' }, { method: 'POST', url: 'uploadId=' });
    await inParts.put('up/forgotten', large.file, {});
    assert.deepEqual(await stored('up/forgotten'), large.bytes);
  });

  test('an upload somebody else gave up is a failure, also over an older object', async () => {
    await store.put('up/given-up', small.file, {});
    proxy.inject({ kind: 'answer', status: 404, code: 'NoSuchUpload' }, { method: 'POST', url: 'uploadId=' });
    await assert.rejects(inParts.put('up/given-up', large.file, {}), { code: 'STORE_FAILED', message: /NoSuchUpload/ });
    assert.deepEqual(await stored('up/given-up'), small.bytes);
  });

  test('giving an upload back is tried again when it fails', async () => {
    proxy.inject({ kind: 'answer', status: 403, code: 'AccessDenied' }, { url: 'partNumber=1' });
    proxy.inject({ kind: 'answer', status: 500 }, { method: 'DELETE' });
    await assert.rejects(inParts.put('up/refused', large.file, {}), { code: 'STORE_DENIED' });
    assert.equal(seen('DELETE'), 2);
  });

  test('a download that breaks, ends early, goes silent or brings too little goes on from the byte reached', async () => {
    await store.put('down/broken', small.file, {});
    proxy.inject({ kind: 'break download', afterBytes: 1_000_000 });
    proxy.inject({ kind: 'truncate download', afterBytes: 500_000 });
    proxy.inject({ kind: 'stall download', afterBytes: 700_000 });
    proxy.inject({ kind: 'shorten download', toBytes: 100_000 });
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' });
    const received: number[] = [];
    const stream = await store.read('down/broken', { onProgress: (bytes) => received.push(bytes) });
    assert.deepEqual(await buffer(stream), small.bytes);
    assert.equal(seen('GET'), 6);
    assert.equal(received.at(-1), small.bytes.length);
  });

  test('a download that brings nothing any more fails and says so', async () => {
    await store.put('down/dead', small.file, {});
    proxy.inject({ kind: 'break download', afterBytes: 1_000_000 });
    proxy.inject({ kind: 'break download', afterBytes: 0 }, { times: 9 });
    const stream = await store.read('down/dead');
    await assert.rejects(buffer(stream), {
      name: 'Failure',
      code: 'STORE_UNREACHABLE',
      message: /^Cannot read down\/dead in/,
    });
    assert.equal(seen('GET'), 3);
  });

  test('a download always cut at the same place is not taken for whole', async () => {
    await store.put('down/short', small.file, {});
    proxy.inject({ kind: 'truncate download', afterBytes: 1_000_000 });
    proxy.inject({ kind: 'truncate download', afterBytes: 0 }, { times: 9 });
    await assert.rejects(buffer(await store.read('down/short')), { code: 'STORE_UNREACHABLE' });
  });

  test('an object replaced while it is read is not patched together', async () => {
    await store.put('down/replaced', small.file, {});
    proxy.inject({ kind: 'stall download', afterBytes: 1_000_000 }, { method: 'GET' });
    const stream = await store.read('down/replaced');
    const other = await fileOf(3 * mebibyte + 1);
    await store.put('down/replaced', other.file, {});
    await assert.rejects(buffer(stream), { code: 'STORE_FAILED', message: /the object was replaced meanwhile/ });
  });

  test('a flipped byte gets through, so that reading back must find it', async () => {
    await store.put('down/flipped', small.file, {});
    proxy.inject({ kind: 'flip', atByte: 2_000_000 });
    const expected = Buffer.from(small.bytes);
    expected.writeUInt8(expected.readUInt8(2_000_000) ^ 0xff, 2_000_000);
    assert.deepEqual(await buffer(await store.read('down/flipped')), expected);
  });

  test('every request is tried again when the server is busy', async () => {
    await store.put('busy/a', small.file, { kept: 'yes' });
    const busyOnce = () => proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' });
    busyOnce();
    await store.put('busy/b', small.file, {});
    busyOnce();
    assert.equal((await store.list('busy/')).length, 2);
    busyOnce();
    assert.deepEqual((await store.head('busy/a'))?.metadata, { kept: 'yes' });
    busyOnce();
    await store.copy('busy/a', 'busy/c');
    busyOnce();
    assert.equal((await buffer(await store.read('busy/c'))).length, small.bytes.length);
    busyOnce();
    await store.remove('busy/c');
    await bucket.leaveUnfinished('busy/d');
    busyOnce();
    assert.deepEqual(await store.abortUploads('busy/', () => true), ['busy/d']);
    assert.equal((await store.list('busy/')).length, 2);
  });

  test('a server that stays busy, or broken, is given up after some tries', async () => {
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' }, { times: 3 });
    await assert.rejects(store.list(''), { code: 'STORE_BUSY' });
    proxy.inject({ kind: 'answer', status: 500, code: 'InternalError' }, { times: 3 });
    await assert.rejects(store.put('busy/e', small.file, {}), {
      code: 'STORE_FAILED',
      message: /the server failed \(500\)/,
    });
    proxy.inject({ kind: 'answer', status: 429 }, { times: 3 });
    await assert.rejects(store.head('busy/a'), { code: 'STORE_BUSY' });
    assert.equal(proxy.requests.length, 9);
  });

  test('what will not pass is not tried again', async () => {
    const answers: [number, string, string][] = [
      [403, 'AccessDenied', 'STORE_DENIED'],
      [403, 'QuotaExceeded', 'STORE_FULL'],
      [404, 'NoSuchBucket', 'STORE_BUCKET_MISSING'],
      [301, 'PermanentRedirect', 'STORE_WRONG_REGION'],
      [400, 'AuthorizationHeaderMalformed', 'STORE_WRONG_REGION'],
      [501, 'NotImplemented', 'STORE_UNSUPPORTED'],
      [405, 'MethodNotAllowed', 'STORE_UNSUPPORTED'],
    ];
    for (const [status, answer, code] of answers) {
      proxy.inject({ kind: 'answer', status, code: answer });
      await assert.rejects(store.put('up/denied', small.file, {}), { code }, answer);
    }
    assert.equal(proxy.requests.length, answers.length);
  });

  test('a server that goes silent does not hold a run up for ever', async () => {
    proxy.inject({ kind: 'delay', ms: 3_000 }, { times: 3 });
    await assert.rejects(store.list(''), { code: 'STORE_UNREACHABLE', message: /went silent/ });
    assert.equal(seen('GET'), 3);
  });

  test('a stop ends even what hangs', async () => {
    await store.put('down/hanging', small.file, {});
    const slow = createS3Store({ ...bucket.location, endpoint: proxy.endpoint }, { idleMs: 60_000 });
    const stop = new AbortController();
    const stopped = { code: 'INTERRUPTED' };
    proxy.inject({ kind: 'stall upload', afterBytes: 1000 }, { method: 'PUT' });
    const putting = slow.put('up/hanging', small.file, {}, { signal: stop.signal });
    proxy.inject({ kind: 'stall download', afterBytes: 1000 }, { method: 'GET', url: 'hanging' });
    const reading = buffer(await slow.read('down/hanging', { signal: stop.signal }));
    proxy.inject({ kind: 'delay', ms: 60_000 }, { method: 'GET', url: 'prefix' });
    const listing = slow.list('', stop.signal);
    setTimeout(() => stop.abort(), 50);
    for (const hanging of await Promise.allSettled([putting, reading, listing])) {
      assert.throws(() => {
        if (hanging.status === 'rejected') throw hanging.reason;
      }, stopped);
    }
    slow.close();
    assert.equal(await store.head('up/hanging'), null);
  });

  test('a stop ends the wait before another try', async () => {
    const slow = createS3Store({ ...bucket.location, endpoint: proxy.endpoint }, { firstWaitMs: 60_000 });
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' });
    await assert.rejects(slow.list('', AbortSignal.timeout(100)), { code: 'INTERRUPTED' });
    slow.close();
  });
});
