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
import { eventually, removeProduction, seen } from './containers.ts';
import { removeBucket, s3Client } from './owner.ts';
import { takeProductionNames } from './production.ts';
import { docker, makeScene, type Scene } from './scene.ts';
import { valueIn } from './shop-database.ts';
import { configOf, shopConfig } from './shop-stack.ts';
import type { TestStack } from './stack.ts';

const base = 'node:26-bookworm-slim';

// What the shell scripts left: their container under our name, their bucket with 25 nights, their data.
describe('moving over from the shell scripts', needs('s3', 'docker', 'root', 'pulumi', 'sshd'), () => {
  let giveBack = async () => {};
  let scene: Scene;
  let opened: TestStack;
  let bucket = '';
  const set = (values: Record<string, string>) => opened.stack.setAllConfig(configOf(values, false));
  const daily = async () => {
    const Prefix = 'sqlite-backups/daily/';
    const { Contents = [] } = await s3Client().send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
  };
  const nights = Array.from(
    { length: 25 },
    (_, day) => `csv_data_2025-11-${String(day + 1).padStart(2, '0')}_020000.db.gz`,
  );

  before(async () => {
    giveBack = await takeProductionNames();
    await removeProduction();
    scene = await makeScene();
    bucket = `shop-${scene.suffix}`;
    await docker('run', '-d', '--name', 'sqlite-backup', base, 'sleep', '1000');
    await s3Client().send(new CreateBucketCommand({ Bucket: bucket }));
    const Body = gzipSync(readFileSync(scene.database));
    for (const night of nights) {
      await s3Client().send(new PutObjectCommand({ Bucket: bucket, Key: `sqlite-backups/daily/${night}`, Body }));
    }
    const config = shopConfig(scene, { bucketAdopt: 'true', summary: 'false', summaryRecipients: '', summaryPort: '' });
    opened = await scene.open(async () => deploy({ images: scene.compiled() }), config);
  });
  after(async () => {
    await removeProduction();
    await scene?.close();
    await giveBack();
    await removeBucket(bucket);
  });

  test('the old container stays until the stack may replace it', async () => {
    const old = await seen('sqlite-backup');
    await assert.rejects(opened.stack.up(), /replaceContainers true/);
    assert.deepEqual(await seen('sqlite-backup'), old);
    await set({ replaceContainers: 'true' });
    await opened.stack.up();
    assert.notEqual((await seen('sqlite-backup'))?.id, old?.id);
  });

  test('the old nights are listed, and pruned to twenty with the first new one', async () => {
    const kept = await eventually(daily, (names) => names.length === 20 && !nights.includes(names.at(-1) ?? ''));
    assert.deepEqual(kept.slice(0, 19), nights.slice(6));
    const list = await scene.onHost(`${path.join(scene.host.command, 'nightshift')} list`);
    assert.deepEqual(
      nights.map((night) => list.includes(night)),
      nights.map((_, index) => index >= 6),
    );
  });

  test('the data is untouched, and an old night restores', async () => {
    assert.equal(valueIn(scene.database, 'SELECT count(*) FROM orders'), 300);
    const target = '/data/look.db';
    await docker('exec', 'sqlite-backup', 'nightshift', 'restore', nights[10] ?? '', 'daily', '--to', target);
    assert.equal(valueIn(path.join(scene.host.data, 'look.db'), 'SELECT count(*) FROM orders'), 300);
  });

  test('once adopted, the bucket gets its versions, and then there is nothing to do', async () => {
    await set({ bucketAdopt: 'false' });
    await opened.stack.up();
    assert.equal((await s3Client().send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status, 'Enabled');
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });
});
