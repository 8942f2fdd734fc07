import { CopyObjectCommand, DeleteObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import type { ObjectMetadata, StoredObject } from '../store.ts';
import type { S3Bucket } from './client.ts';
import { CopyIgnoredError } from './diagnosis.ts';
import { headObject } from './head.ts';
import { contentType, createFromParts } from './multipart.ts';
import { splitIntoParts } from './parts.ts';

/**
 * Copies within the bucket, on the server: whole, or in parts where the object is too large for that (over 5 GiB). Throws
 * CopyIgnoredError when the server treated it as a put: it does not know the header, and stored an empty object.
 */
export async function copyObject(
  bucket: S3Bucket,
  source: StoredObject,
  to: string,
  metadata: ObjectMetadata | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (source.bytes > bucket.limits.wholeCopyBytes) {
    return await copyParts(bucket, source, to, metadata ?? source.metadata, signal);
  }
  const replaced = { MetadataDirective: 'REPLACE', Metadata: metadata, ContentType: contentType } as const;
  const command = new CopyObjectCommand({
    Bucket: bucket.name,
    Key: to,
    CopySource: sourceOf(bucket, source.key),
    CopySourceIfMatch: source.etag,
    ...(metadata !== undefined && replaced),
  });
  try {
    await bucket.attempt(async () => {
      const send = bucket.client.send(command, { abortSignal: signal });
      return etagOfCopy((await send.catch(ignoredWhenEmpty)).CopyObjectResult);
    }, signal);
  } catch (error) {
    if (error instanceof CopyIgnoredError && source.key !== to) await removeEmpty(bucket, source, to, signal);
    throw error;
  }
}

/** What such a server made of the copy; anything else at `to` was there before. */
async function removeEmpty(bucket: S3Bucket, source: StoredObject, to: string, signal: AbortSignal | undefined) {
  const made = await headObject(bucket, to, signal);
  if (made?.bytes !== 0 || source.bytes === 0) return;
  const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: to });
  await bucket.attempt(() => bucket.client.send(command, { abortSignal: signal }), signal);
}

function etagOfCopy(result: { ETag?: string | undefined } | undefined): string {
  if (result?.ETag === undefined) throw new CopyIgnoredError();
  return result.ETag;
}

/** The SDK's own error for a response of 200 without a body. */
function ignoredWhenEmpty(error: unknown): never {
  const isEmpty = error instanceof Error && error.name === 'InternalError' && !('$response' in error);
  throw isEmpty ? new CopyIgnoredError() : error;
}

async function copyParts(
  bucket: S3Bucket,
  source: StoredObject,
  to: string,
  metadata: ObjectMetadata,
  signal?: AbortSignal,
) {
  await createFromParts(
    bucket,
    { key: to, metadata },
    splitIntoParts(source.bytes, bucket.limits.copyPartBytes),
    async ({ number, start, bytes }, UploadId, abortSignal) => {
      const command = new UploadPartCopyCommand({
        Bucket: bucket.name,
        Key: to,
        UploadId,
        PartNumber: number,
        CopySource: sourceOf(bucket, source.key),
        CopySourceRange: `bytes=${start}-${start + bytes - 1}`,
        CopySourceIfMatch: source.etag,
      });
      return etagOfCopy((await bucket.client.send(command, { abortSignal }).catch(ignoredWhenEmpty)).CopyPartResult);
    },
    signal,
  );
}

/** A header, so unlike the key of a request it must be encoded by the caller. */
function sourceOf({ name }: S3Bucket, key: string): string {
  return `${name}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
