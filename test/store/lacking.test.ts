import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.ts';
import { labS3, needs } from '../lab/parts.ts';
import { type LabBucket, makeBucket } from './buckets.ts';

const mebibyte = 1024 * 1024;

/** Code of the failure, or what came of it as text. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(
    (value) => JSON.stringify(value) ?? 'done',
    ({ code }: Failure) => code,
  );
}

async function fileOf(bytes: Uint8Array | string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'nightshift-lacking-')), 'file');
  after(() => rm(path.dirname(file), { recursive: true }));
  await writeFile(file, bytes);
  return file;
}

describe('a server that lacks something', needs('s3'), () => {
  let bucket: LabBucket;
  let proxy: FaultProxy;
  let store: ObjectStore;
  let inParts: ObjectStore;
  before(async () => {
    bucket = await makeBucket();
    proxy = await startFaultProxy(labS3().endpoint);
    const location = { ...bucket.location, endpoint: proxy.endpoint };
    store = createS3Store(location, { firstWaitMs: 1 });
    inParts = createS3Store(location, { wholeCopyBytes: mebibyte, copyPartBytes: 5 * mebibyte, firstWaitMs: 1 });
    await store.put('from', await fileOf(Buffer.alloc(6 * mebibyte, 'x')), { kept: 'yes' });
  });
  after(async () => {
    for (const each of [store, inParts]) each.close();
    await proxy.close();
    await bucket.remove();
  });
  afterEach(() => proxy.clear());

  const html = '<html><body><h1>501 Not Implemented</h1> .The server does not support the functionality.</body></html>';
  const refusals: [string, { status: number; code?: string; body?: string }][] = [
    ['501 with an S3 answer', { status: 501, code: 'NotImplemented' }],
    ['501 with a web page of the proxy before it', { status: 501, body: html }],
    ['405', { status: 405, code: 'MethodNotAllowed' }],
    ['400 for the header that makes the copy conditional', { status: 400, code: 'InvalidArgument' }],
  ];
  for (const [title, answer] of refusals) {
    test(`no copy on the server (${title}): reported at once, not tried again, and nothing left behind`, async () => {
      proxy.clear();
      proxy.inject({ kind: 'answer', ...answer }, { header: 'x-amz-copy-source', times: Infinity });
      assert.equal(await outcome(store.copy('from', 'to')), 'STORE_UNSUPPORTED');
      assert.equal(await outcome(inParts.copy('from', 'to')), 'STORE_UNSUPPORTED');
      const puts = proxy.requests.filter((request) => request.startsWith('PUT'));
      assert.deepEqual(puts.map((request) => request.replace(/^PUT \/[^/]+\/|&uploadId=[^&]*/g, '')).toSorted(), [
        'to?partNumber=1&x-id=UploadPartCopy',
        'to?partNumber=2&x-id=UploadPartCopy',
        'to?x-id=CopyObject',
      ]);
      assert.equal(await store.head('to'), null);
      assert.deepEqual(await bucket.unfinished(), []);
    });
  }

  test('no copy on the server that says it was done and stores what it was sent, nothing', async () => {
    proxy.inject({ kind: 'answer', status: 200, body: '' }, { header: 'x-amz-copy-source', times: Infinity });
    await store.put('to', await fileOf(''), {});
    await assert.rejects(store.copy('from', 'to'), {
      code: 'STORE_UNSUPPORTED',
      message: `Cannot copy to to in bucket ${bucket.location.bucket} at ${proxy.endpoint}: the server treated the copy as an empty upload.`,
    });
    assert.equal(await outcome(store.head('to')), 'null');
    await store.put('to', await fileOf('what was there before'), {});
    assert.equal(await outcome(store.copy('from', 'to')), 'STORE_UNSUPPORTED');
    assert.equal(String(await buffer(await store.read('to'))), 'what was there before');
    assert.equal(await outcome(inParts.copy('from', 'to')), 'STORE_UNSUPPORTED');
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('no listing of unfinished uploads', async () => {
    proxy.inject({ kind: 'answer', status: 501, code: 'NotImplemented' }, { url: 'max-uploads', times: Infinity });
    assert.equal(await outcome(store.abortUploads('', () => true)), 'STORE_UNSUPPORTED');
    assert.equal(proxy.requests.length, 1);
  });
});

describe('a key with the rights that a minimal policy gives', needs('s3'), () => {
  let bucket: LabBucket;
  let store: ObjectStore;
  let owner: ObjectStore;
  before(async () => {
    bucket = await makeBucket();
    owner = createS3Store(bucket.location);
    const location = await bucket.locationWith([
      { actions: ['s3:ListBucket'], listed: 'daily/' },
      { actions: ['s3:GetObject', 's3:PutObject'], objects: 'daily/' },
    ]);
    store = createS3Store(location, { retries: 0, wholeBytes: 5 * mebibyte, partBytes: 5 * mebibyte });
    await owner.put('daily/a', await fileOf('a'), {});
    await bucket.leaveUnfinished('daily/b');
  });
  after(async () => {
    for (const each of [store, owner]) each.close();
    await owner.abortUploads('', () => true);
    await bucket.remove();
  });

  test('what is not there is distinguished from what may not be read, though the server says 403 to both', async () => {
    assert.equal(await outcome(store.head('daily/absent')), 'null');
    assert.equal(await outcome(store.read('daily/absent')), 'OBJECT_MISSING');
    assert.equal(await outcome(store.copy('daily/absent', 'daily/to')), 'OBJECT_MISSING');
    assert.equal(await outcome(store.head('elsewhere')), 'STORE_DENIED');
    assert.equal(String(await buffer(await store.read('daily/a'))), 'a');
  });

  test('a large file goes up in parts', async () => {
    const bytes = Buffer.alloc(6 * mebibyte, 'large');
    await store.put('daily/large', await fileOf(bytes), {});
    assert.deepEqual(await buffer(await store.read('daily/large')), bytes);
  });

  test('the rights it lacks are named', async () => {
    const messages: string[] = [];
    const denied = async (work: Promise<unknown>) =>
      messages.push(await work.then(String, ({ message }: Failure) => message.replace(/^.*: /, '')));
    await denied(store.abortUploads('daily/', () => true));
    await denied(store.remove('daily/a'));
    assert.deepEqual(messages, [
      'the server denies this key the right to list unfinished uploads (s3:ListBucketMultipartUploads).',
      'the server denies this key the right to delete.',
    ]);
  });
});
