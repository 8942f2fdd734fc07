import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy.ts';
import { labS3, needs } from '../lab/parts.ts';
import { type LabBucket, makeBucket } from './buckets.ts';

/** What other tools may have laid into a bucket, in the order of the keys' bytes. */
const oddKeys = [
  ' d/space first',
  '/d/slash first',
  'd/',
  'd/\u0001control',
  'd/\ttab',
  'd/\nline',
  'd/\r\nreturn',
  'd/%41 percent',
  'd/&<>"\'',
  'd/&amp;',
  'd/+plus +',
  'd/.hidden',
  'd/./here',
  'd//twice',
  'd/\u007fdelete',
  'd/üñ\u0301 数据 😀',
  'd/\uffff',
  'd/\ufffd',
];

describe('a listing has every object the server lists, its key as it is', needs('s3'), () => {
  let bucket: LabBucket;
  let proxy: FaultProxy;
  let store: ObjectStore;
  let pages: ObjectStore;
  before(async () => {
    bucket = await makeBucket();
    proxy = await startFaultProxy(labS3().endpoint);
    const location = { ...bucket.location, endpoint: proxy.endpoint };
    store = createS3Store(location, { retries: 0 });
    pages = createS3Store(location, { pageEntries: 1 });
    for (const key of oddKeys) await bucket.put(key, 'x');
  });
  after(async () => {
    for (const each of [store, pages]) each.close();
    await proxy.close();
    await bucket.remove();
  });
  afterEach(() => proxy.clear());

  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const inByteOrder = oddKeys.toSorted(byBytes);
  const keysOf = async (from: ObjectStore) => (await from.list('')).map(({ key }) => key);

  test('folder markers, control characters, spaces, signs, other letters, from a real server, whole and page by page', async () => {
    assert.deepEqual(await keysOf(store), inByteOrder);
    assert.deepEqual(await keysOf(pages), inByteOrder);
  });

  test('unfinished uploads of such keys, too', async () => {
    for (const key of inByteOrder) await bucket.leaveUnfinished(key);
    const seen: string[] = [];
    await pages.abortUploads('', ({ key }) => seen.push(key) > 0);
    assert.deepEqual(seen.toSorted(byBytes), inByteOrder);
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('a server that lists keys unencoded, with a space as plus, or that cannot name one', async () => {
    type Case = [encoding: string, key: string, found: string];
    const unreadable = (shown: string) =>
      `STORE_NAME_UNREADABLE: A listing of d/ in bucket ${bucket.location.bucket} names an object whose name cannot be read: ${shown}.`;
    const cases: Case[] = [
      ['url', 'd%2Fa+b%2Bc%C3%BC', 'd/a b+cü'],
      ['', 'd/a+b%2Bc', 'd/a+b%2Bc'],
      ['', 'd/a&#x1;b&amp;', 'd/a\u0001b&'],
      ['url', 'd%2Fa%FFb', unreadable('"d%2Fa%FFb"')],
      ['url', 'd/100%', unreadable('"d/100%"')],
      ['', 'd/a\ufffdb', unreadable('"d/a\ufffdb"')],
    ];
    const found: Case[] = [];
    for (const [encoding, key] of cases) {
      proxy.inject({ kind: 'answer', status: 200, body: listing([entry(key)], { encoding }) }, { url: 'list-type' });
      found.push([encoding, key, await outcome(store.list('d/'))]);
    }
    assert.deepEqual(found, cases);
  });

  test('a page that says there is more and not where, or where it was before, is an error and neither short nor endless', async () => {
    const more = (token?: string) => listing([entry('d/a')], { more: true, token });
    const ways: Record<string, readonly string[]> = {
      'gives no continuation token': [more()],
      'gives the same token again': [more('1'), more('1')],
      'gives the same token again (of two)': [more('1'), more('2'), more('1')],
    };
    for (const [way, answers] of Object.entries(ways)) {
      for (const body of answers) proxy.inject({ kind: 'answer', status: 200, body }, { url: 'list-type' });
      assert.equal(
        await outcome(store.list('d/')),
        `STORE_LISTING_BROKEN: A listing of d/ in bucket ${bucket.location.bucket} cannot be read to its end: the server says that there is more and ${way.replace(/ \(.*/, '')}.`,
      );
      assert.equal(proxy.requests.length, answers.length);
      proxy.clear();
    }
  });

  test('nor is an object without size or time left out', async () => {
    const body = listing(['<Contents><Key>d/a</Key><Size>1</Size></Contents>'], {});
    proxy.inject({ kind: 'answer', status: 200, body }, { url: 'list-type' });
    assert.equal(
      await outcome(store.list('d/')),
      `STORE_LISTING_BROKEN: A listing of d/ in bucket ${bucket.location.bucket} lacks the size or the time of "d/a".`,
    );
  });

  test('the same with a listing of unfinished uploads', async () => {
    const upload = '<Upload><Key>d/a</Key><UploadId>1</UploadId><Initiated>2025-11-30T02:00:00Z</Initiated></Upload>';
    const page = (markers: string) =>
      `<ListMultipartUploadsResult><Bucket>b</Bucket>${markers}<IsTruncated>true</IsTruncated>${upload}</ListMultipartUploadsResult>`;
    const same = page('<NextKeyMarker>d/a</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker>');
    const ways: Record<string, readonly string[]> = {
      'gives no continuation token': [page('')],
      'gives the same token again': [same, same],
    };
    for (const [way, answers] of Object.entries(ways)) {
      for (const body of answers) proxy.inject({ kind: 'answer', status: 200, body }, { url: 'uploads' });
      assert.equal(
        await outcome(store.abortUploads('d/', () => true).then(() => [])),
        `STORE_LISTING_BROKEN: A listing of the unfinished uploads of d/ in bucket ${bucket.location.bucket} cannot be read to its end: the server says that there is more and ${way}.`,
      );
      proxy.clear();
    }
  });
});

/** The only key of a listing, or the code and message of its failure. */
async function outcome(listed: Promise<readonly { readonly key: string }[]>): Promise<string> {
  return await listed.then(
    ([only]) => only?.key ?? 'nothing',
    ({ code, message }: Failure) => `${code}: ${message}`,
  );
}

function entry(key: string): string {
  return `<Contents><Key>${key}</Key><LastModified>2025-11-30T02:00:00Z</LastModified><Size>1</Size></Contents>`;
}

function listing(
  entries: readonly string[],
  { encoding = '', more = false, token }: { encoding?: string; more?: boolean; token?: string | undefined },
): string {
  const encodingType = encoding === '' ? '' : `<EncodingType>${encoding}</EncodingType>`;
  const next = token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`;
  return `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${encodingType}<IsTruncated>${more}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
}
