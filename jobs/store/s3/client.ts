import type { Agent as HttpsAgent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { proxyAgent } from '../../runtime/proxy.ts';
import type { StoreLocation } from '../../settings/store-location.ts';
import { type RetryOptions, withRetries } from './retry.ts';

export type S3Location = Extract<StoreLocation, { kind: 's3' }>;

const mebibyte = 1024 * 1024;
/** A smaller difference may be the time that the response took. */
const ignoredSeconds = 5;

/** Sizes in bytes, times in milliseconds. S3 itself allows parts from 5 MiB, whole puts and copies up to 5 GiB. */
export type S3Limits = RetryOptions & {
  /** A file above this goes up in parts; `partBytes` grows where 10,000 would not do. */
  readonly wholeBytes: number;
  readonly partBytes: number;
  readonly wholeCopyBytes: number;
  readonly copyPartBytes: number;
  readonly concurrentParts: number;
  /** Entries of one page of a listing; 1000 is the most S3 gives. */
  readonly pageEntries: number;
  /** A connection on which nothing moves for so long has failed. */
  readonly idleMs: number;
  /** Only to say how far off the clock is when the server refuses it. */
  readonly clock: Clock;
};

export const defaultLimits: S3Limits = {
  wholeBytes: 64 * mebibyte,
  partBytes: 16 * mebibyte,
  wholeCopyBytes: 5 * 1024 * mebibyte,
  copyPartBytes: 512 * mebibyte,
  concurrentParts: 4,
  pageEntries: 1000,
  idleMs: 60_000,
  retries: 4,
  firstWaitMs: 500,
  clock: systemClock,
};

/** One bucket and the client for it. */
export type S3Bucket = {
  readonly client: S3Client;
  readonly name: string;
  readonly limits: S3Limits;
  /** Whole seconds that our clock was behind the server's at its last response; negative: ahead. 0 before any. */
  clockSecondsBehind(): number;
  /** Runs a request again while it fails for a transient reason. */
  attempt<T>(request: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
};

export function openBucket(location: S3Location, limits: S3Limits): S3Bucket {
  const agent = proxyAgent(new URL(location.endpoint), { keepAlive: true, maxSockets: 50 });
  const client = new S3Client({
    endpoint: location.endpoint,
    region: location.region,
    credentials: { accessKeyId: location.accessKey, secretAccessKey: location.secretKey },
    // Every S3 server understands it, also one without a wildcard certificate or under an IP address.
    forcePathStyle: true,
    // The SDK's own checksums make Ceph respond with 411 to a stream; what is stored is read back anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK cannot send a stream again, so retrying is done in one place for all requests.
    maxAttempts: 1,
    // Else only the first request would fail when the clock is wrong, and backups get wrong dates unnoticed.
    disableClockSkewCorrection: true,
    // Given, so that the SDK does not print its own warning to the console for a stream it cannot send again.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: limits.idleMs,
      throwOnRequestTimeout: true,
      ...(agent && { httpAgent: agent, httpsAgent: agent as HttpsAgent }),
    },
  });
  let behind = 0;
  client.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const theirs = Date.parse(dateOf(result.response));
      if (!Number.isNaN(theirs)) behind = secondsBetween(limits.clock.now().epochMilliseconds, theirs);
      return result;
    },
    { step: 'deserialize', name: 'readServerClock', priority: 'high' },
  );
  return {
    client,
    name: location.bucket,
    limits,
    clockSecondsBehind: () => behind,
    attempt: (request, signal) => withRetries(request, limits, signal),
  };
}

/** The Date header of a response; it has whole seconds, and the response was on its way for a while. */
function dateOf(response: unknown): string {
  const { headers } = (response ?? {}) as { headers?: Readonly<Record<string, string>> };
  return headers?.['date'] ?? '';
}

function secondsBetween(ours: number, theirs: number): number {
  const seconds = Math.round((theirs - ours) / 1000);
  return Math.abs(seconds) <= ignoredSeconds ? 0 : seconds;
}
