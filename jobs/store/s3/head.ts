import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { StoredObject } from '../store.ts';
import type { S3Bucket } from './client.ts';
import { listObjects } from './list.ts';
import { isTransient, statusOf } from './retry.ts';

/** The object with its metadata, or null when the bucket is there and has no such key. */
export async function headObject(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | null> {
  const { client, name, attempt } = bucket;
  const command = new HeadObjectCommand({ Bucket: name, Key: key });
  try {
    const response = await attempt(() => client.send(command, { abortSignal: signal }), signal);
    const { ContentLength: bytes, LastModified, ETag: etag, Metadata: metadata = {} } = response;
    if (bytes === undefined || LastModified === undefined || etag === undefined) {
      throw new Error('the response lacks length, time or etag');
    }
    return { key, bytes, modified: LastModified.toTemporalInstant(), metadata, etag };
  } catch (error) {
    if (statusOf(error) === null || isTransient(error)) throw error;
    return await absentOrReason(bucket, key, signal, error);
  }
}

/** A response to HEAD has no body, so 404 may mean the key or the bucket, 403 any of four things. GET says which. */
async function absentOrReason(bucket: S3Bucket, key: string, signal: AbortSignal | undefined, headError: unknown) {
  const { client, name, attempt } = bucket;
  const command = new GetObjectCommand({ Bucket: name, Key: key, Range: 'bytes=0-0' });
  try {
    const { Body } = await attempt(() => client.send(command, { abortSignal: signal }), signal);
    if (Body instanceof Readable) Body.destroy();
  } catch (error) {
    if (await isAbsent(bucket, key, error, signal)) return null;
    throw error;
  }
  throw headError;
}

/**
 * Whether `error`, the response to GET, means that the bucket has no such key. A key without the right to list the whole
 * bucket gets 403 for it, as for one that it may not read; a listing of that very key distinguishes the two.
 */
export async function isAbsent(
  bucket: S3Bucket,
  key: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (error instanceof NoSuchKey) return true;
  if (!(error instanceof Error && error.name === 'AccessDenied')) return false;
  const listed = await listObjects(bucket, key, signal).catch(() => null);
  return listed !== null && !listed.some((object) => object.key === key);
}
