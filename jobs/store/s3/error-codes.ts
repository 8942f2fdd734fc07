import { formatDuration } from '../../runtime/format.ts';
import type { S3Diagnosis, S3Request } from './diagnosis.ts';

/** An S3 error response: its code where the body had one, its HTTP status, the seconds our clock is ahead of its Date. */
export type S3ErrorResponse = {
  readonly code: string | null;
  readonly status: number;
  readonly clockAheadSeconds: number | null;
};

/** Codes as in the S3 API reference ("Error responses"), Ceph's rgw_common.cc and MinIO's api-errors.go. */
const kinds: Readonly<Record<string, keyof typeof diagnoses>> = {
  InvalidAccessKeyId: 'keyUnknown',
  SignatureDoesNotMatch: 'secretWrong',
  AccessDenied: 'denied',
  AllAccessDisabled: 'denied',
  AccountProblem: 'denied',
  UserSuspended: 'denied',
  NoSuchBucket: 'bucketMissing',
  PermanentRedirect: 'wrongRegion',
  TemporaryRedirect: 'wrongRegion',
  Redirect: 'wrongRegion',
  AuthorizationHeaderMalformed: 'wrongRegion',
  IllegalLocationConstraintException: 'wrongRegion',
  InvalidLocationConstraint: 'wrongRegion',
  InvalidRegion: 'wrongRegion',
  RequestTimeTooSkewed: 'clockSkew',
  RequestExpired: 'clockSkew',
  SlowDown: 'busy',
  Throttling: 'busy',
  ServiceUnavailable: 'busy',
  TooManyRequests: 'busy',
  QuotaExceeded: 'full',
  InsufficientStorage: 'full',
  InsufficientCapacity: 'full',
  XMinioStorageFull: 'full',
  PreconditionFailed: 'replaced',
  EntityTooLarge: 'tooLarge',
  NotImplemented: 'unsupported',
  MethodNotAllowed: 'unsupported',
};

/** For a response without a code, as to HEAD. */
const kindsByStatus: Readonly<Record<number, keyof typeof diagnoses>> = {
  301: 'wrongRegion',
  307: 'wrongRegion',
  403: 'denied',
  405: 'unsupported',
  412: 'replaced',
  429: 'busy',
  501: 'unsupported',
  503: 'busy',
  507: 'full',
};

/** What an S3 error response means, or null when it is none of the usual ones. */
export function responseDiagnosis(response: S3ErrorResponse, request: S3Request): S3Diagnosis | null {
  const kind = response.code === null ? kindsByStatus[response.status] : kinds[response.code];
  if (kind !== undefined) return diagnoses[kind](request, response);
  // A copy differs from a put in its headers alone; a server that does not know one of them rejects it as an invalid request.
  const isCopyRefused = request.action === 'copy' && response.status === 400;
  if (isCopyRefused || response.status === 501) return diagnoses.unsupported(request, response);
  return response.status >= 500 ? diagnoses.serverFailed(request, response) : null;
}

const diagnoses = {
  keyUnknown: () => ({
    code: 'STORE_KEY_UNKNOWN',
    found: 'the server does not know the access key.',
    hint: 'Check LINODE_ACCESS_KEY: one revoked, or made for another region than LINODE_REGION, is unknown here. A new key can take half a minute to work.',
  }),
  secretWrong: () => ({
    code: 'STORE_SECRET_WRONG',
    found: 'the server knows the access key, but the secret does not belong to it.',
    hint: 'Set LINODE_SECRET_KEY to the secret shown when the key in LINODE_ACCESS_KEY was made; if it is lost, make a new key.',
  }),
  denied: ({ action, bucket }: S3Request) => ({
    code: 'STORE_DENIED',
    found: `the server denies this key the right to ${rights[action] ?? action}.`,
    hint: deniedHints[action](bucket) + (rights[action] === undefined ? ` ${otherBucket}` : ''),
  }),
  bucketMissing: () => ({
    code: 'STORE_BUCKET_MISSING',
    found: 'there is no such bucket.',
    hint: 'Check LINODE_BUCKET, and that LINODE_REGION (or LINODE_ENDPOINT) is where it is: each region knows only its own. Make the bucket if it is new.',
  }),
  wrongRegion: ({ region }: S3Request) => ({
    code: 'STORE_WRONG_REGION',
    found: `the bucket does not belong to region ${region}.`,
    hint: 'Set LINODE_REGION to the stem of the host name in the list of buckets (sg-sin-1 for sg-sin-1.linodeobjects.com), or LINODE_ENDPOINT to its full URL.',
  }),
  clockSkew: (_: S3Request, { clockAheadSeconds }: S3ErrorResponse) => ({
    code: 'STORE_CLOCK_SKEW',
    found: `the server refuses the time of this machine, ${skew(clockAheadSeconds)}.`,
    hint: 'Set the clock (`timedatectl set-ntp true`, or chrony), then run it again. Backups are dated by this clock.',
  }),
  busy: (_: S3Request, { status }: S3ErrorResponse) => ({
    code: 'STORE_BUSY',
    found: `the server is overloaded or limits the rate (${status}), also when tried again.`,
    hint: 'Nothing to do here: the next run tries again. If it persists, ask the provider for the limits of the account.',
  }),
  full: () => ({
    code: 'STORE_FULL',
    found: 'the storage or its quota is used up.',
    hint: 'Raise the quota of the bucket or account, or set BACKUP_RETENTION_DAILY to fewer and run `nightshift prune`.',
  }),
  replaced: () => ({
    code: 'STORE_FAILED',
    found: 'the object was replaced meanwhile.',
    hint: 'Run it again; if it persists, find what else writes into this bucket.',
  }),
  tooLarge: () => ({
    code: 'STORE_FAILED',
    found: 'the server accepts no object of this size.',
    hint: 'Look up the size limit of the provider; BACKUP_COMPRESSION=zstd may make the backup small enough.',
  }),
  unsupported: (_: S3Request, { status, code }: S3ErrorResponse) => ({
    code: 'STORE_UNSUPPORTED',
    found: `the server does not support this request (${code === null ? status : `${status} ${code}`}).`,
    hint: 'Trying again does not help. Ask the provider whether it supports this S3 request; if it does, check LINODE_ENDPOINT: a proxy in front of the server may respond in its place.',
  }),
  serverFailed: ({ endpoint }: S3Request, { status }: S3ErrorResponse) => ({
    code: 'STORE_FAILED',
    found: `the server failed (${status}), also when tried again.`,
    hint: `Look at the status page of the provider of ${endpoint}; the next run tries again.`,
  }),
} satisfies Record<string, (request: S3Request, response: S3ErrorResponse) => S3Diagnosis>;

const otherBucket = 'Check LINODE_BUCKET too: a bucket of that name that is not yours is denied in the same way.';

/** Rights beside reading and writing, by their names: usual policies leave them out. */
const rights: Readonly<Partial<Record<S3Request['action'], string>>> = {
  'list uploads': 'list unfinished uploads (s3:ListBucketMultipartUploads)',
  'abort upload': 'abort uploads (s3:AbortMultipartUpload)',
};

const deniedHints: Readonly<Record<S3Request['action'], (bucket: string) => string>> = {
  list: (bucket) => `Give the key in LINODE_ACCESS_KEY read access to all of ${bucket}.`,
  read: (bucket) => `Give the key in LINODE_ACCESS_KEY read access to ${bucket}.`,
  write: (bucket) => `The usual cause is a read-only key: give LINODE_ACCESS_KEY read and write access to ${bucket}.`,
  copy: (bucket) => `Give the key in LINODE_ACCESS_KEY read and write access to ${bucket}.`,
  'list uploads': (bucket) =>
    `Give the key in LINODE_ACCESS_KEY the right s3:ListBucketMultipartUploads on ${bucket}, or let a lifecycle rule of the bucket abort unfinished uploads (AbortIncompleteMultipartUpload).`,
  'abort upload': (bucket) =>
    `Give the key in LINODE_ACCESS_KEY the right s3:AbortMultipartUpload on ${bucket}, or let a lifecycle rule of the bucket abort unfinished uploads (AbortIncompleteMultipartUpload).`,
  delete: (bucket) =>
    `The usual causes are a read-only key (give LINODE_ACCESS_KEY read and write access to ${bucket}) and object lock, under which nothing is deleted before its time.`,
};

function skew(aheadSeconds: number | null): string {
  if (aheadSeconds === null) return 'which is too far from its own';
  return `which is ${formatDuration(Math.abs(aheadSeconds))} ${aheadSeconds > 0 ? 'ahead of' : 'behind'} its own`;
}
