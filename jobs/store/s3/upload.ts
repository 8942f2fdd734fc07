import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { Failure } from '../../runtime/errors.ts';
import type { ObjectMetadata, TransferOptions } from '../store.ts';
import type { S3Bucket } from './client.ts';
import { contentType, createFromParts } from './multipart.ts';
import { splitIntoParts } from './parts.ts';

const readBytes = 256 * 1024;

/** Stores a file under `key`, whole or in parts by its size. Keeps no more of it in memory than is on its way. */
export async function uploadFile(
  bucket: S3Bucket,
  key: string,
  file: string,
  metadata: ObjectMetadata,
  transfer: TransferOptions,
): Promise<void> {
  const { size } = await stat(file).catch((error) => Promise.reject(unreadable(file, error)));
  if (size > bucket.limits.wholeBytes) return await uploadParts(bucket, key, file, size, metadata, transfer);
  const { signal, onProgress = () => {} } = transfer;
  await bucket.attempt(
    () =>
      withFileRange({ file, start: 0, bytes: size }, signal, onProgress, (Body, abortSignal) =>
        bucket.client.send(
          new PutObjectCommand({
            Bucket: bucket.name,
            Key: key,
            Body,
            ContentLength: size,
            ContentType: contentType,
            Metadata: metadata,
          }),
          { abortSignal },
        ),
      ),
    signal,
  );
}

async function uploadParts(
  bucket: S3Bucket,
  key: string,
  file: string,
  size: number,
  metadata: ObjectMetadata,
  { signal, onProgress }: TransferOptions,
): Promise<void> {
  const sent = new Map<number, number>();
  const sentOf = (part: number) => (bytes: number) => {
    sent.set(part, bytes);
    onProgress?.(sent.values().reduce((sum, each) => sum + each, 0));
  };
  await createFromParts(
    bucket,
    { key, metadata },
    splitIntoParts(size, bucket.limits.partBytes),
    async ({ number, start, bytes }, UploadId, stop) => {
      const { ETag } = await withFileRange({ file, start, bytes }, stop, sentOf(number), (Body, abortSignal) =>
        bucket.client.send(
          new UploadPartCommand({
            Bucket: bucket.name,
            Key: key,
            UploadId,
            PartNumber: number,
            Body,
            ContentLength: bytes,
          }),
          { abortSignal },
        ),
      );
      return ETag;
    },
    signal,
  );
}

type FileRange = { readonly file: string; readonly start: number; readonly bytes: number };

/** Opens a range of a file for one attempt at sending it; a file that cannot be read to its end aborts the attempt. */
async function withFileRange<T>(
  { file, start, bytes }: FileRange,
  signal: AbortSignal | undefined,
  onSent: (bytes: number) => void,
  send: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const unread = new AbortController();
  let sent = 0;
  const end = start + bytes - 1;
  const source = bytes === 0 ? Readable.from([]) : createReadStream(file, { start, end, highWaterMark: readBytes });
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onSent(sent);
      done(null, chunk);
    },
    flush: (done) => done(sent < bytes ? new Error(`it ended ${bytes - sent} bytes early`) : null),
  });
  source.on('error', (error) => unread.abort(error));
  counted.on('error', (error) => unread.abort(error));
  try {
    return await send(source.pipe(counted), signal ? AbortSignal.any([signal, unread.signal]) : unread.signal);
  } catch (error) {
    throw unread.signal.aborted ? unreadable(file, unread.signal.reason) : error;
  } finally {
    source.destroy();
    counted.destroy();
  }
}

function unreadable(file: string, error: unknown): Failure {
  const found = error instanceof Error ? error.message : String(error);
  return new Failure(
    'STORE_FAILED',
    `${file} could not be read for its upload: ${found}`,
    'Check the disk of the staging folder, and that nothing else changes files in it.',
    error,
  );
}
