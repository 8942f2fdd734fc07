import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { ObjectStorageBucket, ObjectStorageKey, Provider } from '@pulumi/linode';
import type { PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { labS3, needs } from '../../lab/parts.ts';
import { deleteAllVersions, s3Client } from './s3-client.ts';
import { openStack, type TestStack } from './stack.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const suffix = randomBytes(4).toString('hex');
const folder = mkdtempSync(path.join(tmpdir(), 'stand-in-linode-'));
const region = 'sg-sin-2';
const rules = [
  {
    id: 'stale',
    enabled: true,
    abortIncompleteMultipartUploadDays: 2,
    noncurrentVersionExpiration: { days: 30 },
  },
];

describe('the stand-in for @pulumi/linode', needs('s3', 'docker', 'pulumi'), () => {
  let standIns: StandIns;
  let opened: TestStack;
  let bucketArgs: Partial<ConstructorParameters<typeof ObjectStorageBucket>[1]> = {};
  let options: ConstructorParameters<typeof ObjectStorageBucket>[2] = {};
  let label = `made-${suffix}`;
  let version = '5.5.0';
  const program: PulumiFn = async () => {
    const provider = new Provider('linode', { objUseTempKeys: true }, { version });
    const given = { ...options, provider };
    const bucket = new ObjectStorageBucket(label, { label, region, acl: 'private', ...bucketArgs }, given);
    const keyFor = (permissions: string) =>
      new ObjectStorageKey(
        `${label}-${permissions}`,
        { label: permissions, bucketAccesses: [{ bucketName: bucket.label, permissions, region }] },
        { provider },
      );
    const [write, read] = [keyFor('read_write'), keyFor('read_only')];
    return { write: write.accessKey, writeSecret: write.secretKey, read: read.accessKey, readSecret: read.secretKey };
  };
  before(async () => {
    standIns = await startStandIns({
      LINODE_ACCOUNT: path.join(folder, 'account.json'),
      LINODE_S3_ENDPOINT: labS3().endpoint,
    });
    opened = await openStack({ folder, debugProviders: standIns.debugProviders, program, config: {} });
  });
  after(async () => {
    await opened?.stack.destroy().finally(() => standIns.stop());
    rmSync(folder, { recursive: true });
  });

  test('a plugin that does not wait for its temporary key is refused by the bucket', async () => {
    bucketArgs = { versioning: true };
    version = '5.1.1';
    await assert.rejects(opened.stack.up(), /StatusCode: 403/);
    version = '5.5.0';
    await opened.stack.destroy();
    await deleteAllVersions(label);
    await s3Client().send(new DeleteBucketCommand({ Bucket: label }));
  });

  test('creates a versioned bucket with a lifecycle in the S3 server, and keys that work on it only', async () => {
    bucketArgs = { versioning: true, lifecycleRules: rules };
    const { outputs, summary } = await opened.stack.up();
    assert.deepEqual(summary.resourceChanges, { create: 5 });
    assert.deepEqual((await opened.stack.preview()).changeSummary, { same: 5 });

    const Bucket = label;
    assert.equal((await s3Client().send(new GetBucketVersioningCommand({ Bucket }))).Status, 'Enabled');
    const lifecycle = await s3Client().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    assert.deepEqual(
      lifecycle.Rules?.map(({ ID }) => ID),
      ['stale'],
    );
    assert.deepEqual([outputs['writeSecret']?.secret, outputs['readSecret']?.secret], [true, true]);
    const [writer, reader] = ['write', 'read'].map((name) =>
      s3Client({ accessKey: outputs[name]?.value, secretKey: outputs[`${name}Secret`]?.value }),
    );
    const object = { Bucket, Key: 'note', Body: 'text' };
    await writer?.send(new PutObjectCommand(object));
    assert.equal((await reader?.send(new ListObjectsV2Command({ Bucket })))?.KeyCount, 1);
    await assert.rejects(async () => reader?.send(new PutObjectCommand(object)), { name: 'AccessDenied' });
    const removed = await writer?.send(new DeleteObjectCommand({ Bucket, Key: 'note' }));
    assert.equal(removed?.DeleteMarker, true);
    await deleteAllVersions(label);
  });

  test('adopts an existing bucket, and then sets its versioning and lifecycle', async () => {
    label = `there-${suffix}`;
    await s3Client().send(new CreateBucketCommand({ Bucket: label }));
    options = { import: `${region}:${label}` };
    const { summary } = await opened.stack.up();
    assert.deepEqual([summary.resourceChanges?.import, summary.resourceChanges?.update], [1, 1]);
    assert.equal((await s3Client().send(new GetBucketVersioningCommand({ Bucket: label }))).Status, 'Enabled');
    options = {};
    assert.deepEqual((await opened.stack.preview()).changeSummary, { same: 5 });
  });
});
