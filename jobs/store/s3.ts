import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { checkedKey, checkedMetadata } from './keys.ts';
import { objectMissingFailure } from './missing.ts';
import { type ByteSource, readableFrom } from './readable.ts';
import { defaultLimits, openBucket, type S3Limits, type S3Location } from './s3/client.ts';
import { copyObject } from './s3/copy.ts';
import type { S3Request } from './s3/diagnosis.ts';
import { downloadSource } from './s3/download.ts';
import { s3Failure } from './s3/failure.ts';
import { headObject, isAbsent } from './s3/head.ts';
import { listObjects, listUploads } from './s3/list.ts';
import { abortUpload } from './s3/multipart.ts';
import { dateOf } from './s3/server-date.ts';
import { uploadFile } from './s3/upload.ts';
import type { ObjectStore } from './store.ts';
import { withStoreErrors } from './store-errors.ts';

/** Objects in a bucket of any S3 server. `limits` are for tests and unusual servers. */
export function createS3Store(location: S3Location, limits: Partial<S3Limits> = {}): ObjectStore {
  const bucket = openBucket(location, { ...defaultLimits, ...limits });
  const name = `s3://${location.bucket} at ${location.endpoint}`;

  const withErrors = <T>(
    action: S3Request['action'],
    key: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ) =>
    withStoreErrors(signal, work, (error) => s3Failure(error, { action, key, ...location }, bucket.limits.clock.now()));

  return {
    name,
    list: (prefix, signal) => withErrors('list', prefix, signal, () => listObjects(bucket, prefix, signal)),
    head: (key, signal) => withErrors('read', key, signal, () => headObject(bucket, checkedKey(key), signal)),
    async put(key, file, metadata, transfer = {}) {
      checkedMetadata(metadata);
      await withErrors('write', key, transfer.signal, () =>
        uploadFile(bucket, checkedKey(key), file, metadata, transfer),
      );
    },
    async read(key, transfer = {}) {
      const reading = <T>(work: () => Promise<T>) => withErrors('read', key, transfer.signal, work);
      const source: ByteSource = await reading(async () => {
        try {
          return await downloadSource(bucket, checkedKey(key), transfer.signal);
        } catch (error) {
          throw (await isAbsent(bucket, key, error, transfer.signal)) ? objectMissingFailure(key, name, error) : error;
        }
      });
      return readableFrom({ ...source, next: () => reading(source.next) }, transfer);
    },
    async copy(from, to, metadata, signal) {
      if (metadata !== undefined) checkedMetadata(metadata);
      const source = await withErrors('read', from, signal, () => headObject(bucket, checkedKey(from), signal));
      if (source === null) throw objectMissingFailure(from, name);
      await withErrors('copy', to, signal, () => copyObject(bucket, source, checkedKey(to), metadata, signal));
    },
    async remove(key, signal) {
      const command = new DeleteObjectCommand({ Bucket: location.bucket, Key: checkedKey(key) });
      await withErrors('delete', key, signal, () =>
        bucket.attempt(() => bucket.client.send(command, { abortSignal: signal }), signal),
      );
    },
    async abortUploads(prefix, isStale, signal) {
      const uploads = await withErrors('list uploads', prefix, signal, () => listUploads(bucket, prefix, signal));
      const stale = uploads.filter(isStale);
      for (const { key, id } of stale) {
        await withErrors('abort upload', key, signal, () => bucket.attempt(() => abortUpload(bucket, key, id), signal));
      }
      return [...new Set(stale.map(({ key }) => key))];
    },
    clockSkewSeconds: (clock, signal) =>
      withErrors('list', '', signal, async () => {
        const theirs = Date.parse(await dateOf(new URL(location.endpoint), bucket.limits.idleMs, signal));
        return Number.isNaN(theirs) ? null : Math.round((theirs - clock.now().epochMilliseconds) / 1000);
      }),
    now: (clock) => clock.now().add({ seconds: bucket.clockSecondsBehind() }),
    close: () => bucket.client.destroy(),
  };
}
