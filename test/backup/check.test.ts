import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { createChecklist } from '../../jobs/backup/commands/check/checklist.ts';
import { checkClock } from '../../jobs/backup/commands/check/clock-check.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';
import type { S3Location } from '../../jobs/store/s3/client.ts';
import { createS3Store } from '../../jobs/store/s3.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import { needs } from '../lab/parts.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { type LabBucket, makeBucket } from '../store/buckets.ts';
import { makeScene, type Scene } from './scene.ts';

const object = ['store, writing', 'store, reading back', 'store, copying on the server', 'store, removing'] as const;
const [writing, readingBack, copying, removing] = object;

/** What `nightshift check` says that is not `ok`: the level of each part, with the code of a failure; and its exit code. */
async function notOk(environment: Environment) {
  const { code, out, err } = await nightshift(['check', '--json'], environment);
  assert.match(out, /^\[/, err);
  const parts: { part: string; level: string; code?: string }[] = JSON.parse(out);
  const notOk = parts.filter(({ part, level }) => level !== 'ok' && part !== 'alerts');
  return { exit: code, ...Object.fromEntries(notOk.map(({ part, level, code }) => [part, code ?? level])) };
}

test('an identity that does not open what the recipients get is a failure, before a run finds it', async (t) => {
  const scene = await makeScene(t);
  const identity = await generateIdentity();
  const file = path.join(scene.folder, 'key.txt');
  writeFileSync(file, identity);
  const environment = { ...scene.environment, BACKUP_AGE_IDENTITY: file };
  const right = { ...environment, BACKUP_AGE_RECIPIENTS: await identityToRecipient(identity) };
  assert.deepEqual(await notOk(right), { exit: 0 });
  const wrong = { ...environment, BACKUP_AGE_RECIPIENTS: await identityToRecipient(await generateIdentity()) };
  const untried = Object.fromEntries(object.map((part) => [part, 'not tried']));
  assert.deepEqual(await notOk(wrong), { exit: 1, archive: 'ARCHIVE_IDENTITY_WRONG', ...untried });
  const { err } = await nightshift(['backup'], wrong);
  assert.match(err, /^ARCHIVE_IDENTITY_WRONG: /m);
  const mistyped = { ...scene.environment, BACKUP_AGE_RECIPIENTS: right.BACKUP_AGE_RECIPIENTS.replace(/.$/, 'b') };
  const refused = await nightshift(['check'], mistyped);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /BACKUP_AGE_RECIPIENTS is "/);
});

test('what a check stores and stages is gone afterwards', async (t) => {
  const scene = await makeScene(t);
  assert.deepEqual(await notOk(scene.environment), { exit: 0 });
  assert.deepEqual([await scene.keys(), scene.staged()], [[], []]);
});

test('a backup under way is no fault, an unfinished restore is', async (t) => {
  const scene = await makeScene(t);
  const { settings, database } = scene;
  const { log, signal } = scene.deps();
  const lock = await acquireLock(database.path, settings.stateDir, { holder: 'backup', wait: false, log, signal });
  const { out } = await nightshift(['check'], scene.environment);
  lock.release();
  assert.match(out, /^ok {4}database shop: .*, WAL; .*shop\.db is locked by the backup /m);
  writeFileSync(`${database.path}.restore-journal`, '{}');
  assert.deepEqual(await notOk(scene.environment), { exit: 1, 'database shop': 'RESTORE_UNFINISHED' });
});

test('a STATE_DIR that became read-only is a warning: backups are made all the same', needs('root'), async (t) => {
  const scene = await makeScene(t);
  const state = mkdtempSync(path.join(tmpdir(), 'nightshift-state-'));
  execFileSync('mount', ['-t', 'tmpfs', 'nightshift-test', state]);
  t.after(() => {
    execFileSync('umount', [state]);
    rmdirSync(state);
  });
  const environment = { ...scene.environment, STATE_DIR: state };
  assert.deepEqual(await notOk(environment), { exit: 0 });
  execFileSync('mount', ['-o', 'remount,ro', state]);
  assert.deepEqual(await notOk(environment), { exit: 0, STATE_DIR: 'warning' });
  const { out } = await nightshift(['check'], environment);
  assert.match(
    out,
    /^WARN {2}STATE_DIR: Backups are made without a history: STATE_UNWRITABLE: .* cannot be written: /m,
  );
  assert.equal((await nightshift(['backup'], environment)).code, 0);
});

describe('check against a real S3 server', needs('s3'), () => {
  let bucket: LabBucket;
  before(async () => {
    bucket = await makeBucket();
  });
  after(() => bucket.remove());

  const inBucket = (
    { environment }: Scene,
    { endpoint, region, bucket, accessKey, secretKey }: S3Location,
  ): Environment => ({
    ...environment,
    BACKUP_STORE: 's3',
    LINODE_ENDPOINT: endpoint,
    LINODE_REGION: region,
    LINODE_BUCKET: bucket,
    LINODE_ACCESS_KEY: accessKey,
    LINODE_SECRET_KEY: secretKey,
  });

  const actions = ['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucketMultipartUploads'];
  const all = [{ actions }, { actions, objects: '' }];
  /** Written as a prohibition: a user owns, and so may read, what it stores. */
  const allBut = (right: string) => {
    const denied = { actions: [right], denied: true } as const;
    return bucket.locationWith([...all, denied, { ...denied, objects: '' }]);
  };

  test('a key with every right passes, and one without the right to read or to delete does not', async (t) => {
    const scene = await makeScene(t);
    assert.deepEqual(await notOk(inBucket(scene, await bucket.locationWith(all))), { exit: 0 });
    assert.deepEqual(await notOk(inBucket(scene, await allBut('s3:GetObject'))), {
      exit: 1,
      [readingBack]: 'STORE_DENIED',
      [copying]: 'not tried',
    });
    assert.deepEqual(await notOk(inBucket(scene, await allBut('s3:PutObject'))), {
      exit: 1,
      [writing]: 'STORE_DENIED',
      ...Object.fromEntries([readingBack, copying, removing].map((part) => [part, 'not tried'])),
    });
    const { out } = await nightshift(['check'], inBucket(scene, await allBut('s3:DeleteObject')));
    assert.match(out, /^FAIL {2}store, removing: STORE_DENIED: /m);
    const [, left = ''] = /Remove by hand what this check left: (.*)\.$/m.exec(out) ?? [];
    const store = createS3Store(bucket.location);
    t.after(() => store.close());
    const [name = ''] = left.split('.', 1);
    const there = (await store.list(name)).map(({ key }) => key);
    assert.deepEqual(left.split(', ').toSorted(), there.toSorted(), out);
    assert.equal(there.length, 2);
  });

  test('no right to list unfinished uploads is a warning', async (t) => {
    const scene = await makeScene(t);
    const key = await allBut('s3:ListBucketMultipartUploads');
    assert.deepEqual(await notOk(inBucket(scene, key)), { exit: 0, 'store, cleaning up': 'warning' });
  });

  test('before the first backup a refused key is tried for a while, after it no more', async (t) => {
    const scene = await makeScene(t);
    const environment = { ...inBucket(scene, bucket.location), LINODE_ACCESS_KEY: 'too-new' };
    const check = startNightshift(['check'], environment);
    await check.printed('a new key may need a while, trying for 2 minutes');
    check.child.kill('SIGTERM');
    assert.equal((await check.finished).code, 4);
    assert.deepEqual(scene.staged(), []);
    assert.equal((await nightshift(['backup'], inBucket(scene, bucket.location))).code, 0);
    const untried = ['store, cleaning up', ...object, 'clock'].map((part) => [part, 'not tried']);
    assert.deepEqual(await notOk(environment), {
      exit: 1,
      'store, reading': 'STORE_KEY_UNKNOWN',
      ...Object.fromEntries(untried),
    });
  });

  test('stopped in the middle of an upload, a check leaves nothing in staging', async (t) => {
    const scene = await makeScene(t);
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    proxy.inject({ kind: 'stall upload', afterBytes: 10 }, { method: 'PUT', times: 99 });
    const check = startNightshift(['check'], inBucket(scene, { ...bucket.location, endpoint: proxy.endpoint }));
    while (!proxy.requests.some((request) => request.startsWith('PUT '))) await sleep(50);
    check.child.kill('SIGTERM');
    assert.equal((await check.finished).code, 4);
    assert.deepEqual(scene.staged(), []);
    assert.ok(proxy.requests.some((request) => request.startsWith('DELETE ')));
  });

  test('a server that cannot copy is a warning; a bad network is no fault', async (t) => {
    const scene = await makeScene(t);
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    // A prefix of its own: hosts of other tests have backups in this bucket.
    const environment = {
      ...inBucket(scene, { ...bucket.location, endpoint: proxy.endpoint }),
      BACKUP_PREFIX: 'no-copy/',
    };
    proxy.inject({ kind: 'answer', status: 501, code: 'NotImplemented' }, { method: 'PUT', url: '-copy.', times: 99 });
    // The proxy drops kept connections after the HEAD that asks for the clock; that has a test of its own.
    const withoutClock = async () => ({ ...(await notOk(environment)), clock: 'ok' });
    assert.deepEqual(await withoutClock(), { exit: 0, [copying]: 'warning', clock: 'ok' });
    proxy.clear();
    proxy.inject({ kind: 'break upload', afterBytes: 10 }, { method: 'PUT' });
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' }, { method: 'GET', url: 'list-type' });
    proxy.inject({ kind: 'break download', afterBytes: 10 }, { method: 'GET', url: '/check-' });
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' }, { method: 'DELETE' });
    assert.deepEqual(await withoutClock(), { exit: 0, clock: 'ok' });
  });
});

test('the question for the clock is asked again; without an answer it is a warning', async (t) => {
  let lost = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    lost -= 1;
    if (lost >= 0) request.socket.resetAndDestroy();
    else response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = createS3Store({ kind: 's3', endpoint, region: 'x', bucket: 'x', accessKey: 'x', secretKey: 'x' });
  t.after(() => store.close());
  const levelOf = async (minutes: number, packetsLost: number) => {
    lost = packetsLost;
    asked = 0;
    const clock = { now: () => systemClock.now().add({ minutes }) };
    const list = createChecklist();
    await list.run('clock', (say) => checkClock(store, clock, say, new AbortController().signal));
    const [checked] = list.results;
    return [checked?.level === 'failed' ? checked.failure.code : checked?.level, asked];
  };
  assert.deepEqual(await levelOf(0, 1), ['ok', 2]);
  assert.deepEqual(await levelOf(0, 99), ['warning', 5]);
  assert.deepEqual(await levelOf(6, 0), ['warning', 1]);
  assert.deepEqual(await levelOf(-16, 0), ['STORE_CLOCK_SKEW', 1]);
});

test('a STATE_DIR that can hold no history is a warning, and so is a damaged history', async (t) => {
  const scene = await makeScene(t);
  const unusable = path.join(scene.folder, 'unusable');
  mkdirSync(path.join(unusable, 'history.db'), { recursive: true });
  assert.deepEqual(await notOk({ ...scene.environment, STATE_DIR: unusable }), { exit: 0, STATE_DIR: 'warning' });
  const damaged = path.join(scene.folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(path.join(damaged, 'history.db'), 'x'.repeat(5000));
  assert.deepEqual(await notOk({ ...scene.environment, STATE_DIR: damaged }), { exit: 0, STATE_DIR: 'warning' });
});

test('a folder that is not mounted any more is a failure, and nothing is written there', async (t) => {
  const scene = await makeScene(t);
  assert.equal((await nightshift(['backup'], scene.environment)).code, 0);
  const elsewhere = path.join(scene.folder, 'elsewhere');
  execFileSync('mv', [path.join(scene.folder, 'store'), elsewhere]);
  mkdirSync(path.join(scene.folder, 'store'));
  const untried = ['store, cleaning up', ...object, 'clock'].map((part) => [part, 'not tried']);
  assert.deepEqual(await notOk(scene.environment), {
    exit: 1,
    'store, reading': 'STORE_NOT_MOUNTED',
    ...Object.fromEntries(untried),
  });
  assert.deepEqual(readdirSync(path.join(scene.folder, 'store')), []);
});
