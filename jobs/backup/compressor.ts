import path from 'node:path';
import {
  type ArchiveFile,
  type ArchiveFormat,
  archiveEnding,
  deflateSettings,
  writeArchive,
} from '../archives/format/archive.ts';
import {
  keepArchive,
  keptArchiveFolder,
  keptBytes,
  openKeptArchive,
  removeKeptArchive,
} from '../archives/memory/kept-archive.ts';
import { makeRoom, removableBytes } from '../archives/memory/staging-room.ts';
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

  const compressWith = async (
    { copyBytes, useKept }: { copyBytes: number; useKept: boolean },
    bar: ProgressBar,
    signal: AbortSignal,
  ) => {
    if (format.compression.format !== 'gzip') {
      return writeArchive(snapshot.file, archiveFile, format, { signal, bar, verifyBeforeEncryption });
    }
    const kept = useKept ? await openKeptArchive(folder, deflateSettings(format.compression)) : null;
    const memory = { kept, copy: { file: path.join(stagingFolder, 'compressed'), maxBytes: copyBytes } };
    try {
      return await writeArchive(snapshot.file, archiveFile, format, { signal, bar, verifyBeforeEncryption, memory });
    } finally {
      await kept?.close();
    }
  };
  /** Beside an archive that compression did not make smaller. */
  const roomForCopy = async () => (isEncrypted ? (await freeBytes(stagingFolder)) - snapshot.bytes : 0);

  const compressAfresh = async (bar: ProgressBar, signal: AbortSignal) => {
    await removeKeptArchive(folder).catch(() => {});
    return compressWith({ copyBytes: await roomForCopy(), useKept: false }, bar, signal);
  };

  return {
    async compress(bar, signal) {
      const copyBytes = await roomForCopy();
      try {
        return await compressWith({ copyBytes, useKept: true }, bar, signal);
      } catch (error) {
        const isFull = isCodeOf(error, 'DISK_FULL');
        if (!isFull && !isCodeOf(error, 'READ_BACK_DIFFERS')) throw error;
        const hasKept = isFull ? (await removableBytes(stagingDir)) > 0 : (await keptBytes(folder)) > 0;
        if (!hasKept && !(isFull && copyBytes > 0)) throw error;
        log.warn(`${error.message} Once more, without the last archive: all is compressed again.`);
        if (!isFull) return compressAfresh(bar, signal);
        await makeRoom(stagingDir, Number.POSITIVE_INFINITY);
        return compressWith({ copyBytes: 0, useKept: false }, bar, signal);
      }
    },
    compressAfresh,
    async keep({ bytes, compressed }) {
      try {
        await removeKeptArchive(folder);
        if (format.compression.format !== 'gzip') return;
        if (compressed === null) {
          log.line(`${notKept} no room for the compressed bytes beside the encrypted ones in ${stagingDir}`);
          return;
        }
        const freedAtEnd = snapshot.bytes + (isEncrypted ? bytes : 0);
        const missing = stagingBytes(snapshot.bytes) - (await freeBytes(stagingFolder)) - freedAtEnd;
        if (missing <= 0) await keepArchive(folder, compressed);
        else log.line(`${notKept} ${noRoom(stagingDir, missing)}`);
      } catch (error) {
        await removeKeptArchive(folder).catch(() => {});
        log.line(`${notKept} ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

const notKept = 'this archive is not kept, so the next run compresses all:';

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
