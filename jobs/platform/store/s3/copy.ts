import { CopyObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import type { Metadata, StoredObject } from '../store.ts';
import type { Bucket } from './client.ts';
import { contentType, createFromParts } from './multipart.ts';
import { partsOf } from './parts.ts';

/** Copies within the bucket, on the server: whole, or in parts where the object is too large for that (over 5 GiB). */
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
  await bucket.attempt(() => bucket.client.send(command, { abortSignal: signal }), signal);
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
      const { CopyPartResult } = await bucket.client.send(command, { abortSignal });
      return CopyPartResult?.ETag;
    },
    signal,
  );
}

/** A header, so unlike the key of a request it must be encoded by the caller. */
function sourceOf({ name }: Bucket, key: string): string {
  return `${name}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
