import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { deploy } from '../../../infra/program.ts';
import { needs } from '../../lab/parts.ts';
import { inspectContainer, removeProduction, waitUntil } from './containers.ts';
import { createDeploymentFixture, type DeploymentFixture, docker } from './deployment-fixture.ts';
import { lockProductionNames } from './production-lock.ts';
import { removeBucket, s3Client } from './s3-client.ts';
import { queryValue } from './shop-database.ts';
import { configOf, shopConfig } from './shop-stack.ts';
import type { TestStack } from './stack.ts';

const base = 'node:26-bookworm-slim';

// What the shell scripts left: their container under our name, their bucket with 25 backups, their data.
describe('migration from the shell scripts', needs('s3', 'docker', 'root', 'pulumi', 'sshd'), () => {
  let unlock = async () => {};
  let fixture: DeploymentFixture;
  let opened: TestStack;
  let bucket = '';
  const set = (values: Record<string, string>) => opened.stack.setAllConfig(configOf(values, false));
  const daily = async () => {
    const Prefix = 'sqlite-backups/daily/';
    const { Contents = [] } = await s3Client().send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
  };
  const oldBackups = Array.from(
    { length: 25 },
    (_, day) => `csv_data_2025-11-${String(day + 1).padStart(2, '0')}_020000.db.gz`,
  );

  before(async () => {
    unlock = await lockProductionNames();
    await removeProduction();
    fixture = await createDeploymentFixture();
    bucket = `shop-${fixture.suffix}`;
    await docker('run', '-d', '--name', 'sqlite-backup', base, 'sleep', '1000');
    await s3Client().send(new CreateBucketCommand({ Bucket: bucket }));
    const Body = gzipSync(readFileSync(fixture.database));
    for (const name of oldBackups) {
      await s3Client().send(new PutObjectCommand({ Bucket: bucket, Key: `sqlite-backups/daily/${name}`, Body }));
    }
    const config = shopConfig(fixture, {
      bucketAdopt: 'true',
      summary: 'false',
      summaryRecipients: '',
      summaryPort: '',
    });
    opened = await fixture.open(async () => deploy({ images: fixture.compiled() }), config);
  });
  after(async () => {
    await removeProduction();
    await fixture?.close();
    await unlock();
    await removeBucket(bucket);
  });

  test('the old container stays until the stack may replace it', async () => {
    const old = await inspectContainer('sqlite-backup');
    await assert.rejects(opened.stack.up(), /replaceContainers true/);
    assert.deepEqual(await inspectContainer('sqlite-backup'), old);
    await set({ replaceContainers: 'true' });
    await opened.stack.up();
    assert.notEqual((await inspectContainer('sqlite-backup'))?.id, old?.id);
  });

  test('the old backups are listed, and pruned to twenty with the first new one', async () => {
    const kept = await waitUntil(daily, (names) => names.length === 20 && !oldBackups.includes(names.at(-1) ?? ''));
    assert.deepEqual(kept.slice(0, 19), oldBackups.slice(6));
    const list = await fixture.onHost(`${path.join(fixture.host.command, 'nightshift')} list`);
    assert.deepEqual(
      oldBackups.map((key) => list.includes(key)),
      oldBackups.map((_, index) => index >= 6),
    );
  });

  test('the data is untouched, and an old backup restores', async () => {
    assert.equal(queryValue(fixture.database, 'SELECT count(*) FROM orders'), 300);
    const target = '/data/look.db';
    await docker('exec', 'sqlite-backup', 'nightshift', 'restore', oldBackups[10] ?? '', 'daily', '--to', target);
    assert.equal(queryValue(path.join(fixture.host.data, 'look.db'), 'SELECT count(*) FROM orders'), 300);
  });

  test('once adopted, the bucket gets versioning, and then there are no changes', async () => {
    await set({ bucketAdopt: 'false' });
    await opened.stack.up();
    assert.equal((await s3Client().send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status, 'Enabled');
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });
});
