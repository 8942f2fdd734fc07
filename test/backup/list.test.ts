import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runBackup } from '../../jobs/backup/run.ts';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { type LabBucket, makeBucket } from '../store/buckets.ts';
import { makeScene } from './scene.ts';

/** The rows of a table as KIND, NAME and STATE. */
function namesAndStates(table: string): string[] {
  return table
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [kind, name, , , state] = line.split(/ {2,}/);
      return `${kind} ${name} ${state}`;
    });
}

describe('a bucket in which other tools left odd objects', needs('s3'), () => {
  let bucket: LabBucket;
  before(async () => {
    bucket = await makeBucket();
  });
  after(() => bucket.remove());

  test('lists every object, hides none behind another, and names what cannot be looked at', async (t) => {
    const { endpoint, region, bucket: name, accessKey, secretKey } = bucket.location;
    const scene = await makeScene(t, {
      BACKUP_STORE: 's3',
      LINODE_ENDPOINT: endpoint,
      LINODE_REGION: region,
      LINODE_BUCKET: name,
      LINODE_ACCESS_KEY: accessKey,
      LINODE_SECRET_KEY: secretKey,
    });
    const below = 'sqlite-backups/daily/';
    for (const odd of ['', 'folder/', '.hidden.db.gz', 'two\nlines.db.gz', 'folder/moved & 100%.db.gz']) {
      await bucket.put(below + odd, odd === '' || odd.endsWith('/') ? '' : gzipSync('x'));
    }
    const made = await nightshift(['backup'], scene.environment);
    assert.equal(made.code, 0, made.err);
    const listed = await nightshift(['list'], scene.environment);
    assert.equal(listed.code, 0, listed.err);
    assert.deepEqual(
      namesAndStates(listed.out)
        // On a Sunday there is a weekly, too.
        .filter((line) => line.startsWith('daily '))
        .map((line) => line.replace(/\d{4}-\d\d-\d\d_\d{6}/, 'TIME'))
        .toSorted(),
      [
        'daily .hidden.db.gz unreadable',
        'daily folder/moved & 100%.db.gz unknown',
        'daily shop_TIME.db.gz verified',
        'daily two\\nlines.db.gz unreadable',
      ],
    );
    assert.match(listed.err, /^unreadable: .*\.hidden\.db\.gz/m);
    const latest = await nightshift(['restore', 'latest', '--dry-run', '--no-docker'], scene.environment);
    assert.match(latest.out, /^Restore sqlite-backups\/daily\/shop_/m);
  });
});

test('a backup with findings prints the promised lines, and is listed and planned with them', async (t) => {
  const scene = await makeScene(t);
  scene.sql(`PRAGMA ignore_check_constraints = ON; CREATE TABLE stock (pieces CHECK (pieces >= 0));
    INSERT INTO stock VALUES (-1), (-2), (4)`);
  const { findings, key, verification } = await runBackup(scene.database, scene.deps());
  assert.deepEqual([findings, verification], [['CHECK constraint failed in stock (2 rows)'], 'verified']);
  assert.deepEqual(scene.lines.slice(-2), ['Backup completed successfully', 'Backup uploaded to Object Storage']);
  const listed = await nightshift(['list'], scene.environment);
  assert.deepEqual(namesAndStates(listed.out), ['daily shop_2025-11-27_020000.db.gz verified, with findings']);
  const [asJson] = JSON.parse((await nightshift(['list', '--json'], scene.environment)).out);
  assert.deepEqual([asJson.findings, asJson.findingTexts], [1, findings]);
  const name = key.slice(key.lastIndexOf('/') + 1);
  const plan = await nightshift(['restore', name, '--dry-run', '--no-docker'], scene.environment);
  assert.match(
    plan.out,
    /NOTE: no damage, but rows of this backup break the schema's own rules: CHECK constraint failed in stock \(2 rows\)/,
  );
});
