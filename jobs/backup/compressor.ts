import path from 'node:path';
import {
  type ArchiveFile,
  type ArchiveFormat,
  archiveEnding,
  deflateSettings,
  writeArchive,
} from '../archives/format/archive.ts';
import { keepArchive, keptArchiveFolder, openKeptArchive, removeKeptArchive } from '../archives/memory/kept-archive.ts';
import { makeRoom } from '../archives/memory/staging-room.ts';
import { Failure } from '../runtime/errors.ts';
import { formatBytes } from '../runtime/format.ts';
import type { Log } from '../runtime/log.ts';
import type { ProgressBar } from '../runtime/progress.ts';
import { freeBytes, stagingBytes } from '../sqlite/snapshot/disk-space.ts';
import type { Snapshot } from '../sqlite/snapshot/snapshot.ts';

/** Compresses one snapshot. Blocks that are as in the kept archive are taken from there, and come out the same. */
export type Compressor = {
  /** Throws as writeArchive does, once nothing of the kept archive can be the reason. */
  compress(bar: ProgressBar, signal: AbortSignal): Promise<ArchiveFile>;
  /** Removes the kept archive and compresses all of it: for one that did not read back. */
  compressAfresh(bar: ProgressBar, signal: AbortSignal): Promise<ArchiveFile>;
  /** Keeps an archive that was read back for the next run, in place of the last one; never throws. */
  keep(archive: ArchiveFile): Promise<void>;
};

type CompressorTarget = {
  readonly database: string;
  readonly snapshot: Snapshot;
  readonly stagingDir: string;
  readonly stagingFolder: string;
};

type CompressorOptions = {
  readonly format: ArchiveFormat;
  readonly verifyBeforeEncryption: boolean;
  readonly log: Log;
};

export function createCompressor(
  { database, snapshot, stagingDir, stagingFolder }: CompressorTarget,
  { format, verifyBeforeEncryption, log }: CompressorOptions,
): Compressor {
  const folder = keptArchiveFolder(stagingDir, database);
  const isEncrypted = format.recipients.length > 0;
  const archiveFile = path.join(stagingFolder, `archive${archiveEnding(format)}`);

  const compressWith = async (copyBytes: number, bar: ProgressBar, signal: AbortSignal) => {
    if (format.compression.format !== 'gzip') {
      return writeArchive(snapshot.file, archiveFile, format, { signal, bar, verifyBeforeEncryption });
    }
    const kept = await openKeptArchive(folder, deflateSettings(format.compression));
    const memory = { kept, copy: { file: path.join(stagingFolder, 'compressed'), maxBytes: copyBytes } };
    try {
      return await writeArchive(snapshot.file, archiveFile, format, { signal, bar, verifyBeforeEncryption, memory });
    } finally {
      await kept?.close();
    }
  };
  /** Beside an archive that compression did not make smaller. */
  const roomForCopy = async () => (isEncrypted ? (await freeBytes(stagingFolder)) - snapshot.bytes : 0);

  return {
    async compress(bar, signal) {
      const copyBytes = await roomForCopy();
      try {
        return await compressWith(copyBytes, bar, signal);
      } catch (error) {
        const isFull = isCodeOf(error, 'DISK_FULL');
        if (!isFull && !isCodeOf(error, 'READ_BACK_DIFFERS')) throw error;
        const isRemoved = isFull
          ? (await makeRoom(stagingDir, Number.POSITIVE_INFINITY)).length > 0
          : (await removeKeptArchive(folder)) > 0;
        if (!isRemoved && !(isFull && copyBytes > 0)) throw error;
        const removed = isRemoved ? 'What was kept of the last archive is removed' : 'None is kept for the next run';
        log.warn(`${error.message} ${removed}, and all is compressed again.`);
        return compressWith(isFull ? 0 : await roomForCopy(), bar, signal);
      }
    },
    async compressAfresh(bar, signal) {
      await removeKeptArchive(folder);
      return compressWith(await roomForCopy(), bar, signal);
    },
    async keep({ bytes, compressed }) {
      try {
        await removeKeptArchive(folder);
        if (compressed === null) return;
        const freedAtEnd = snapshot.bytes + (isEncrypted ? bytes : 0);
        const missing = stagingBytes(snapshot.bytes) - (await freeBytes(stagingFolder)) - freedAtEnd;
        if (missing <= 0) await keepArchive(folder, compressed);
        else log.line(`this archive is not kept, so the next run compresses all: ${noRoom(stagingDir, missing)}`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.line(`this archive is not kept, so the next run compresses all: ${reason}`);
      }
    },
  };
}

/** Removes kept archives where less than `bytes` are free for the next step, and says so. */
export async function freeKeptArchives(
  database: string,
  { bytes, stagingDir, log }: { bytes: number; stagingDir: string; log: Log },
): Promise<void> {
  const removed = await makeRoom(stagingDir, bytes, database);
  if (removed.length === 0) return;
  log.line(
    `no room in ${stagingDir} for the last archive of ${removed.join(', ')}: removed, so all is compressed again`,
  );
}

function noRoom(stagingDir: string, missing: number): string {
  return `with it, the disk of ${stagingDir} has ${formatBytes(missing)} too little for the next run`;
}

function isCodeOf(error: unknown, code: Failure['code']): error is Failure {
  return error instanceof Failure && error.code === code;
}
