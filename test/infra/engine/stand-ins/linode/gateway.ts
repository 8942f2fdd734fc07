import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { labS3 } from '../../../../lab/parts.ts';
import { account } from './account.ts';

/** The lab's S3 server with its owner's keys, as Linode's own machinery has them. */
export const gateway = new S3Client({
  endpoint: labS3().endpoint,
  region: labS3().region,
  forcePathStyle: true,
  credentials: { accessKeyId: labS3().accessKey, secretAccessKey: labS3().secretKey },
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});

export type BucketAccess = { readonly bucketName: string; readonly permissions: string; readonly region?: string };

/** One user for each key: the policy of each bucket says what it may do. */
export async function createUser(uid: string): Promise<{ accessKey: string; secretKey: string }> {
  const keys = { accessKey: randomBytes(10).toString('hex').toUpperCase(), secretKey: randomBytes(20).toString('hex') };
  const options = [`--access-key=${keys.accessKey}`, `--secret-key=${keys.secretKey}`];
  await radosgwAdmin('user', 'create', `--uid=${uid}`, '--display-name=key', ...options);
  return keys;
}

export async function removeUser(uid: string): Promise<void> {
  await radosgwAdmin('user', 'rm', `--uid=${uid}`);
}

let pendingGrants = Promise.resolve();

/** Grants every key of the account its access to this bucket, and nothing else. One at a time. */
export function grant(bucket: string): Promise<void> {
  pendingGrants = pendingGrants.catch(() => {}).then(() => writePolicy(bucket));
  return pendingGrants;
}

async function writePolicy(bucket: string): Promise<void> {
  const statements = account.all('keys').flatMap((key) =>
    (key['bucketAccesses'] as BucketAccess[])
      .filter(({ bucketName }) => bucketName === bucket)
      .map(({ permissions }) => ({
        Effect: 'Allow',
        Principal: { AWS: [`arn:aws:iam:::user/${key['uid']}`] },
        Action: permissions === 'read_write' ? ['s3:*'] : ['s3:Get*', 's3:List*'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      })),
  );
  if (statements.length === 0) return;
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await gateway.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

async function radosgwAdmin(...command: string[]): Promise<void> {
  await promisify(execFile)('radosgw-admin', ['-c', process.env['LAB_CEPH_CONF'] ?? '', ...command]);
}
