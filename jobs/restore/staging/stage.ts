import { existsSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BackupDetails } from '../../archives/backup-details.ts';
import type { AgeIdentity } from '../../archives/format/encryption.ts';
import type { BackupFacts } from '../../archives/metadata.ts';
import { Failure } from '../../runtime/errors.ts';
import { durationSince } from '../../runtime/format.ts';
import { listFindings } from '../../sqlite/integrity/findings.ts';
import { checkIntegrity } from '../../sqlite/integrity/integrity.ts';
import type { ObjectStore } from '../../store/store.ts';
import { fileIdentity, removeDatabaseFiles } from '../files/database-files.ts';
import { syncFolderOf } from '../files/durable-writes.ts';
import { copyExtendedAttributes } from '../files/extended-attributes.ts';
import { setFileOwner } from '../files/file-owner.ts';
import { fileState } from '../files/file-state.ts';
import { type JournalMode, journalModeOf, setJournalMode } from '../files/journal-mode.ts';
import { sidecars } from '../files/names.ts';
import type { FileOwner } from '../options/restore-options.ts';
import { partPath } from './preflight.ts';
import { readFingerprint } from './read-fingerprint.ts';
import type { StageDeps } from './stage-deps.ts';
import { unpack } from './unpack.ts';
import {
  fingerprintOfContents,
  fingerprintOfFacts,
  integrityText,
  type StagedFile,
  type VerifiedContents,
} from './verified-file.ts';

/** Owner and mode of what is staged. */
export type TargetOwner = FileOwner & {
  /** File whose ACL and extended attributes it gets, as far as that can be done; null: none. */
  readonly attributesOf: string | null;
};

export type StageTarget = {
  /** Where the verified file lies in the end, in the folder of the database. */
  readonly file: string;
  readonly owner: TargetOwner;
  /** Null: as the backup itself says. */
  readonly journalMode: JournalMode | null;
};

type BackupToStage = {
  readonly key: string;
  readonly bytes: number;
  readonly facts: BackupFacts | null;
  /** With the findings of its integrity check, when it has some. */
  readonly details: BackupDetails | null;
};

/**
 * Downloads a backup into its place and verifies it: by the hash in its metadata, which is that of a snapshot that passed
 * the integrity check, or else by an integrity check. Throws BACKUP_WRONG, ARCHIVE_, STORE_ failures, DISK_FULL; nothing
 * is left then.
 */
export async function stageBackup(
  backup: BackupToStage,
  store: ObjectStore,
  identity: AgeIdentity | null,
  place: StageTarget,
  deps: StageDeps,
): Promise<StagedFile> {
  const part = partPath(place.file);
  return cleanUpOnFailure(place.file, async () => {
    const sha256 = await unpack(backup, store, identity, part, deps);
    const { facts, details, key } = backup;
    if (facts !== null && facts.snapshotSha256 !== sha256) throw hashDiffers(key, facts.snapshotSha256, sha256);
    const verified =
      facts !== null
        ? await verifyByHash(part, facts, details?.findings ?? [], deps)
        : await verifyByIntegrityCheck(part, key, deps);
    return finishStaging(part, place, verified, deps);
  });
}

/** Runs `work`; when it fails, removes everything under the staged name. */
export async function cleanUpOnFailure<T>(staged: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    removeDatabaseFiles(partPath(staged));
    removeDatabaseFiles(staged);
    throw error;
  }
}

/**
 * What the metadata says of the file whose hash it knows. The file itself is counted when not all tables fit into the metadata,
 * and when it says of no row: whether tables were left out as uncountable, it does not say.
 */
async function verifyByHash(
  part: string,
  facts: BackupFacts,
  findings: readonly string[],
  { clock, log, signal }: StageDeps,
): Promise<VerifiedContents> {
  const checked = facts.findings === 0 ? 'that passed its integrity check' : 'whose integrity check found no damage';
  log.line(`sha256 ${facts.snapshotSha256.slice(0, 12)}… is that of the snapshot ${checked}`);
  const verifiedBy = `sha256 is that of the snapshot ${checked}`;
  const listed = listFindings(findings, facts.findings);
  const known = fingerprintOfFacts(facts);
  const hasRows = known !== null && Object.values(known.tables).some((rows) => rows > 0);
  if (hasRows) return { fingerprint: known, findings: listed, verifiedBy };
  const began = clock.now();
  const answer = await readFingerprint(part, signal);
  if ('problem' in answer) throw badBackup(part, answer.problem);
  log.line(`Counted the rows of each table (${durationSince(began, clock.now())})`);
  return { fingerprint: answer.fingerprint, findings: listed, verifiedBy };
}

/** Checks a staged file in full. Throws BACKUP_WRONG naming `source` when it is damaged. */
export async function verifyByIntegrityCheck(
  part: string,
  source: string,
  { clock, log, signal }: StageDeps,
): Promise<VerifiedContents> {
  const asFound = journalModeOf(part);
  if (asFound === null) throw badBackup(source, 'it is not a SQLite database');
  const began = clock.now();
  // In rollback mode a reader makes no -wal and -shm beside it.
  setJournalMode(part, 'rollback');
  log.line('Checking its integrity in full: it has no metadata to compare with');
  try {
    const { findings: texts, findingKinds, ...contents } = await checkIntegrity(part, { signal });
    const findings = listFindings(texts, findingKinds);
    setJournalMode(part, asFound);
    const verifiedBy = integrityText(findings);
    log.line(`${verifiedBy.replace(/^i/, 'I')} (${durationSince(began, clock.now())})`);
    return { fingerprint: fingerprintOfContents(contents), findings, verifiedBy };
  } catch (error) {
    if (error instanceof Failure && error.code === 'DATABASE_CORRUPT')
      throw badBackup(source, error.message.replaceAll(part, source), error);
    throw error;
  }
}

/** Gives the verified file its mode, owner and name, and brings all of it to the disk. */
export async function finishStaging(
  part: string,
  { file, owner, journalMode }: StageTarget,
  verified: VerifiedContents,
  { log, checkpoint }: StageDeps,
): Promise<StagedFile> {
  await checkpoint('staged file verified');
  if (journalMode !== null) setJournalMode(part, journalMode);
  const stray = sidecars.find((sidecar) => existsSync(part + sidecar));
  if (stray !== undefined) throw badBackup(part, `SQLite left ${stray} beside it`);
  if (!setFileOwner(part, owner)) {
    const { uid, gid } = statSync(part);
    log.line(
      `This user may not give files away: the restored file belongs to ${uid}:${gid}, not to ${owner.uid}:${owner.gid}`,
    );
  }
  if (owner.attributesOf !== null) await copyExtendedAttributes(owner.attributesOf, part);
  const handle = await open(part, 'r+');
  await handle.sync().finally(() => handle.close());
  await checkpoint('before naming the staged file');
  renameSync(part, file);
  syncFolderOf(file);
  await checkpoint('staged');
  return { file, ...fileIdentity(file), moved: null, state: fileState(file), ...verified };
}

function hashDiffers(key: string, expected: string, found: string): Failure {
  return badBackup(key, `its sha256 is ${found}, but its metadata says ${expected}`);
}

function badBackup(source: string, why: string, cause?: unknown): Failure {
  return new Failure(
    'BACKUP_WRONG',
    `${source} is not a good backup: ${why.replace(/\.$/, '')}.`,
    'Choose another from `nightshift list`. Nothing was stopped or changed.',
    cause,
  );
}
