import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Verification } from '../monitoring/history/history.ts';
import { Failure, systemCodeOf } from '../runtime/errors.ts';
import { createHashMeter, throughMeter } from '../runtime/hash.ts';
import type { ProgressBar } from '../runtime/progress.ts';
import { checkIntegrity } from '../sqlite/integrity/integrity.ts';
import { diskFilledFailure } from '../sqlite/snapshot/disk-space.ts';
import { finishPrivateCopy, removePrivateCopy } from '../sqlite/snapshot/private-copy.ts';
import type { ObjectStore } from '../store/store.ts';
import type { AgeIdentity } from './format/encryption.ts';
import { readBack } from './format/read-back.ts';
import { plainStream } from './format/unarchive.ts';
import { requireStagingSpace } from './memory/staging-room.ts';
import type { BackupFacts } from './metadata.ts';

type RestoringDeps = {
  readonly identity: AgeIdentity | null;
  /** Takes the unpacked database; must be there. */
  readonly stagingFolder: string;
  /** Bytes of its disk that are to stay free. */
  readonly reservedBytes: number;
  readonly signal: AbortSignal;
  /** Shows how many bytes of the object are read. */
  readonly bar: ProgressBar;
};

/**
 * Verifies a stored backup by restoring it: the whole database is unpacked, compared with the hash in its metadata where it has
 * some, and its integrity checked. One that this host cannot decrypt is compared by its stored bytes: `checksum-only`. Throws as
 * readBack and checkIntegrity do, DISK_FULL, and ARCHIVE_IDENTITY_ failures where there is nothing to compare with.
 */
export async function verifyByRestoring(
  store: ObjectStore,
  key: string,
  facts: BackupFacts | null,
  deps: RestoringDeps,
): Promise<Verification> {
  try {
    await restoreAndCheck(store, key, facts, deps);
    return 'verified';
  } catch (error) {
    const cannotDecrypt =
      error instanceof Failure && ['ARCHIVE_IDENTITY_MISSING', 'ARCHIVE_IDENTITY_WRONG'].includes(error.code);
    if (!cannotDecrypt || facts === null) throw error;
    return readBack(store, key, facts, { ...deps, identity: null });
  }
}

async function restoreAndCheck(
  store: ObjectStore,
  key: string,
  facts: BackupFacts | null,
  { identity, stagingFolder, reservedBytes, signal, bar }: RestoringDeps,
): Promise<void> {
  const file = path.join(stagingFolder, 'verify.db');
  const meter = createHashMeter();
  try {
    const beside = reservedBytes === 0 ? '' : ', beside a backup that may run meanwhile,';
    const bytes = (facts?.snapshotBytes ?? 0) + reservedBytes;
    await requireStagingSpace(stagingFolder, bytes, `the database in ${key}${beside}`);
    const stored = await store.read(key, { signal, onProgress: (bytes) => bar.advanceTo(bytes) });
    const plain = await plainStream(stored, key, identity, signal);
    await pipeline(throughMeter(plain, meter), createWriteStream(file, { mode: 0o600 }), { signal });
    if (facts !== null && meter.sha256() !== facts.snapshotSha256) throw differs(key, meter.sha256(), facts);
    await finishPrivateCopy(file);
    await checkIntegrity(file, { name: `the database in ${key}`, signal });
  } catch (error) {
    throw systemCodeOf(error) === 'ENOSPC'
      ? await diskFilledFailure(stagingFolder, meter.bytes, `unpacking ${key}`, error)
      : error;
  } finally {
    await removePrivateCopy(file);
  }
}

function differs(key: string, found: string, { snapshotSha256 }: BackupFacts): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `${key} does not read back as it was written: sha256 of the database is ${found}, expected ${snapshotSha256}.`,
    'Do not rely on it. The bucket may keep an older, whole version of the object.',
  );
}
