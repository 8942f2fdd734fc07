import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Verification } from '../monitoring/history/history.ts';
import { Failure, systemCodeOf } from '../runtime/errors.ts';
import { noBar } from '../runtime/progress.ts';
import { checkIntegrity } from '../sqlite/integrity/integrity.ts';
import { diskFilledFailure } from '../sqlite/snapshot/disk-space.ts';
import { finishPrivateCopy, removePrivateCopy } from '../sqlite/snapshot/private-copy.ts';
import type { ObjectStore } from '../store/store.ts';
import type { AgeIdentity } from './format/encryption.ts';
import { isCorruptObject, readBack } from './format/read-back.ts';
import { plainStream } from './format/unarchive.ts';
import type { BackupFacts } from './metadata.ts';

type VerifyOptions = {
  readonly identity: AgeIdentity | null;
  /** Takes the unpacked database of a backup without metadata. */
  readonly stagingFolder: string;
  readonly signal: AbortSignal;
};

/**
 * Verifies a stored backup: by the hashes in its metadata, or, for one of the old shell script, by unpacking it and an
 * integrity check. Throws as readBack and checkIntegrity do; `isCorruptBackup` says whether the object is to blame.
 */
export async function verifyStoredBackup(
  store: ObjectStore,
  key: string,
  facts: BackupFacts | null,
  { identity, stagingFolder, signal }: VerifyOptions,
): Promise<Verification> {
  if (facts !== null) return readBackAsPossible(store, key, facts, { identity, signal });
  const file = path.join(stagingFolder, 'verify.db');
  try {
    const plain = await plainStream(await store.read(key, { signal }), key, identity, signal);
    await pipeline(plain, createWriteStream(file, { mode: 0o600 }), { signal });
    await finishPrivateCopy(file);
    await checkIntegrity(file, { name: `the database in ${key}`, signal });
    return 'verified';
  } catch (error) {
    throw systemCodeOf(error) === 'ENOSPC'
      ? await diskFilledFailure(stagingFolder, 0, `unpacking ${key}`, error)
      : error;
  } finally {
    await removePrivateCopy(file);
  }
}

/** One that is encrypted for another key than this host's is compared by its stored bytes. */
async function readBackAsPossible(
  store: ObjectStore,
  key: string,
  facts: BackupFacts,
  { identity, signal }: Pick<VerifyOptions, 'identity' | 'signal'>,
): Promise<Verification> {
  try {
    return await readBack(store, key, facts, { identity, signal, bar: noBar });
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'ARCHIVE_IDENTITY_WRONG')) throw error;
    return readBack(store, key, facts, { identity: null, signal, bar: noBar });
  }
}

/** The object itself is to blame, rather than the way to it: damaged, or (without metadata) not to be read here at all. */
export function isCorruptBackup(error: unknown): error is Failure {
  return (
    isCorruptObject(error) ||
    (error instanceof Failure && ['DATABASE_CORRUPT', 'ARCHIVE_IDENTITY_MISSING'].includes(error.code))
  );
}
