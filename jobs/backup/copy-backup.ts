import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeFailure } from '../archives/format/archive.ts';
import { requireStagingSpace } from '../archives/memory/staging-room.ts';
import { Failure } from '../runtime/errors.ts';
import { createHashMeter, hashStream, throughMeter } from '../runtime/hash.ts';
import { checkedMetadata } from '../store/keys.ts';
import { objectMissingFailure } from '../store/missing.ts';
import { isRefusal } from '../store/refusal.ts';
import type { ObjectMetadata, ObjectStore } from '../store/store.ts';

type CopyOptions = {
  /** Where the object is kept on its way when the store cannot copy; made when it is not there. */
  readonly stagingFolder: string;
  readonly signal: AbortSignal;
};

/**
 * Makes `to` a copy of `from`, with its metadata or with `metadata`: on the server, or where the server refuses to copy,
 * by a download and an upload that is read back. Returns null after a copy, else why it was refused. Throws OBJECT_MISSING,
 * DISK_FULL, STAGING_UNWRITABLE, READ_BACK_DIFFERS (nothing stays at `to`) and STORE_ failures.
 */
export async function copyOrUpload(
  store: ObjectStore,
  from: string,
  to: string,
  metadata: ObjectMetadata | undefined,
  options: CopyOptions,
): Promise<Failure | null> {
  try {
    await store.copy(from, to, metadata, options.signal);
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await copyThroughStaging(store, from, to, metadata, options);
    return error;
  }
}

async function copyThroughStaging(
  store: ObjectStore,
  from: string,
  to: string,
  metadata: ObjectMetadata | undefined,
  { stagingFolder, signal }: CopyOptions,
): Promise<void> {
  const source = await store.head(from, signal);
  if (source === null) throw objectMissingFailure(from, store.name);
  await mkdir(stagingFolder, { recursive: true });
  await requireStagingSpace(stagingFolder, source.bytes, `the copy of ${from}`);
  const file = path.join(stagingFolder, 'copy');
  try {
    const downloaded = await download(store, from, file, signal);
    if ((await store.head(from, signal))?.etag !== source.etag) throw replaced(from);
    await store.put(to, file, metadata ?? writable(source.metadata), { signal });
    if ((await hashStream(await store.read(to, { signal }))) !== downloaded) {
      await store.remove(to, signal);
      throw differs(from, to);
    }
  } finally {
    await rm(file, { force: true });
  }
}

/** The sha256 of what was downloaded. */
async function download(store: ObjectStore, from: string, file: string, signal: AbortSignal): Promise<string> {
  const meter = createHashMeter();
  const stored = await store.read(from, { signal });
  try {
    await pipeline(throughMeter(stored, meter), createWriteStream(file, { mode: 0o600 }), { signal });
  } catch (error) {
    throw writeFailure(error, file);
  } finally {
    stored.destroy();
  }
  return meter.sha256();
}

/** Metadata of another tool may have what our headers cannot; the facts that nightshift reads always fit. */
function writable(metadata: ObjectMetadata): ObjectMetadata {
  const fits = ([name, value]: [string, string]) => {
    try {
      return checkedMetadata({ [name]: value }) !== null;
    } catch {
      return false;
    }
  };
  return Object.fromEntries(Object.entries(metadata).filter(fits));
}

function replaced(key: string): Failure {
  return new Failure(
    'STORE_FAILED',
    `${key} was replaced while it was copied.`,
    'Run it again; if it persists, find what else writes into this store.',
  );
}

function differs(from: string, to: string): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `${to} does not read back as ${from} was read; it was removed.`,
    'The next run copies it again; if it persists, suspect the network, the memory of this host or the store.',
  );
}
