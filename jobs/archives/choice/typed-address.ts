import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../runtime/errors.ts';
import type { StoreLocation } from '../../settings/store-location.ts';

/**
 * What a person pasted, without the address of the store around it: `s3://bucket/KEY`, the object's URL, `file:///folder/KEY` or
 * `/folder/KEY` is KEY. What is no address stays as it is. Throws ARGUMENT_INVALID for an address of another place.
 */
export function withoutAddress(typed: string, location: StoreLocation): string {
  const key = keyInAddress(typed, location);
  if (key === '' || key === null) {
    // A presigned URL carries its signature after the question mark.
    const shown = typed.replace(/\?.*$/s, '');
    const here = location.kind === 's3' ? `s3://${location.bucket}/ at ${location.endpoint}` : `${location.folder}/`;
    throw new Failure(
      'ARGUMENT_INVALID',
      key === '' ? `${shown} names no backup.` : `${shown} is not in the store, which is ${here}.`,
      key === ''
        ? 'Add its key, as `nightshift list` has it.'
        : 'Give a name from `nightshift list`. Is it another store that you mean? Set LINODE_BUCKET and LINODE_REGION, or BACKUP_STORE, to it.',
    );
  }
  return key;
}

/** Null: it lies elsewhere. */
function keyInAddress(typed: string, location: StoreLocation): string | null {
  const [, bucket, key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(typed) ?? [];
  if (bucket !== undefined) return location.kind === 's3' && location.bucket === bucket ? key : null;
  if (/^https?:\/\//i.test(typed)) return location.kind === 's3' ? keyInUrl(typed, location) : null;
  if (/^file:\/\//i.test(typed)) return location.kind === 'directory' ? keyInFileUrl(typed, location.folder) : null;
  return location.kind === 'directory' && path.isAbsolute(typed) ? keyBelow(location.folder, typed) : typed;
}

/** Of both forms that S3 has: the bucket in the path, or in the host's name. */
function keyInUrl(typed: string, { endpoint, bucket }: StoreLocation & { kind: 's3' }): string | null {
  if (!URL.canParse(typed)) return null;
  const { host, pathname } = new URL(typed);
  const decoded = decodeUrl(pathname) ?? pathname;
  const server = new URL(endpoint).host;
  if (host === `${bucket}.${server}`) return decoded.slice(1);
  return host === server && decoded.startsWith(`/${bucket}/`) ? decoded.slice(bucket.length + 2) : null;
}

function keyInFileUrl(typed: string, folder: string): string | null {
  try {
    return keyBelow(folder, fileURLToPath(typed));
  } catch {
    return null;
  }
}

function keyBelow(folder: string, file: string): string | null {
  const relative = path.relative(folder, file);
  return relative.startsWith('..') ? null : relative;
}

/** A text without its URL encoding; null when it has none. */
export function decodeUrl(text: string): string | null {
  if (!/%[0-9a-f]{2}/i.test(text)) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
