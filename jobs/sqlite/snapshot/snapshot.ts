import { stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCodeOf } from '../../runtime/errors.ts';
import { formatDuration } from '../../runtime/format.ts';
import type { Log } from '../../runtime/log.ts';
import type { ProgressBar } from '../../runtime/progress.ts';
import type { Database } from '../../settings/databases.ts';
import { diskFilledFailure, requireFreeSpace, requireStaging, stagingBytes } from './disk-space.ts';
import { copyBetweenCommits, copyPinned } from './page-copy.ts';
import { finishPrivateCopy, removePrivateCopy } from './private-copy.ts';
import { openSource, type SnapshotSource } from './source.ts';
import { sourceFailure } from './source-failure.ts';
import { emptyFailure } from './source-file.ts';

/** A private copy of one committed state of a database; it stands alone and is on the disk. */
export type Snapshot = {
  readonly file: string;
  readonly bytes: number;
  readonly pages: number;
  /** Of these, pages that hold nothing. */
  readonly freePages: number;
  readonly sourceJournalMode: 'wal' | 'rollback';
  /** How long writers may have waited for the copy, at most; null when they did not. */
  readonly writersWaitedMs: number | null;
  readonly applicationId: number;
  readonly userVersion: number;
};

type SnapshotOptions = {
  readonly signal: AbortSignal;
  readonly bar: ProgressBar;
  readonly log: Log;
  /** Frees what the staging folder can do without, where it has less than `bytes` free. */
  readonly makeRoom?: (bytes: number) => Promise<void>;
};

/**
 * Copies the live `database` into the new `file` in the staging folder while others write it. Throws DATABASE_*,
 * STAGING_UNWRITABLE, DISK_FULL or AbortError; `file` is gone then.
 */
export async function takeSnapshot(database: Database, file: string, options: SnapshotOptions): Promise<Snapshot> {
  const { signal, log, makeRoom } = options;
  await requireStaging(path.dirname(file), log);
  const source = await openSource(database.path, { signal, log });
  try {
    const needed = neededSpace(source);
    await makeRoom?.(needed.bytes);
    await requireFreeSpace(path.dirname(file), needed.bytes, needed.purpose);
    await removePrivateCopy(file);
    const writersWaitedMs = await copy(source, file, options);
    await requireNotEmptied(source.file);
    const { bytes, pageSize, freePages, applicationId, userVersion } = await finishPrivateCopy(file);
    const sourceJournalMode = source.journalMode;
    return {
      file,
      bytes,
      pages: bytes / pageSize,
      freePages,
      sourceJournalMode,
      writersWaitedMs,
      applicationId,
      userVersion,
    };
  } catch (error) {
    source.close();
    await removePrivateCopy(file);
    throw await copyFailure(error, source, file);
  } finally {
    source.close();
  }
}

/** Returns for how long writers were kept from committing, in ms, or null. */
async function copy(source: SnapshotSource, file: string, options: SnapshotOptions): Promise<number | null> {
  if (source.journalMode === 'wal') {
    await copyPinned(source, file, options);
    return null;
  }
  // Without WAL a reader that stays keeps writers from committing, so it stays only when nothing else works.
  source.unpin();
  if (await copyBetweenCommits(source, file, options)) return null;
  await source.pin();
  const pinned = performance.now();
  await copyPinned(source, file, options);
  source.unpin();
  const waitedMs = Math.round(performance.now() - pinned);
  options.log.line(
    `${source.file} changed too often to be copied between commits, so its writers had to wait, for up to ${formatDuration(waitedMs / 1000)}; in WAL mode they would not`,
  );
  return waitedMs;
}

/** Where another program emptied the file meanwhile, SQLite read zeros from then on. One that is gone is copied whole. */
async function requireNotEmptied(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.size === 0) throw emptyFailure(file);
}

function neededSpace({ file, bytes }: SnapshotSource) {
  return { bytes: stagingBytes(bytes), purpose: `a copy of ${path.basename(file)} with its archive` };
}

async function copyFailure(error: unknown, source: SnapshotSource, file: string): Promise<unknown> {
  const code = systemCodeOf(error);
  if (code !== 'SQLITE_FULL' && code !== 'ENOSPC') return sourceFailure(source.file, error);
  const { bytes, purpose } = neededSpace(source);
  return diskFilledFailure(path.dirname(file), bytes, purpose, error);
}
