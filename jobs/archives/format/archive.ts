import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { createHashMeter, type HashMeter, throughMeter } from '../../runtime/hash.ts';
import type { ProgressBar } from '../../runtime/progress.ts';
import type { Compression } from '../../settings/settings.ts';
import type { ReadBlock } from './blocks.ts';
import { createEncryption } from './encryption.ts';
import { gzip } from './gzip.ts';
import { verifyStream } from './verify-stream.ts';
import { zstd } from './zstd.ts';

/** `recipients` are age public keys; none means not encrypted. */
export type ArchiveFormat = { readonly compression: Compression; readonly recipients: readonly string[] };

export type ArchiveFile = {
  readonly file: string;
  readonly bytes: number;
  /** Of the archive file. */
  readonly sha256: string;
  readonly plainSha256: string;
  readonly plainBytes: number;
};

/** How the names of archives in this format end. */
export function archiveEnding({ compression, recipients }: ArchiveFormat) {
  const compressed = compression.format === 'gzip' ? '.db.gz' : '.db.zst';
  return recipients.length === 0 ? compressed : (`${compressed}.age` as const);
}

type ArchiveOptions = {
  readonly signal: AbortSignal;
  /** Shows how many bytes of the snapshot are done. */
  readonly bar: Pick<ProgressBar, 'advanceTo'>;
  /** For a host that cannot decrypt: an archive to be encrypted is decompressed and compared first. */
  readonly verifyBeforeEncryption: boolean;
};

/**
 * Compresses and, with recipients, encrypts a snapshot into `archiveFile`, in one pass over it, and leaves it on the disk.
 * Throws DISK_FULL, STAGING_UNWRITABLE, RECIPIENT_UNUSABLE, READ_BACK_DIFFERS or an AbortError; no archive is left then.
 */
export async function writeArchive(
  snapshotFile: string,
  archiveFile: string,
  { compression, recipients }: ArchiveFormat,
  { signal, bar, verifyBeforeEncryption }: ArchiveOptions,
): Promise<ArchiveFile> {
  const encrypt = recipients.length === 0 ? null : createEncryption(recipients);
  const plain = createHashMeter();
  const archive = createHashMeter();
  const snapshot = await open(snapshotFile);
  const compressed = compress(blocksOf(snapshot, plain, { signal, bar }), compression);
  const checked =
    encrypt !== null && verifyBeforeEncryption
      ? verifyStream(compressed, compression.format, plain.sha256)
      : compressed;
  const stored = throughMeter(encrypt === null ? checked : encrypt(checked), archive);
  try {
    await writeFile(archiveFile, stored, { signal, flush: true, mode: 0o600 });
  } catch (error) {
    await rm(archiveFile, { force: true }).catch(() => {});
    throw writeFailure(error, archiveFile);
  } finally {
    // Encryption does not wait for blocks still in work when it is left early.
    await compressed.return(undefined);
    await snapshot.close();
  }
  const plainSha256 = plain.sha256();
  return { file: archiveFile, bytes: archive.bytes, sha256: archive.sha256(), plainSha256, plainBytes: plain.bytes };
}

function compress(read: ReadBlock, { format, level }: Compression): AsyncGenerator<Buffer> {
  return format === 'gzip' ? gzip(read, level) : zstd(read, level);
}

/** Reads a file block by block, and lets `meter` and `bar` see each block. */
function blocksOf(
  file: FileHandle,
  meter: HashMeter,
  { signal, bar }: Pick<ArchiveOptions, 'signal' | 'bar'>,
): ReadBlock {
  return async (buffer) => {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer);
    const block = buffer.subarray(0, bytesRead);
    meter.update(block);
    bar.advanceTo(meter.bytes);
    return block;
  };
}

/** The DISK_FULL or STAGING_UNWRITABLE for what stopped the writing of a file in the staging folder; else the error itself. */
export function writeFailure(error: unknown, archiveFile: string): unknown {
  const code = systemCodeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure(
      'DISK_FULL',
      `The disk filled up while ${archiveFile} was written; the part was removed.`,
      'Free space there, or set STAGING_DIR to a folder on a larger disk.',
      error,
    );
  }
  const isSystemError = error instanceof Error && 'syscall' in error;
  if (!isSystemError) return error;
  return new Failure(
    'STAGING_UNWRITABLE',
    `The archive ${archiveFile} cannot be written (${code}).`,
    'Let this user write to that folder, or set STAGING_DIR to one where it can.',
    error,
  );
}
