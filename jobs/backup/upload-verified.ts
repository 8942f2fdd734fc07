import type { ArchiveFile } from '../archives/format/archive.ts';
import type { AgeIdentity } from '../archives/format/encryption.ts';
import { isCorruptObject, readBack } from '../archives/format/read-back.ts';
import type { KnownDaily } from '../archives/inventory.ts';
import { type BackupFacts, metadataOf } from '../archives/metadata.ts';
import type { SnapshotFacts } from '../archives/snapshot-facts.ts';
import type { History, Verification } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { asFailure, type Failure } from '../runtime/errors.ts';
import { formatBytes } from '../runtime/format.ts';
import { failureText, type Log } from '../runtime/log.ts';
import { mayExist } from '../store/missing.ts';
import type { ObjectStore } from '../store/store.ts';
import type { Compressor } from './compressor.ts';
import { explainCopyFailure } from './copy-failure.ts';
import type { PreparedBackup } from './prepare.ts';
import type { RunStep } from './steps.ts';

type UploadDeps = {
  readonly key: string;
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly runId: number;
  readonly identity: AgeIdentity | null;
  readonly step: RunStep;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export type UploadedBackup = {
  readonly verification: Verification;
  readonly facts: BackupFacts;
  readonly bytes: number;
  /** What was uploaded; null after a copy. */
  readonly archive: ArchiveFile | null;
  /** The older object that an unchanged database was to be copied from does not read back. */
  readonly damaged: Failure | null;
};

const removeTimeoutMs = 5000;

/**
 * Stores a prepared snapshot and reads it back: an upload, or a server-side copy of the same backup in the store. A copy
 * that the server refuses, or that does not read back, is replaced by an upload; an archive that does not read back and has
 * blocks of the last one, by one without. When it fails, nothing stays under the key, or a warning says that something may.
 */
export async function uploadVerified(
  prepared: PreparedBackup,
  snapshotFacts: SnapshotFacts,
  compressor: Compressor,
  deps: UploadDeps,
): Promise<UploadedBackup> {
  const { step, log, history, signal } = deps;
  const factsOf = (archiveSha256: string): BackupFacts => ({ ...snapshotFacts, archiveSha256 });
  const upload = async (archive: ArchiveFile, damaged: Failure | null): Promise<UploadedBackup> => {
    const facts = factsOf(archive.sha256);
    try {
      const verification = await uploadArchive(archive, facts, deps);
      return { verification, facts, bytes: archive.bytes, archive, damaged };
    } catch (error) {
      if (!isCorruptObject(error) || (archive.reused?.bytes ?? 0) === 0) throw error;
      log.warn(`${error.message} It had blocks of the last archive: once more without that, all is compressed again.`);
      return upload(await compressAgain(compressor.compressAfresh), damaged);
    }
  };
  const compressAgain = (compress: Compressor['compress']) =>
    step('compress', (startBar) => compress(startBar(snapshotFacts.snapshotBytes), signal));
  if (prepared.sameAs === null) return upload(prepared.archive, null);
  const { sameAs } = prepared;
  try {
    const facts = factsOf(sameAs.facts.archiveSha256);
    const verification = await copyOnServer(sameAs, facts, deps);
    return { verification, facts, bytes: sameAs.bytes, archive: null, damaged: null };
  } catch (error) {
    const why = await explainCopyFailure(error, sameAs, deps);
    if (why.damaged === null) log.line(`no copy on the server, the backup is compressed and uploaded: ${why.reason}`);
    // What was verified is no longer what is there.
    else history.forgetKey(sameAs.key);
    return upload(await compressAgain(compressor.compress), why.damaged);
  }
}

function uploadArchive(archive: ArchiveFile, facts: BackupFacts, deps: UploadDeps): Promise<Verification> {
  const { key, store, step, signal } = deps;
  return removeUnlessVerified(facts, archive.bytes, deps, () =>
    step(
      'upload',
      (startBar) => {
        const { advanceTo } = startBar(archive.bytes);
        return store.put(key, archive.file, metadataOf(facts), { signal, onProgress: advanceTo });
      },
      () => `${formatBytes(archive.bytes)} to ${key}`,
    ),
  );
}

function copyOnServer(same: KnownDaily, facts: BackupFacts, deps: UploadDeps): Promise<Verification> {
  const { key, store, step, signal } = deps;
  return removeUnlessVerified(facts, same.bytes, deps, () =>
    step(
      'copy',
      () => store.copy(same.key, key, metadataOf(facts), signal),
      () => `${same.key} to ${key} on the server`,
    ),
  );
}

/**
 * Records the key in the history before `put` stores anything there, and forgets an object of that name that somebody removed;
 * removes the object again when it is not verified.
 */
async function removeUnlessVerified(
  facts: BackupFacts,
  bytes: number,
  deps: UploadDeps,
  put: () => Promise<void>,
): Promise<Verification> {
  const { key, store, history, clock, runId, identity, step, signal } = deps;
  history.forgetKey(key);
  history.updateRun(runId, {
    key,
    snapshotBytes: facts.snapshotBytes,
    archiveBytes: bytes,
    rows: facts.rows,
    suspect: facts.suspect,
  });
  try {
    await put();
    const verification = await step(
      'read back',
      (startBar) => readBack(store, key, facts, { identity, signal, bar: startBar(bytes) }),
      (verification) =>
        verification === 'verified' ? 'equal to the checked snapshot' : 'equal to what was sent (no identity here)',
    );
    history.recordVerification(key, verification, clock.now());
    return verification;
  } catch (error) {
    await removeUnverified(deps);
    throw error;
  }
}

/** Where removing fails and the object is there, its key stays in the history and the next run verifies or removes it. */
async function removeUnverified({ key, store, history, log }: UploadDeps): Promise<void> {
  const limit = AbortSignal.timeout(removeTimeoutMs);
  try {
    await store.remove(key, limit);
    history.forgetKey(key);
  } catch (error) {
    if (!(await mayExist(store, key, limit))) return history.forgetKey(key);
    log.warn(
      `${key} was not verified and may still be in the store, because it could not be removed; the next run reads it back, and keeps or removes it. ${failureText(asFailure(error))}`,
    );
  }
}
