import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Proof } from '../monitoring/history/history.ts';
import { Failure, systemCodeOf } from '../runtime/errors.ts';
import { noStep } from '../runtime/progress.ts';
import { checkIntegrity } from '../sqlite/integrity/integrity.ts';
import { filledUp } from '../sqlite/snapshot/disk-space.ts';
import { finishPrivateCopy, removePrivateCopy } from '../sqlite/snapshot/private-copy.ts';
import type { ObjectStore } from '../store/store.ts';
import { isBadObject, readBack } from './format/read-back.ts';
import { type Identity, plainStream } from './format/unarchive.ts';
import type { BackupFacts } from './metadata.ts';

type Options = {
  readonly identity: Identity | null;
  /** Takes the unpacked database of a backup without metadata. */
  readonly stagingFolder: string;
  readonly signal: AbortSignal;
};

/**
 * Verifies a stored backup: by the hashes in its metadata, or, for one of the old shell script, by unpacking it and an
 * integrity check. Throws as readBack and checkIntegrity do; `isBadBackup` tells that the object is to blame.
 */
export async function verifyStored(
  store: ObjectStore,
  key: string,
  facts: BackupFacts | null,
  { identity, stagingFolder, signal }: Options,
): Promise<Proof> {
  if (facts !== null) return readBackAsPossible(store, key, facts, { identity, signal });
  const file = path.join(stagingFolder, 'verify.db');
  try {
    const plain = await plainStream(await store.read(key, { signal }), key, identity, signal);
    await pipeline(plain, createWriteStream(file, { mode: 0o600 }), { signal });
    await finishPrivateCopy(file);
    await checkIntegrity(file, { signal });
    return 'proven';
  } catch (error) {
    throw systemCodeOf(error) === 'ENOSPC' ? await filledUp(stagingFolder, 0, `unpacking ${key}`, error) : error;
  } finally {
    await removePrivateCopy(file);
  }
}

/** One that is encrypted for another key than this host's is compared by its stored bytes. */
async function readBackAsPossible(
  store: ObjectStore,
  key: string,
  facts: BackupFacts,
  { identity, signal }: Pick<Options, 'identity' | 'signal'>,
): Promise<Proof> {
  try {
    return await readBack(store, key, facts, { identity, signal, bar: noStep });
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'ARCHIVE_IDENTITY_WRONG')) throw error;
    return readBack(store, key, facts, { identity: null, signal, bar: noStep });
  }
}

/** The object itself is to blame, rather than the way to it: damaged, or (without metadata) not to be read here at all. */
export function isBadBackup(error: unknown): error is Failure {
  return (
    isBadObject(error) ||
    (error instanceof Failure && ['DATABASE_CORRUPT', 'ARCHIVE_IDENTITY_MISSING'].includes(error.code))
  );
}
