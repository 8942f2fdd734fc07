import type { Verification } from '../monitoring/history/history.ts';
import { Failure } from '../runtime/errors.ts';
import { noBar } from '../runtime/progress.ts';
import type { ObjectStore } from '../store/store.ts';
import type { AgeIdentity } from './format/encryption.ts';
import { isCorruptObject, readBack } from './format/read-back.ts';
import type { BackupFacts } from './metadata.ts';
import { verifyByRestoring } from './verify-by-restoring.ts';

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
  return verifyByRestoring(store, key, null, { identity, stagingFolder, reservedBytes: 0, signal, bar: noBar });
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

/** The stored bytes are damaged, whoever reads them. */
export function isDamaged(error: unknown): error is Failure {
  return isCorruptObject(error) || (error instanceof Failure && error.code === 'DATABASE_CORRUPT');
}

/** The object itself is to blame, rather than the way to it: damaged, or (without metadata) not to be read here at all. */
export function isCorruptBackup(error: unknown): error is Failure {
  return isDamaged(error) || (error instanceof Failure && error.code === 'ARCHIVE_IDENTITY_MISSING');
}
