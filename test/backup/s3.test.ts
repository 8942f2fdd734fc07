import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runBackup } from '../../jobs/backup/run.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import { needs } from '../lab/parts.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { type LabBucket, makeBucket } from '../store/buckets.ts';
import { goodResult } from './good-outcome.ts';
import { makeScene, type Scene } from './scene.ts';

describe('backups in a real S3 server', needs('s3', 'tools'), () => {
  let bucket: LabBucket;
  before(async () => {
    bucket = await makeBucket();
  });
  after(() => bucket.remove());

  const inBucket = (changes: Environment = {}): Environment => ({
    BACKUP_STORE: 's3',
    LINODE_ENDPOINT: bucket.location.endpoint,
    LINODE_REGION: bucket.location.region,
    LINODE_BUCKET: bucket.location.bucket,
    LINODE_ACCESS_KEY: bucket.location.accessKey,
    LINODE_SECRET_KEY: bucket.location.secretKey,
    ...changes,
  });

  /** A person's own client, which knows nothing of ours. */
  function s3cmd({ folder }: Scene, ...command: string[]): string {
    const { endpoint, accessKey, secretKey } = bucket.location;
    const { host } = new URL(endpoint);
    const config = path.join(folder, 's3cfg');
    writeFileSync(
      config,
      `[default]\naccess_key=${accessKey}\nsecret_key=${secretKey}\nhost_base=${host}\nhost_bucket=${host}\nuse_https=False\n`,
    );
    return execFileSync('s3cmd', ['-c', config, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async function keysOf(environment: Environment): Promise<string[]> {
    const { out } = await nightshift(['list', '--json'], environment);
    return JSON.parse(out).map(({ key }: { key: string }) => key);
  }

  test('a backup large enough for a multipart upload, restored with s3cmd, gunzip and sqlite3', async (t) => {
    const scene = await makeScene(t, inBucket());
    scene.sql(`CREATE TABLE blobs (data BLOB); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
               INSERT INTO blobs SELECT randomblob(1048576) FROM n;`);
    const { code, err } = await nightshift(['backup'], scene.environment);
    assert.equal(code, 0, err);
    const [key = ''] = await keysOf(scene.environment);
    assert.match(key, /^sqlite-backups\/daily\/shop_\d{4}-\d\d-\d\d_\d{6}\.db\.gz$/);
    const file = path.join(scene.folder, 'back.db.gz');
    s3cmd(scene, 'get', `s3://${bucket.location.bucket}/${key}`, file);
    execFileSync('gunzip', [file]);
    const asked = ['PRAGMA integrity_check; SELECT count(*) FROM blobs; SELECT count(*) FROM orders;'];
    const answer = execFileSync('sqlite3', [path.join(scene.folder, 'back.db'), ...asked], { encoding: 'utf8' });
    assert.equal(answer, 'ok\n70\n2000\n');

    const again = await nightshift(['backup'], scene.environment);
    assert.match(again.out, /unchanged since the newest backup/);
    assert.match(again.out, /Backup uploaded to Object Storage/);
    // On a Sunday there is a weekly, too.
    const dailies = (await keysOf(scene.environment)).filter((one) => one.startsWith('sqlite-backups/daily/'));
    assert.equal(dailies.length, 2);
  });

  test('backups laid down the old way are listed and counted by retention', async (t) => {
    const scene = await makeScene(t, { ...inBucket({ BACKUP_RETENTION_DAILY: '1' }), DATABASE_PATH: '/dev/null' });
    const database = path.join(scene.folder, 'data', 'csv_data.db');
    const environment = { ...scene.environment, DATABASE_PATH: database };
    execFileSync('sqlite3', [database, 'CREATE TABLE one (x); INSERT INTO one VALUES (1);']);
    const old = path.join(scene.folder, 'csv_data_2025-11-30_020000.db');
    execFileSync('sqlite3', [database, `.backup ${old}`]);
    execFileSync('gzip', ['-9', old]);
    for (const kind of ['daily', 'weekly']) {
      s3cmd(scene, 'put', `${old}.gz`, `s3://${bucket.location.bucket}/sqlite-backups/${kind}/`);
    }
    const listed = JSON.parse((await nightshift(['list', '--json'], environment)).out).filter(
      ({ database }: { database: string | null }) => database !== 'shop',
    );
    assert.deepEqual(
      listed.map(({ name, kind, state }: Record<string, string>) => `${kind} ${name} ${state}`).toSorted(),
      ['daily csv_data_2025-11-30_020000.db.gz unknown', 'weekly csv_data_2025-11-30_020000.db.gz unknown'],
    );
    const { code, out, err } = await nightshift(['backup'], environment);
    assert.equal(code, 0, err);
    assert.match(out, /weekly copy sqlite-backups\/weekly\/csv_data_2025-W48\.db\.gz \(its Sunday was missed\)/);
    assert.match(out, /remove sqlite-backups\/daily\/csv_data_2025-11-30_020000\.db\.gz \(over 1, and the oldest\)/);
  });

  test('an encrypted backup is verified by a host with the identity, checksum-only by one without, and read by age itself', async (t) => {
    const scene = await makeScene(t, inBucket());
    const identity = path.join(scene.folder, 'key.txt');
    execFileSync('age-keygen', ['-o', identity], { stdio: 'pipe' });
    const recipient = execFileSync('age-keygen', ['-y', identity], { encoding: 'utf8' }).trim();
    const encrypting = { ...scene.environment, BACKUP_AGE_RECIPIENTS: recipient, BACKUP_COMPRESSION: 'zstd' };
    const without = await nightshift(['backup'], encrypting);
    assert.match(without.out, /read back: equal to what was sent \(no identity here\)/);
    const withIdentity = await nightshift(['backup'], { ...encrypting, BACKUP_AGE_IDENTITY: identity });
    assert.match(withIdentity.out, /read back: equal to the checked snapshot/);

    const [key = ''] = (await keysOf(scene.environment)).filter((key) => key.endsWith('.db.zst.age'));
    const file = path.join(scene.folder, 'back.db.zst.age');
    s3cmd(scene, 'get', `s3://${bucket.location.bucket}/${key}`, file);
    const database = path.join(scene.folder, 'back.db');
    execFileSync('sh', ['-c', 'age -d -i "$1" "$2" | zstd -dq > "$3"', 'sh', identity, file, database]);
    assert.equal(execFileSync('sqlite3', [database, 'SELECT count(*) FROM orders'], { encoding: 'utf8' }), '2000\n');
  });

  test('a wrong key, a missing bucket and a key that may only read are clear errors, and nothing is stored', async (t) => {
    const scene = await makeScene(t, inBucket());
    const reader = await bucket.readOnlyLocation();
    const before = await keysOf(scene.environment);
    const cases: [Environment, string][] = [
      [{ LINODE_ACCESS_KEY: 'unknown' }, 'STORE_KEY_UNKNOWN'],
      [{ LINODE_SECRET_KEY: 'wrong' }, 'STORE_SECRET_WRONG'],
      [{ LINODE_BUCKET: 'there-is-no-such-bucket' }, 'STORE_BUCKET_MISSING'],
      [{ LINODE_ACCESS_KEY: reader.accessKey, LINODE_SECRET_KEY: reader.secretKey }, 'STORE_DENIED'],
    ];
    for (const [wrong, code] of cases) {
      const { code: exit, err, out } = await nightshift(['backup'], { ...scene.environment, ...wrong });
      assert.equal(exit, 1);
      assert.match(err, new RegExp(`^${code}: `, 'm'));
      assert.doesNotMatch(out, /Backup (completed|uploaded)/);
    }
    assert.deepEqual(await keysOf(scene.environment), before);
    assert.deepEqual(scene.staged(), []);
  });

  test('killed in the middle of a multipart upload, the next run gives it up', async (t) => {
    const scene = await makeScene(t, inBucket());
    const key = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
    await bucket.leaveUnfinished(key);
    const { code, out } = await nightshift(['backup'], scene.environment);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`aborted the unfinished upload of ${key}`));
    assert.deepEqual(await bucket.unfinished(), []);
  });

  test('a service whose key does not work yet tries for a while on its first start', async (t) => {
    const scene = await makeScene(t, inBucket({ LINODE_ACCESS_KEY: 'too-new', STOP_GRACE_SECONDS: '0' }));
    const service = startNightshift(['backup', '--schedule'], scene.environment);
    await service.printed('a new key may need a while, trying for 2 minutes');
    service.child.kill('SIGTERM');
    assert.equal((await service.finished).code, 0);
  });

  test('a run on a bad network: a broken upload, a busy server and a broken download, and the object is verified', async (t) => {
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    const scene = await makeScene(t, inBucket({ LINODE_ENDPOINT: proxy.endpoint }));
    proxy.inject({ kind: 'break upload', afterBytes: 1000 }, { method: 'PUT', url: '/daily/' });
    proxy.inject({ kind: 'answer', status: 503, code: 'SlowDown' }, { method: 'GET', url: 'list-type' });
    proxy.inject({ kind: 'break download', afterBytes: 2000 }, { method: 'GET', url: '/daily/' });
    const { code, out, err } = await nightshift(['backup'], scene.environment);
    assert.equal(code, 0, err);
    assert.match(out, /read back: equal to the checked snapshot/);
  });

  test('a byte that changes on its way back fails the run, and the object is removed', async (t) => {
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    const scene = await makeScene(t, inBucket({ LINODE_ENDPOINT: proxy.endpoint }));
    const before = await keysOf(scene.environment);
    proxy.inject({ kind: 'flip', atByte: 1500 }, { method: 'GET', url: '/daily/', times: 9 });
    scene.sql("INSERT INTO notes VALUES ('so that this run is no copy')");
    const { code, out, err } = await nightshift(['backup'], scene.environment);
    assert.equal(code, 1);
    assert.match(err, /^ARCHIVE_UNREADABLE: /m);
    assert.doesNotMatch(out, /Backup (completed|uploaded)/);
    proxy.clear();
    assert.deepEqual(await keysOf(scene.environment), before);
  });

  test('a server that cannot copy: unchanged databases, the weekly and the prune go on by uploads, and it is logged', async (t) => {
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    const scene = await makeScene(t, inBucket({ LINODE_ENDPOINT: proxy.endpoint, BACKUP_RETENTION_DAILY: '1' }));
    const own = 'sqlite-backups/daily/shop_';
    for (const stem of [own, 'sqlite-backups/weekly/shop_']) {
      for (const { key } of await scene.store.list(stem)) await scene.store.remove(key);
    }
    proxy.inject(
      { kind: 'answer', status: 501, code: 'NotImplemented' },
      { header: 'x-amz-copy-source', times: Infinity },
    );
    scene.setClock('2026-05-02T02:00:00');
    await runBackup(scene.database, scene.deps());
    scene.setClock('2026-05-03T02:00:00');
    const before = scene.lines.length;
    const result = await runBackup(scene.database, scene.deps());
    const daily = `${own}2026-05-03_020000.db.gz`;
    assert.deepEqual(result, {
      key: daily,
      ...goodResult,
    });
    const copyRefused = (key: string) =>
      `Cannot copy to ${key} in bucket ${bucket.location.bucket} at ${proxy.endpoint}: the server does not support this request (501 NotImplemented).`;
    const weekly = 'sqlite-backups/weekly/shop_2026-W18.db.gz';
    assert.deepEqual(
      scene.lines
        .slice(before)
        .filter((line) => /501|read back|weekly copy|remove|Backup/.test(line))
        .map(withoutTimes),
      [
        `no copy on the server, the backup is compressed and uploaded: ${copyRefused(daily)}`,
        'read back: equal to the checked snapshot',
        `no copy on the server, weekly backups are downloaded and uploaded: ${copyRefused(weekly)}`,
        `weekly copy ${weekly} (today is Sunday)`,
        `remove ${own}2026-05-02_020000.db.gz (over 1, and the oldest)`,
        'Backup completed successfully',
        'Backup uploaded to Object Storage',
      ],
    );
    assert.deepEqual(
      (await scene.store.list(own)).map(({ key }) => key),
      [daily],
    );
    const [made, source] = await Promise.all([scene.store.head(weekly), scene.store.head(daily)]);
    assert.deepEqual([made?.metadata, made?.bytes], [source?.metadata, source?.bytes]);
    assert.deepEqual(scene.staged(), []);
    assert.equal(proxy.requests.filter((request) => request.includes('x-id=CopyObject')).length, 2);
    await scene.store.remove(weekly);
  });

  test('a key with the rights of a minimal policy backs up; that it may not list uploads is logged once', async (t) => {
    const objects = 'sqlite-backups/';
    const own = await makeBucket();
    t.after(() => own.remove());
    const {
      accessKey,
      secretKey,
      bucket: name,
    } = await own.locationWith([
      { actions: ['s3:ListBucket'], listed: objects },
      { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], objects },
    ]);
    const keys = { LINODE_ACCESS_KEY: accessKey, LINODE_SECRET_KEY: secretKey, LINODE_BUCKET: name };
    const scene = await makeScene(t, inBucket(keys));
    for (const day of ['02', '03']) {
      scene.setClock(`2026-05-${day}T02:00:00`);
      const before = scene.lines.length;
      const { verification, housekeeping } = await runBackup(scene.database, scene.deps());
      assert.deepEqual([verification, housekeeping], ['verified', null]);
      const place = `in bucket ${name} at ${bucket.location.endpoint}`;
      assert.deepEqual(
        scene.lines.slice(before).filter((line) => /upload of|uploads/.test(line)),
        [
          `WARNING unfinished uploads of earlier runs are left as they are. STORE_DENIED: Cannot list the unfinished uploads of sqlite-backups/daily/shop_ ${place}: the server denies this key the right to list unfinished uploads (s3:ListBucketMultipartUploads).\n    What to do: Give the key in LINODE_ACCESS_KEY the right s3:ListBucketMultipartUploads on ${name}, or let a lifecycle rule of the bucket abort unfinished uploads (AbortIncompleteMultipartUpload).`,
        ],
      );
    }
    assert.deepEqual(await scene.keys(), [
      'daily/shop_2026-05-02_020000.db.gz',
      'daily/shop_2026-05-03_020000.db.gz',
      'weekly/shop_2026-W18.db.gz',
    ]);
    for (const key of await scene.keys()) await scene.store.remove(`sqlite-backups/${key}`);
  });
});

/** A line of the log without how long its step took. */
function withoutTimes(line: string): string {
  return line.replace(/ \([\d.]+ s\)$/, '');
}
