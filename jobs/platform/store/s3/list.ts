import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListedObject, UnfinishedUpload } from '../store.ts';
import type { Bucket } from './client.ts';

/** Every object under a prefix, page by page, in the server's order: by the bytes of the key. */
export async function listObjects(
  { client, name, limits, attempt }: Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: name,
      Prefix: prefix,
      ContinuationToken: token,
      MaxKeys: limits.pageEntries,
    });
    const page = await attempt(() => client.send(command, { abortSignal: signal }), signal);
    // A web page parses as a listing of nothing, which must not pass for an empty bucket.
    if (page.Name === undefined) throw new Error('the answer is not a listing; is LINODE_ENDPOINT an S3 server?');
    for (const { Key: key, Size: bytes, LastModified } of page.Contents ?? []) {
      if (key === undefined || bytes === undefined || LastModified === undefined) continue;
      objects.push({ key, bytes, modified: LastModified.toTemporalInstant() });
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return objects;
}

/** An upload in parts that was begun and neither completed nor given up. */
export type Upload = UnfinishedUpload & { readonly id: string };

/** Every unfinished upload of keys under a prefix, page by page. */
export async function listUploads(
  { client, name, limits, attempt }: Bucket,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<Upload[]> {
  const uploads: Upload[] = [];
  let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
  while (after !== null) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: name,
      Prefix: prefix,
      MaxUploads: limits.pageEntries,
      ...after,
    });
    const page = await attempt(() => client.send(command, { abortSignal: signal }), signal);
    for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? []) {
      if (key === undefined || id === undefined || Initiated === undefined) continue;
      uploads.push({ key, id, started: Initiated.toTemporalInstant() });
    }
    after = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : null;
  }
  return uploads;
}
