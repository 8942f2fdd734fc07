import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  NoSuchUpload,
} from '@aws-sdk/client-s3';
import type { ObjectMetadata } from '../store.ts';
import type { S3Bucket } from './client.ts';
import { mapConcurrently, type UploadPart } from './parts.ts';

/** Content type of everything stored; a copy with new metadata must say it again. */
export const contentType = 'application/octet-stream';

const createTimeoutMs = 8_000;
const abortTimeoutMs = 3_000;

/** Sends one part of the upload and returns its etag. */
export type SendPart = (part: UploadPart, uploadId: string, signal: AbortSignal) => Promise<string | undefined>;

/**
 * Makes the object `key` from parts that `sendPart` sends, each tried again by itself. When it fails or is aborted, the
 * upload is aborted before it throws. (Not lib-storage's Upload: that holds whole parts in memory, sends the rest of
 * the file after one part has failed, and on abort throws before the server knows of it.)
 */
export async function createFromParts(
  bucket: S3Bucket,
  object: { readonly key: string; readonly metadata: ObjectMetadata },
  parts: readonly UploadPart[],
  sendPart: SendPart,
  signal: AbortSignal | undefined,
): Promise<void> {
  let uploadId: string | undefined;
  try {
    await bucket.attempt(async () => {
      uploadId = await begin(bucket, object);
    }, signal);
    const id = uploadId ?? '';
    const etags = await mapConcurrently(parts, bucket.limits.concurrentParts, signal, (part, stop) =>
      bucket.attempt(async () => (await sendPart(part, id, stop)) ?? '', stop),
    );
    await complete(bucket, object.key, id, etags, signal);
  } catch (error) {
    if (uploadId !== undefined) await abortQuietly(bucket, object.key, uploadId);
    throw error;
  }
}

/** Not aborted with the rest: without the id in its response the upload could not be aborted. */
async function begin({ client, name }: S3Bucket, { key, metadata }: { key: string; metadata: ObjectMetadata }) {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: name, Key: key, Metadata: metadata, ContentType: contentType }),
    { requestTimeout: createTimeoutMs },
  );
  return UploadId;
}

async function complete(bucket: S3Bucket, key: string, uploadId: string, etags: string[], signal?: AbortSignal) {
  const { client, name } = bucket;
  const command = new CompleteMultipartUploadCommand({
    Bucket: name,
    Key: key,
    UploadId: uploadId,
    MultipartUpload: { Parts: etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
  });
  try {
    await bucket.attempt(() => client.send(command, { abortSignal: signal }), signal);
  } catch (error) {
    // Gone when tried again: the first try succeeded and only its response was lost. The object then has the parts' etag.
    const gone = error instanceof NoSuchUpload;
    if (!gone || (await etagOf(bucket, key, signal)) !== etagOfParts(etags)) throw error;
  }
}

async function etagOf(bucket: S3Bucket, key: string, signal?: AbortSignal): Promise<string | undefined> {
  const command = new HeadObjectCommand({ Bucket: bucket.name, Key: key });
  const { ETag } = await bucket.attempt(() => bucket.client.send(command, { abortSignal: signal }), signal);
  return ETag?.replaceAll('"', '');
}

/** The MD5 of the parts' MD5s and their number, as S3 and Ceph make it. */
function etagOfParts(etags: readonly string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return `${hash.digest('hex')}-${etags.length}`;
}

/** Best effort, since the error before it is what counts; a later run aborts what is left. */
async function abortQuietly(bucket: S3Bucket, key: string, uploadId: string): Promise<void> {
  const once = () => abortUpload(bucket, key, uploadId);
  await once()
    .catch(once)
    .catch(() => {});
}

/** Aborts an unfinished upload; one that is gone is no error. */
export async function abortUpload({ client, name }: S3Bucket, key: string, uploadId: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: name, Key: key, UploadId: uploadId });
  try {
    await client.send(command, { requestTimeout: abortTimeoutMs });
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}
