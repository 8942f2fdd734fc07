import { Failure } from '../../runtime/errors.ts';

/** Which listing a page belongs to: `d/ in bucket shop`, for people. */
export type Listing = { readonly prefix: string; readonly bucket: string };

/**
 * A listed key as the object has it. With `encoding` `url` it is percent-encoded, a space may be `+` (as AWS and MinIO do);
 * without, XML cannot carry every character and some servers put U+FFFD in its place. Throws STORE_NAME_UNREADABLE.
 */
export function decodeListedKey(key: string, encoding: string | undefined, listed: Listing): string {
  if (encoding !== 'url') {
    if (key.includes('\ufffd')) throw unreadableName(key, listed);
    return key;
  }
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw unreadableName(key, listed, error);
  }
}

type ListingPage = { readonly isTruncated: boolean | undefined; readonly token: string | undefined };

/**
 * Follows the pages of one listing: gives the token of the next page, or undefined after the last. Throws
 * STORE_LISTING_BROKEN where there must be more and it cannot be had: a short list would seem to be a whole one.
 */
export function createPageFollower(listed: Listing): (page: ListingPage) => string | undefined {
  const followed = new Set<string>();
  return ({ isTruncated, token }) => {
    if (!(isTruncated ?? token !== undefined)) return undefined;
    if (token === undefined) throw brokenListingFailure(listed, 'gives no continuation token');
    if (followed.has(token)) throw brokenListingFailure(listed, 'gives the same token again');
    followed.add(token);
    return token;
  };
}

/** The STORE_LISTING_BROKEN for an entry that lacks something in a listing. */
export function incompleteEntryFailure(what: string, key: string | undefined, listed: Listing): Failure {
  return new Failure(
    'STORE_LISTING_BROKEN',
    `${listingText(listed)} lacks ${what} of ${key === undefined ? 'an entry' : JSON.stringify(key)}.`,
    brokenHint,
  );
}

const brokenHint =
  'Check LINODE_ENDPOINT: a proxy before the server may drop or change part of it. If there is none, report this to the provider; nothing was decided from that listing.';

function brokenListingFailure(listed: Listing, way: string): Failure {
  return new Failure(
    'STORE_LISTING_BROKEN',
    `${listingText(listed)} cannot be read to its end: the server says that there is more and ${way}.`,
    brokenHint,
  );
}

function unreadableName(key: string, listed: Listing, cause?: unknown): Failure {
  return new Failure(
    'STORE_NAME_UNREADABLE',
    `${listingText(listed)} names an object whose name cannot be read: ${JSON.stringify(key)}.`,
    'Rename or remove that object with the client that wrote it: a name must be UTF-8, and the server must be able to list it.',
    cause,
  );
}

function listingText({ prefix, bucket }: Listing): string {
  return `A listing of ${prefix === '' ? 'everything' : prefix} in bucket ${bucket}`;
}
