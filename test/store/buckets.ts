import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Location } from '../../jobs/store/s3/client.ts';
import { labS3 } from '../lab/parts.ts';

/** A bucket of its own on the lab's server, and what only its owner can do with it. */
export type LabBucket = {
  readonly location: S3Location;
  /** Stores an object as another tool would: any key, no metadata. */
  put(key: string, body: string | Uint8Array): Promise<void>;
  /** Begins an upload in parts, sends one part and leaves it at that. */
  leaveUnfinished(key: string): Promise<void>;
  /** Keys of the unfinished uploads. */
  unfinished(): Promise<string[]>;
  /** Keys of a user of its own who may list and read here, and nothing else. */
  readOnlyLocation(): Promise<S3Location>;
  /** Keys of a user of its own who may do just this. */
  locationWith(rights: readonly Right[]): Promise<S3Location>;
  /** Removes the bucket and everything in it. */
  remove(): Promise<void>;
};

/** Actions on the bucket itself, or on the objects below a prefix of it. */
export type Right = {
  readonly actions: readonly string[];
  readonly objects?: string;
  /** Listings of this prefix only. */
  readonly listed?: string;
  /** Taken away, whatever else allows it. */
  readonly denied?: true;
};

/** Makes a bucket with a random name. Only for tests that `needs('s3')`. */
export async function makeBucket(): Promise<LabBucket> {
  const { endpoint, region, accessKey, secretKey } = labS3();
  const suffix = randomBytes(6).toString('hex');
  const bucket = `store-test-${suffix}`;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const location: S3Location = { kind: 's3', endpoint, region, bucket, accessKey, secretKey };
  const users: string[] = [];
  const statements: object[] = [];

  async function locationWith(rights: readonly Right[]): Promise<S3Location> {
    const user = `user-${users.length}-${suffix}`;
    users.push(user);
    const keys = { accessKey: `key-${user}`, secretKey: randomBytes(12).toString('hex') };
    radosgwAdmin('user', 'create', `--uid=${user}`, '--display-name=user', ...keyOptions(keys));
    const ofUser = rights.map(({ actions, objects, listed, denied }) => ({
      Effect: denied ? 'Deny' : 'Allow',
      Principal: { AWS: [`arn:aws:iam:::user/${user}`] },
      Action: actions,
      Resource: [`arn:aws:s3:::${bucket}${objects === undefined ? '' : `/${objects}*`}`],
      ...(listed !== undefined && { Condition: { StringLike: { 's3:prefix': `${listed}*` } } }),
    }));
    statements.push(...ofUser);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    return { ...location, ...keys };
  }

  return {
    location,
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async leaveUnfinished(key) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
      await client.send(
        new UploadPartCommand({ Bucket: bucket, Key: key, UploadId, PartNumber: 1, Body: Buffer.alloc(1000) }),
      );
    },
    async unfinished() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    readOnlyLocation: () => locationWith([{ actions: ['s3:ListBucket'] }, { actions: ['s3:GetObject'], objects: '' }]),
    locationWith,
    async remove() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      for (const user of users) radosgwAdmin('user', 'rm', `--uid=${user}`);
      client.destroy();
    },
  };
}

function keyOptions({ accessKey, secretKey }: { accessKey: string; secretKey: string }): string[] {
  return [`--access-key=${accessKey}`, `--secret-key=${secretKey}`];
}

function radosgwAdmin(...command: string[]): void {
  execFileSync('radosgw-admin', ['-c', process.env['LAB_CEPH_CONF'] ?? '', ...command], { stdio: 'pipe' });
}
