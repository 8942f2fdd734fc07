import type { Archive } from '../archives/format/archive.ts';
import { readBack } from '../archives/format/read-back.ts';
import type { Identity } from '../archives/format/unarchive.ts';
import type { KnownDaily } from '../archives/inventory.ts';
import { type BackupFacts, metadataOf } from '../archives/metadata.ts';
import type { SnapshotFacts } from '../archives/snapshot-facts.ts';
import type { History, Proof } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { asFailure, type Failure } from '../runtime/errors.ts';
import { formatBytes } from '../runtime/format.ts';
import { failureText, type Log } from '../runtime/log.ts';
import type { Step } from '../runtime/progress.ts';
import { mayBeThere } from '../store/missing.ts';
import type { ObjectStore } from '../store/store.ts';
import { whyNotCopied } from './copy-failure.ts';
import type { Prepared } from './prepare.ts';
import type { RunStep } from './steps.ts';

type Target = {
  readonly key: string;
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly runId: number;
  readonly identity: Identity | null;
  readonly step: RunStep;
  readonly log: Log;
  readonly signal: AbortSignal;
};

export type Stored = {
  readonly proof: Proof;
  readonly facts: BackupFacts;
  readonly bytes: number;
  /** The older object an unchanged night was to be copied from does not read back. */
  readonly damaged: Failure | null;
};

const takeBackMs = 5000;

/**
 * Stores a prepared snapshot and reads it back: an upload, or a server-side copy of the same backup in the store. A copy
 * that the server refuses, or that does not read back, is replaced by an upload. When it fails, nothing stays under the
 * key, or it is said that something may.
 */
export async function storeProven(
  prepared: Prepared,
  snapshotFacts: SnapshotFacts,
  compress: (bar: Step, signal: AbortSignal) => Promise<Archive>,
  target: Target,
): Promise<Stored> {
  const { step, log, signal } = target;
  const factsOf = (archiveSha256: string): BackupFacts => ({ ...snapshotFacts, archiveSha256 });
  const upload = async (archive: Archive, damaged: Failure | null): Promise<Stored> => {
    const facts = factsOf(archive.sha256);
    return { proof: await uploadProven(archive, facts, target), facts, bytes: archive.bytes, damaged };
  };
  if (prepared.sameAs === null) return upload(prepared.archive, null);
  const { sameAs } = prepared;
  try {
    const facts = factsOf(sameAs.facts.archiveSha256);
    return { proof: await copyProven(sameAs, facts, target), facts, bytes: sameAs.bytes, damaged: null };
  } catch (error) {
    const why = await whyNotCopied(error, sameAs, target);
    if (why.damaged === null) log.line(`no copy on the server, the backup is compressed and uploaded: ${why.said}`);
    const archive = await step('compress', (bar) => compress(bar(snapshotFacts.snapshotBytes), signal));
    return upload(archive, why.damaged);
  }
}

function uploadProven(archive: Archive, facts: BackupFacts, target: Target): Promise<Proof> {
  const { key, store, step, signal } = target;
  return takingBack(facts, archive.bytes, target, () =>
    step(
      'upload',
      (bar) => {
        const { advanceTo } = bar(archive.bytes);
        return store.put(key, archive.file, metadataOf(facts), { signal, onProgress: advanceTo });
      },
      () => `${formatBytes(archive.bytes)} to ${key}`,
    ),
  );
}

function copyProven(same: KnownDaily, facts: BackupFacts, target: Target): Promise<Proof> {
  const { key, store, step, signal } = target;
  return takingBack(facts, same.bytes, target, () =>
    step(
      'copy',
      () => store.copy(same.key, key, metadataOf(facts), signal),
      () => `${same.key} to ${key} on the server`,
    ),
  );
}

/**
 * Notes the key in the history before `put` lays anything there, and forgets an object of that name that somebody removed;
 * removes the object again when it is not proven.
 */
async function takingBack(facts: BackupFacts, bytes: number, target: Target, put: () => Promise<void>): Promise<Proof> {
  const { key, store, history, clock, runId, identity, step, signal } = target;
  history.forgetKey(key);
  history.note(runId, {
    key,
    snapshotBytes: facts.snapshotBytes,
    archiveBytes: bytes,
    rows: facts.rows,
    suspect: facts.suspect,
  });
  try {
    await put();
    const proof = await step(
      'read back',
      (bar) => readBack(store, key, facts, { identity, signal, bar: bar(bytes) }),
      (proof) => (proof === 'proven' ? 'equal to the checked snapshot' : 'equal to what was sent (no identity here)'),
    );
    history.prove(key, proof, clock.now());
    return proof;
  } catch (error) {
    await takeBack(target);
    throw error;
  }
}

/** Where removing fails and the object is there, its key stays in the history and the next run settles it. */
async function takeBack({ key, store, history, log }: Target): Promise<void> {
  const limit = AbortSignal.timeout(takeBackMs);
  try {
    await store.remove(key, limit);
    history.forgetKey(key);
  } catch (error) {
    if (!(await mayBeThere(store, key, limit))) return history.forgetKey(key);
    log.warn(
      `${key} was not proven and may still be in the store, for it could not be removed; the next run reads it back, and keeps or removes it. ${failureText(asFailure(error))}`,
    );
  }
}
