import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ByteSource } from '../readable.ts';
import type { S3Bucket } from './client.ts';

/**
 * Begins to download an object. A connection that breaks is followed by another that resumes at the byte reached, as
 * long as the object is the same; it fails when several in a row bring nothing.
 */
export async function downloadSource(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  const closing = new AbortController();
  const stop = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
  const from = (position: number, etag: string | undefined) =>
    bucket.client.send(
      new GetObjectCommand({
        Bucket: bucket.name,
        Key: key,
        ...(position > 0 && { Range: `bytes=${position}-`, IfMatch: etag }),
      }),
      { abortSignal: stop },
    );

  const first = await bucket.attempt(() => from(0, undefined), stop);
  const total = first.ContentLength;
  let position = 0;
  let body: Readable | null = bodyOf(first, 0);
  let chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();

  async function chunkOrNull(): Promise<Uint8Array | null> {
    if (body === null) {
      body = bodyOf(await from(position, first.ETag), position);
      chunks = body[Symbol.asyncIterator]();
    }
    try {
      const { done, value } = await chunks.next();
      if (done && total !== undefined && position < total) throw endedEarly(position, total);
      return done ? null : value;
    } catch (error) {
      body.destroy();
      body = null;
      throw error;
    }
  }

  return {
    async next() {
      const chunk = await bucket.attempt(chunkOrNull, stop);
      position += chunk?.length ?? 0;
      return chunk;
    },
    close: () => closing.abort(),
  };
}

function bodyOf({ Body, ContentRange }: GetObjectCommandOutput, position: number): Readable {
  if (!(Body instanceof Readable)) throw new Error('the response has no body');
  if (position === 0 || ContentRange?.startsWith(`bytes ${position}-`)) return Body;
  Body.destroy();
  throw new Error(`the server cannot resume at byte ${position}: it sent ${ContentRange ?? 'the whole object'}`);
}

function endedEarly(position: number, total: number): Error {
  const error = new Error(`the object ended after ${position} of ${total} bytes`);
  return Object.assign(error, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
