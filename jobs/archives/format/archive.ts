import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { createHashMeter, type HashMeter, throughMeter } from '../../runtime/hash.ts';
import type { ProgressBar } from '../../runtime/progress.ts';
import type { Compression } from '../../settings/settings.ts';
import type { DeflateSettings } from '../memory/block-index.ts';
import { type BlockMemory, createBlockMemory, type ReusedBlocks } from '../memory/block-memory.ts';
import { copyBeside } from '../memory/copy-beside.ts';
import type { CompressedFile, KeptArchive } from '../memory/kept-archive.ts';
import type { ReadBlock } from './blocks.ts';
import { createEncryption } from './encryption.ts';
import { gzip, gzipBlockBytes, gzipHeaderBytes } from './gzip.ts';
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
  /** What of it was taken from the kept archive instead of being compressed again; null without one. */
  readonly reused: ReusedBlocks | null;
  /** What the next run can take blocks from; null without `memory`, or where there was no room for it. */
  readonly compressed: CompressedFile | null;
};

/** What gzip takes blocks from that are as they were, and how the next run can do so. */
export type ArchiveMemory = {
  readonly kept: KeptArchive | null;
  /** Beside an encrypted archive, the compressed bytes go to `file` if they are at most `maxBytes`. */
  readonly copy: { readonly file: string; readonly maxBytes: number };
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
  /** Only for gzip. */
  readonly memory?: ArchiveMemory | null;
};

/**
 * Compresses and, with recipients, encrypts a snapshot into `archiveFile`, in one pass over it, and leaves it on the disk.
 * Throws DISK_FULL, STAGING_UNWRITABLE, RECIPIENT_UNUSABLE, READ_BACK_DIFFERS or an AbortError; no archive is left then.
 */
export async function writeArchive(
  snapshotFile: string,
  archiveFile: string,
  { compression, recipients }: ArchiveFormat,
  { signal, bar, verifyBeforeEncryption, memory = null }: ArchiveOptions,
): Promise<ArchiveFile> {
  const encrypt = recipients.length === 0 ? null : createEncryption(recipients);
  const plain = createHashMeter();
  const archive = createHashMeter();
  const snapshot = await open(snapshotFile);
  const blocks = memory === null ? null : createBlockMemory(memory.kept);
  const packed = compress(blocksOf(snapshot, plain, { signal, bar }), compression, blocks);
  const copied =
    memory === null || encrypt === null ? null : copyBeside(packed, memory.copy.file, memory.copy.maxBytes);
  const compressed = copied?.bytes ?? packed;
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
  const whole = encrypt === null ? archiveFile : (copied?.file() ?? null);
  return {
    file: archiveFile,
    bytes: archive.bytes,
    sha256: archive.sha256(),
    plainSha256,
    plainBytes: plain.bytes,
    reused: blocks?.reused() ?? null,
    compressed:
      blocks === null || whole === null
        ? null
        : { file: whole, index: blocks.index(deflateSettings(compression), plainSha256, gzipHeaderBytes) },
  };
}

/** What decides which deflated blocks a kept archive can give. */
export function deflateSettings({ level }: Compression): DeflateSettings {
  return { level, blockBytes: gzipBlockBytes };
}

function compress(read: ReadBlock, { format, level }: Compression, memory: BlockMemory | null): AsyncGenerator<Buffer> {
  return format === 'gzip' ? gzip(read, level, { memory }) : zstd(read, level);
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
