import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { readIdentity } from '../../../archives/format/age-identity.ts';
import { type ArchiveFile, archiveEnding, writeArchive } from '../../../archives/format/archive.ts';
import type { AgeIdentity } from '../../../archives/format/encryption.ts';
import { plainStream } from '../../../archives/format/unarchive.ts';
import { Failure } from '../../../runtime/errors.ts';
import { hashStream } from '../../../runtime/hash.ts';
import { noBar } from '../../../runtime/progress.ts';
import type { BackupSettings } from '../../../settings/settings.ts';
import { checkIntegrity } from '../../../sqlite/integrity/integrity.ts';
import type { CheckReport } from './checklist.ts';

/** A backup of a tiny database, made for this check alone. */
export type SampleBackup = {
  readonly archive: ArchiveFile;
  readonly ending: string;
  readonly identity: AgeIdentity | null;
};

/** A folder of its own in STAGING_DIR for `work`, removed afterwards. */
export async function withStagingFolder<T>(
  { stagingDir }: BackupSettings,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = path.join(stagingDir, `nightshift-check-${randomUUID()}`);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes, checks, compresses and encrypts a tiny database in `folder`, as a run does with its snapshot, and reads the archive
 * again where there is an identity. Throws what a run would: IDENTITY_UNUSABLE, RECIPIENT_UNUSABLE, ARCHIVE_IDENTITY_WRONG,
 * INTEGRITY_CHECK_DIED, STAGING_UNWRITABLE, DISK_FULL.
 */
export async function makeSample(
  folder: string,
  settings: BackupSettings,
  report: CheckReport,
  signal: AbortSignal,
): Promise<SampleBackup> {
  const { compression, ageRecipients, ageIdentityFile } = settings;
  const identity = ageIdentityFile === null ? null : await readIdentity(ageIdentityFile);
  const file = path.join(folder, 'sample.db');
  await mkdir(folder).catch((error) => Promise.reject(unwritable(folder, error)));
  try {
    const database = new Sqlite(file);
    database.exec('CREATE TABLE sample (text); INSERT INTO sample VALUES (hex(randomblob(16)))');
    database.close();
  } catch (error) {
    throw unwritable(folder, error);
  }
  await checkIntegrity(file, { signal });
  const format = { compression, recipients: ageRecipients };
  const ending = archiveEnding(format);
  const verifyBeforeEncryption = identity === null;
  const archive = await writeArchive(file, path.join(folder, `sample${ending}`), format, {
    signal,
    bar: noBar,
    verifyBeforeEncryption,
  });
  if (identity !== null) await requireReadable(archive, identity, signal);
  report.found(`a sample as ${ending}, ${archive.bytes} bytes${identity === null ? '' : ', opened again'}`);
  return { archive, ending, identity };
}

async function requireReadable(archive: ArchiveFile, identity: AgeIdentity, signal: AbortSignal): Promise<void> {
  try {
    await hashStream(await plainStream(createReadStream(archive.file), archive.file, identity, signal));
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'ARCHIVE_IDENTITY_WRONG') throw error;
    throw new Failure(
      'ARCHIVE_IDENTITY_WRONG',
      `No key in ${identity.file} opens what is encrypted for BACKUP_AGE_RECIPIENTS, so a run could not read its backup back.`,
      `Add the public key of that file (\`age-keygen -y ${identity.file}\`) to BACKUP_AGE_RECIPIENTS, or name the right file in BACKUP_AGE_IDENTITY.`,
      error,
    );
  }
}

function unwritable(folder: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure(
    'STAGING_UNWRITABLE',
    `No work file can be written in ${path.dirname(folder)}: ${reason}.`,
    'Let this user write to that folder and make room there, or set STAGING_DIR to one where it can.',
    cause,
  );
}
