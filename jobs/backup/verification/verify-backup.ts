import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AgeIdentity } from '../../archives/format/encryption.ts';
import type { BackupFacts } from '../../archives/metadata.ts';
import { verifyByRestoring } from '../../archives/verify-by-restoring.ts';
import { isDamaged } from '../../archives/verify-stored.ts';
import type { History, Verification } from '../../monitoring/history/history.ts';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure, Failure } from '../../runtime/errors.ts';
import type { Progress } from '../../runtime/progress.ts';
import type { ObjectStore } from '../../store/store.ts';
import { removeLeftFolders } from '../left-folders.ts';

const folderStem = 'verify.nightshift-';

/** Where a backup is restored to, below STAGING_DIR; `id` makes it unique. */
export function verificationFolder(stagingDir: string, id: string): string {
  return path.join(stagingDir, `${folderStem}${id}`);
}

export type VerificationDeps = {
  readonly store: ObjectStore;
  readonly history: Pick<History, 'recordVerification' | 'recordDamage'>;
  readonly clock: Clock;
  readonly identity: AgeIdentity | null;
  /** A folder of its own for each, by `verificationFolder`; made, and removed at the end. */
  readonly stagingFolder: string;
  /** Bytes of its disk that are to stay free. */
  readonly reservedBytes: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
};

type BackupToVerify = {
  readonly key: string;
  readonly bytes: number;
  readonly facts: BackupFacts | null;
  readonly database: string | null;
  /** The store can tell that its bytes are not those that were stored. */
  readonly isChanged: boolean;
};

/** How the verification of one backup ended. `damaged`: its bytes are to blame, else the way to them. */
export type VerificationOutcome =
  /** `isCompared`: there were facts with it, which say what was stored. */
  | { readonly kind: 'good'; readonly verification: Verification; readonly isCompared: boolean }
  | { readonly kind: 'damaged' | 'not verified'; readonly failure: Failure };

/** Restores a stored backup into the staging folder, checks it there, and records what came of it. Throws INTERRUPTED. */
export async function verifyBackup(
  { key, bytes, facts, database, isChanged }: BackupToVerify,
  { store, history, clock, identity, stagingFolder, reservedBytes, progress, signal }: VerificationDeps,
): Promise<VerificationOutcome> {
  const bar = progress.start('verify', bytes);
  try {
    await removeLeftFolders(path.dirname(stagingFolder), folderStem, clock.now());
    await mkdir(stagingFolder, { recursive: true });
    const verification = await verifyByRestoring(store, key, facts, {
      identity,
      stagingFolder,
      reservedBytes,
      signal,
      bar,
    });
    if (isChanged) throw replacedFailure(key);
    history.recordVerification(key, verification, clock.now());
    return { kind: 'good', verification, isCompared: facts !== null };
  } catch (error) {
    signal.throwIfAborted();
    const failure = asFailure(error);
    if (!isDamaged(error)) return { kind: 'not verified', failure };
    history.recordDamage(database ?? '', { key, message: failure.message }, clock.now());
    return { kind: 'damaged', failure };
  } finally {
    bar.stop();
    await rm(stagingFolder, { recursive: true, force: true });
  }
}

function replacedFailure(key: string): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `${key} is a whole backup, but not the bytes that were stored.`,
    'Do not rely on what its name says. Remove it from the store, or bring back an older version of it.',
  );
}

/** What was found, for people. */
export function verificationText({ verification, isCompared }: VerificationOutcome & { kind: 'good' }): string {
  if (!isCompared)
    return 'restored, and its integrity is sound; nothing is kept with it, so whether it is what was stored was not compared';
  return verification === 'verified'
    ? 'verified: restored, and its integrity is sound'
    : 'checksum only: it is encrypted, no key here opens it, and its stored bytes are those that were stored';
}
