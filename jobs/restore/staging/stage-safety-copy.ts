import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { durationSince, formatBytes } from '../../runtime/format.ts';
import { diskFilledFailure } from '../../sqlite/snapshot/disk-space.ts';
import { fileIdentity, schemaProblem } from '../files/database-files.ts';
import { pendingFiles } from '../files/file-state.ts';
import { partPath } from './preflight.ts';
import { cleanUpOnFailure, finishStaging, type StageTarget, verifyByIntegrityCheck } from './stage.ts';
import type { StageDeps } from './stage-deps.ts';
import type { StagedFile, VerifiedContents } from './verified-file.ts';

/**
 * Copies a safety copy with its -wal or -journal, brings what they hold into the copy, and checks it in full. The safety
 * copy itself stays as it is. Throws BACKUP_WRONG when it is damaged, unless `allowDamaged` and SQLite can open it; DISK_FULL.
 */
export async function stageSafetyCopy(
  source: string,
  place: StageTarget,
  allowDamaged: boolean,
  deps: StageDeps,
): Promise<StagedFile> {
  const part = partPath(place.file);
  return cleanUpOnFailure(place.file, async () =>
    finishStaging(part, place, await copiedAndVerified(source, part, allowDamaged, deps), deps),
  );
}

/** Copies a safety copy to `part` and verifies that, as `stageSafetyCopy` does. */
export async function copiedAndVerified(
  source: string,
  part: string,
  allowDamaged: boolean,
  deps: StageDeps,
): Promise<VerifiedContents> {
  const { clock, log, signal } = deps;
  const began = clock.now();
  await copyParts(source, part);
  signal.throwIfAborted();
  const { bytes } = fileIdentity(part);
  log.line(`Copied ${source}, ${formatBytes(bytes)} (${durationSince(began, clock.now())})`);
  return verifiedCopy(source, part, allowDamaged, deps);
}

async function copyParts(source: string, part: string): Promise<void> {
  for (const file of [source, ...pendingFiles(source)]) {
    try {
      await copyFile(file, part + file.slice(source.length), constants.COPYFILE_FICLONE);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOSPC') throw error;
      const hint = 'Free space there and run it again; nothing was stopped or changed.';
      throw await diskFilledFailure(path.dirname(part), fileIdentity(source).bytes, 'the copy', error, hint);
    }
  }
}

async function verifiedCopy(
  source: string,
  part: string,
  allowDamaged: boolean,
  deps: StageDeps,
): Promise<VerifiedContents> {
  let isMerged = false;
  try {
    mergePendingJournal(part, source);
    isMerged = true;
    return await verifyByIntegrityCheck(part, source, deps);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'BACKUP_WRONG') throw error;
    const hopeless = isMerged ? whyUnreadable(part) : (whyUnmerged(source) ?? whyUnreadable(part));
    if (hopeless !== null) throw damaged(error, `${hopeless}, so --allow-damaged-copy cannot restore it either`);
    if (!allowDamaged) throw damaged(error, '--allow-damaged-copy restores it as it is');
    deps.log.warn(error.message);
    return { fingerprint: null, findings: [], verifiedBy: 'DAMAGED, accepted with --allow-damaged-copy' };
  }
}

/** Why not even a damaged copy can take the database's place: it would be refused there, with services down. Null: it can. */
function whyUnreadable(part: string): string | null {
  return schemaProblem(part) === null ? null : 'SQLite cannot open it at all';
}

/** Asked of the safety copy itself: SQLite may have removed what lay beside its copy. */
function whyUnmerged(source: string): string | null {
  const [pending] = pendingFiles(source);
  return pending === undefined ? null : `SQLite cannot apply its ${pending.slice(source.length)}`;
}

function damaged(cause: Failure, flag: string): Failure {
  return new Failure(
    'BACKUP_WRONG',
    cause.message,
    `Choose another from \`nightshift restore --safety-copies\`, or a backup from \`nightshift list\`; ${flag}. Nothing was stopped or changed.`,
    cause,
  );
}

/** SQLite itself brings a -wal or a hot -journal into the file, and removes them. */
function mergePendingJournal(part: string, source: string): void {
  try {
    const connection = new Sqlite(part, { fileMustExist: true });
    try {
      connection.pragma('journal_mode = DELETE');
    } finally {
      connection.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('BACKUP_WRONG', `SQLite cannot open ${source}: ${why}.`, '', error);
  }
}
