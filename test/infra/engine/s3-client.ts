import { DeleteBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { labS3 } from '../../lab/parts.ts';

/** A client of the lab's S3 server with these keys; its owner's when none are given. */
export function s3Client({ accessKey, secretKey }: { accessKey: string; secretKey: string } = labS3()): S3Client {
  return new S3Client({
    endpoint: labS3().endpoint,
    region: labS3().region,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** Removes every version of every object. */
export async function deleteAllVersions(bucket: string): Promise<void> {
  const client = s3Client();
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
  }
}

export async function removeBucket(bucket: string): Promise<void> {
  await deleteAllVersions(bucket);
  await s3Client().send(new DeleteBucketCommand({ Bucket: bucket }));
}
