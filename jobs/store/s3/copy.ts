import { CopyObjectCommand, DeleteObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import type { Metadata, StoredObject } from '../store.ts';
import type { Bucket } from './client.ts';
import { NotCopied } from './diagnosis.ts';
import { headObject } from './head.ts';
import { contentType, createFromParts } from './multipart.ts';
import { partsOf } from './parts.ts';

/**
 * Copies within the bucket, on the server: whole, or in parts where the object is too large for that (over 5 GiB). Throws
 * NotCopied when the server answered as to a put: it does not know the header, and stored nothing's worth of bytes.
 */
export async function copyObject(
  bucket: Bucket,
  source: StoredObject,
  to: string,
  metadata: Metadata | undefined,
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
      return etagOfCopy((await send.catch(notCopiedWhenEmpty)).CopyObjectResult);
    }, signal);
  } catch (error) {
    if (error instanceof NotCopied && source.key !== to) await removeEmpty(bucket, source, to, signal);
    throw error;
  }
}

/** What such a server made of the copy; anything else at `to` was there before. */
async function removeEmpty(bucket: Bucket, source: StoredObject, to: string, signal: AbortSignal | undefined) {
  const made = await headObject(bucket, to, signal);
  if (made?.bytes !== 0 || source.bytes === 0) return;
  const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: to });
  await bucket.attempt(() => bucket.client.send(command, { abortSignal: signal }), signal);
}

function etagOfCopy(result: { ETag?: string | undefined } | undefined): string {
  if (result?.ETag === undefined) throw new NotCopied();
  return result.ETag;
}

/** The SDK's own error for an answer of 200 without a body. */
function notCopiedWhenEmpty(error: unknown): never {
  const isEmpty = error instanceof Error && error.name === 'InternalError' && !('$response' in error);
  throw isEmpty ? new NotCopied() : error;
}

async function copyParts(bucket: Bucket, source: StoredObject, to: string, metadata: Metadata, signal?: AbortSignal) {
  await createFromParts(
    bucket,
    { key: to, metadata },
    partsOf(source.bytes, bucket.limits.copyPartBytes),
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
      return etagOfCopy((await bucket.client.send(command, { abortSignal }).catch(notCopiedWhenEmpty)).CopyPartResult);
    },
    signal,
  );
}

/** A header, so unlike the key of a request it must be encoded by the caller. */
function sourceOf({ name }: Bucket, key: string): string {
  return `${name}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
