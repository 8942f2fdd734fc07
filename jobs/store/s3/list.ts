import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { ListedObject, UnfinishedUpload } from '../store.ts';
import type { S3Bucket } from './client.ts';
import { createPageFollower, decodeListedKey, incompleteEntryFailure } from './listing-pages.ts';

/** Every object under a prefix, page by page, in the server's order: by the bytes of the key. */
export async function listObjects(
  { client, name, limits, attempt }: S3Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ListedObject[]> {
  const listed = { prefix, bucket: name };
  const following = createPageFollower(listed);
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: name,
      Prefix: prefix,
      ContinuationToken: token,
      MaxKeys: limits.pageEntries,
      EncodingType: 'url',
    });
    const page: ListObjectsV2CommandOutput = await attempt(() => client.send(command, { abortSignal: signal }), signal);
    // A web page parses as a listing of nothing, which must not be taken for an empty bucket.
    if (page.Name === undefined) throw new Error('the response is not a listing; is LINODE_ENDPOINT an S3 server?');
    for (const { Key, Size: bytes, LastModified } of page.Contents ?? []) {
      if (Key === undefined) throw incompleteEntryFailure('the name', Key, listed);
      const key = decodeListedKey(Key, page.EncodingType, listed);
      if (bytes === undefined || LastModified === undefined)
        throw incompleteEntryFailure('the size or the time', key, listed);
      objects.push({ key, bytes, modified: LastModified.toTemporalInstant() });
    }
    token = following({ isTruncated: page.IsTruncated, token: page.NextContinuationToken });
  } while (token !== undefined);
  return objects;
}

/** An upload in parts that was started and neither completed nor aborted. */
export type MultipartUpload = UnfinishedUpload & { readonly id: string };

type UploadMarkers = Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'>;

/**
 * Every unfinished upload of keys under a prefix, page by page. Not requested in encoded form: Ceph then encodes the keys,
 * but neither the markers nor the field that says so.
 */
export async function listUploads(
  { client, name, limits, attempt }: S3Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<MultipartUpload[]> {
  const listed = { prefix: `the unfinished uploads of ${prefix === '' ? 'everything' : prefix}`, bucket: name };
  const following = createPageFollower(listed);
  const uploads: MultipartUpload[] = [];
  let after: UploadMarkers = {};
  let token: string | undefined;
  do {
    const command = new ListMultipartUploadsCommand({
      Bucket: name,
      Prefix: prefix,
      MaxUploads: limits.pageEntries,
      KeyMarker: after.NextKeyMarker,
      UploadIdMarker: after.NextUploadIdMarker,
    });
    const page: ListMultipartUploadsCommandOutput = await attempt(
      () => client.send(command, { abortSignal: signal }),
      signal,
    );
    for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? []) {
      if (key === undefined || id === undefined || Initiated === undefined) {
        throw incompleteEntryFailure('the name, the id or the time', key, listed);
      }
      uploads.push({ key, id, started: Initiated.toTemporalInstant() });
    }
    after = page;
    token = following({ isTruncated: page.IsTruncated, token: tokenOf(page) });
  } while (token !== undefined);
  return uploads;
}

function tokenOf({ NextKeyMarker, NextUploadIdMarker }: UploadMarkers): string | undefined {
  return NextKeyMarker === undefined ? undefined : JSON.stringify([NextKeyMarker, NextUploadIdMarker]);
}
