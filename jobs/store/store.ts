import type { Readable } from 'node:stream';
import type { Clock } from '../runtime/clock.ts';

/** Small text facts kept with an object, as checkedMetadata allows; on S3 they are `x-amz-meta-*`. */
export type Metadata = Readonly<Record<string, string>>;

export type ListedObject = {
  /** Full key, `sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz`. */
  readonly key: string;
  readonly bytes: number;
  readonly modified: Temporal.Instant;
};

export type StoredObject = ListedObject & {
  readonly metadata: Metadata;
  /** Changes whenever the stored bytes are written anew. Opaque. */
  readonly etag: string;
};

export type Transfer = {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes sent or received so far; may go back to 0 when an attempt starts over. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
};

/**
 * Where backups lie. One contract for every kind (test/store/contract.ts); no policy lives behind it.
 * Every method throws `Failure` with a STORE_ code (INTERRUPTED when aborted, ARGUMENT_INVALID for what checkedKey
 * refuses) and takes back what it began. A write whose answer was lost may still have happened, then whole.
 */
export type ObjectStore = {
  /** For people: `s3://bucket at https://…` or `file:///folder`. */
  readonly name: string;
  /**
   * Every object whose key starts with `prefix`, in key order, whatever the key: other tools may have laid down what
   * checkedKey refuses. Throws STORE_LISTING_BROKEN, STORE_NAME_UNREADABLE rather than leave one out.
   */
  list(prefix: string, signal?: AbortSignal): Promise<ListedObject[]>;
  /** The object with its metadata, or null when there is none. */
  head(key: string, signal?: AbortSignal): Promise<StoredObject | null>;
  /** Stores a whole file, replacing what was there. Readers see the old or the new object, never a part. */
  put(key: string, file: string, metadata: Metadata, transfer?: Transfer): Promise<void>;
  /** The object's bytes, from the first. Throws OBJECT_MISSING. A stream that breaks ends with a `Failure`. */
  read(key: string, transfer?: Transfer): Promise<Readable>;
  /** Server-side copy, bytes untouched. Without `metadata` the source's is kept; `to` may equal `from` to change it. */
  copy(from: string, to: string, metadata?: Metadata, signal?: AbortSignal): Promise<void>;
  /** Removes one object; one that is not there is no error. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Gives up unfinished uploads of keys that `isStale` names, and returns those keys. */
  sweepUploads(prefix: string, isStale: (upload: UnfinishedUpload) => boolean, signal?: AbortSignal): Promise<string[]>;
  /** Seconds the store's clock is ahead of `clock` (negative: behind), or null when it has none of its own. */
  clockSkewSeconds(clock: Clock, signal?: AbortSignal): Promise<number | null>;
  /** The time by the store's own clock, as its last answer told it; `clock`'s while it has not answered, or has none. */
  now(clock: Clock): Temporal.Instant;
  /** Closes connections; the store is not used afterwards. */
  close(): void;
};

export type UnfinishedUpload = { readonly key: string; readonly started: Temporal.Instant };
