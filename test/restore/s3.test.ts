import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { type LabBucket, makeBucket } from '../store/buckets.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

describe('restore from a real S3 server', needs('s3', 'tools'), () => {
  let bucket: LabBucket;
  let databases: TestDatabases;
  before(async () => {
    bucket = await makeBucket();
    databases = makeTestDatabases();
    layDownTheOldWay();
  });
  after(async () => {
    databases.remove();
    await bucket.remove();
  });

  const environment = (changes: Environment = {}): Environment => ({
    ...databases.environment,
    BACKUP_STORE: 's3',
    LINODE_ENDPOINT: bucket.location.endpoint,
    LINODE_REGION: bucket.location.region,
    LINODE_BUCKET: bucket.location.bucket,
    LINODE_ACCESS_KEY: bucket.location.accessKey,
    LINODE_SECRET_KEY: bucket.location.secretKey,
    ...changes,
  });
  const restore = (args: string[], changes: Environment = {}) =>
    nightshift(['restore', '--no-docker', '--yes', ...args], environment(changes));

  /** As the shell script did it: `.backup`, `gzip -9`, `s3cmd put`; the weekly under a name that is not ours. */
  function layDownTheOldWay(): void {
    const { endpoint, accessKey, secretKey } = bucket.location;
    const { host } = new URL(endpoint);
    const config = path.join(databases.folder, 's3cfg');
    writeFileSync(
      config,
      `[default]\naccess_key=${accessKey}\nsecret_key=${secretKey}\nhost_base=${host}\nhost_bucket=${host}\nuse_https=False\n`,
    );
    const copy = path.join(databases.folder, 'shop_2025-11-30_020000.db');
    execFileSync('sqlite3', [databases.database, `.backup ${copy}`]);
    execFileSync('sqlite3', [copy, "UPDATE era SET name = 'script'"]);
    execFileSync('gzip', ['-9', copy]);
    for (const key of ['daily/shop_2025-11-30_020000.db.gz', 'weekly/shop-week48.db.gz']) {
      const target = `s3://${bucket.location.bucket}/sqlite-backups/${key}`;
      execFileSync('s3cmd', ['-c', config, 'put', `${copy}.gz`, target], { stdio: 'pipe' });
    }
    databases.reset();
  }

  const script = complete.old.replace('old', 'script');

  test('a pasted address of the bucket is understood, and one of another bucket refused with the name of ours', async () => {
    databases.reset();
    const { bucket: name, endpoint } = bucket.location;
    const key = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
    for (const address of [`s3://${name}/${key}`, `${endpoint}/${name}/${key}?X-Amz-Signature=1`]) {
      const { code, out, err } = await restore([address, '--dry-run']);
      assert.equal(code, 0, out + err);
      assert.ok(out.includes(`Restore ${key}\n`) && out.includes(`NOTE: "${address}" is ${key}\n`), out);
    }
    const { code, err } = await restore([`s3://another/${key}`]);
    assert.equal(code, 2);
    assert.ok(err.includes(`s3://another/${key} is not in the store, which is s3://${name}/ at ${endpoint}.`), err);
    assert.equal(holds(databases.database), complete.old);
  });

  for (const args of [
    ['shop_2025-11-30_020000.db.gz', 'daily'],
    ['shop-week48.db.gz', 'weekly'],
    ['--at', '2025-11-30'],
    ['latest', 'daily'],
  ]) {
    test(`a backup made with sqlite3, gzip -9 and s3cmd comes back by: ${args.join(' ')}`, async () => {
      databases.reset();
      const { code, out, err } = await restore(args);
      assert.equal(code, 0, out + err);
      assert.match(out, /Integrity check passed/);
      assert.equal(holds(databases.database), script);
      const undone = await restore(['--undo']);
      assert.equal(undone.code, 0, undone.err);
      assert.equal(holds(databases.database), complete.old);
    });
  }

  test('a wrong key and a missing bucket are named before anything is changed', async () => {
    databases.reset();
    for (const [wrong, code] of [
      [{ LINODE_SECRET_KEY: 'wrong' }, 'STORE_SECRET_WRONG'],
      [{ LINODE_ACCESS_KEY: 'unknown' }, 'STORE_KEY_UNKNOWN'],
      [{ LINODE_BUCKET: 'there-is-no-such-bucket' }, 'STORE_BUCKET_MISSING'],
    ] as const) {
      const { code: exit, err } = await restore(['latest'], wrong);
      assert.equal(exit, 1);
      assert.match(err, new RegExp(`^${code}: `, 'm'));
    }
    assert.equal(holds(databases.database), complete.old);
  });

  test('without keys it says which, exit 2', async () => {
    const { code, err } = await restore(['latest'], { LINODE_ACCESS_KEY: '', LINODE_SECRET_KEY: '' });
    assert.equal(code, 2);
    assert.match(err, /LINODE_ACCESS_KEY is not set/);
    assert.match(err, /LINODE_SECRET_KEY is not set/);
  });

  test('a download that breaks off is taken up again; one with a changed byte is refused', async (t) => {
    databases.reset();
    const proxy = await startFaultProxy(bucket.location.endpoint);
    t.after(() => proxy.close());
    proxy.inject({ kind: 'break download', afterBytes: 1000 }, { method: 'GET', url: '/daily/' });
    const broken = await restore(['latest', 'daily'], { LINODE_ENDPOINT: proxy.endpoint });
    assert.equal(broken.code, 0, broken.err);
    assert.equal(holds(databases.database), script);
    databases.reset();
    proxy.inject({ kind: 'flip', atByte: 1500 }, { method: 'GET', url: '/daily/', times: 9 });
    const changed = await restore(['latest', 'daily'], { LINODE_ENDPOINT: proxy.endpoint });
    assert.equal(changed.code, 1);
    assert.match(changed.err, /^ARCHIVE_UNREADABLE: /m);
    assert.equal(holds(databases.database), complete.old);
  });
});
