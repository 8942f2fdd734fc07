import type { Readable } from 'node:stream';
import type { Clock } from '../runtime/clock.ts';

/** Small text facts kept with an object, as checkedMetadata allows; on S3 they are `x-amz-meta-*`. */
export type ObjectMetadata = Readonly<Record<string, string>>;

export type ListedObject = {
  /** Full key, `sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz`. */
  readonly key: string;
  readonly bytes: number;
  /** When it was stored. In a folder the file's own time, or the one it was stored with where its bytes prove that. */
  readonly modified: Temporal.Instant;
};

export type StoredObject = ListedObject & {
  readonly metadata: ObjectMetadata;
  /** Its bytes are not those that were stored with the metadata beside it, so it has none. Only a folder can tell. */
  readonly changed?: true;
  /** Changes whenever the stored bytes are written again. Opaque. */
  readonly etag: string;
};

export type TransferOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes sent or received so far; may go back to 0 when an attempt starts over. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
};

/**
 * Where backups are stored. One contract for every kind (test/store/contract.ts), which holds no policy.
 * Every method throws `Failure` with a STORE_ code (INTERRUPTED when aborted, ARGUMENT_INVALID for what checkedKey
 * refuses) and undoes what it began. A write whose response was lost may still have happened, then whole.
 */
export type ObjectStore = {
  /** For people: `s3://bucket at https://…` or `file:///folder`. */
  readonly name: string;
  /**
   * Every object whose key starts with `prefix`, in key order, whatever the key: other tools may have stored what
   * checkedKey refuses. Throws STORE_LISTING_BROKEN, STORE_NAME_UNREADABLE rather than leave one out.
   */
  list(prefix: string, signal?: AbortSignal): Promise<ListedObject[]>;
  /** The object with its metadata, or null when there is none. */
  head(key: string, signal?: AbortSignal): Promise<StoredObject | null>;
  /** Stores a whole file, replacing what was there. Readers see the old or the new object, never a part. */
  put(key: string, file: string, metadata: ObjectMetadata, transfer?: TransferOptions): Promise<void>;
  /** The object's bytes, from the first. Throws OBJECT_MISSING. A stream that breaks ends with a `Failure`. */
  read(key: string, transfer?: TransferOptions): Promise<Readable>;
  /** Server-side copy, bytes untouched. Without `metadata` the source's is kept; `to` may equal `from` to change it. */
  copy(from: string, to: string, metadata?: ObjectMetadata, signal?: AbortSignal): Promise<void>;
  /** Removes one object; one that is not there is no error. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Aborts unfinished uploads that `isStale` accepts, and returns their keys. */
  abortUploads(prefix: string, isStale: (upload: UnfinishedUpload) => boolean, signal?: AbortSignal): Promise<string[]>;
  /** Seconds the store's clock is ahead of `clock` (negative: behind), or null when it has none of its own. */
  clockSkewSeconds(clock: Clock, signal?: AbortSignal): Promise<number | null>;
  /** The time by the store's own clock, by its last response; `clock`'s before the first, or when it has none. */
  now(clock: Clock): Temporal.Instant;
  /** Closes connections; the store is not used afterwards. */
  close(): void;
};

export type UnfinishedUpload = { readonly key: string; readonly started: Temporal.Instant };
