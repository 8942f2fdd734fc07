import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { systemCodeOf } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { isBusy, lockedFailure, sourceFailure } from './source-failure.ts';
import { emptyFailure, requireDatabaseFile } from './source-file.ts';

/** The live database, open for reading only: nothing is ever written, checkpointed or removed through it. */
export type SnapshotSource = {
  readonly file: string;
  readonly connection: Sqlite.Database;
  readonly journalMode: 'wal' | 'rollback';
  readonly pageSize: number;
  /** Size when it was opened, with what only the -wal held. */
  readonly bytes: number;
  /** Begins a read transaction: until `unpin`, this connection sees one committed state. Throws DATABASE_LOCKED, and DATABASE_EMPTY. */
  pin(): Promise<void>;
  unpin(): void;
  close(): void;
};

type SourceOptions = {
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How long to wait for a process that has the database locked exclusively, in ms. */
  readonly lockWaitMs?: number;
};

const defaultLockWaitMs = 10_000;
/** Short: between two commits of a busy writer without WAL the gap is a fraction of a millisecond. */
const pollMs = 1;
/** Small, since a copy reads each page once. */
const cacheKib = 2048;

/** Opens the live database and checks that it can be read. Throws DATABASE_* with what was found. */
export async function openSource(file: string, options: SourceOptions): Promise<SnapshotSource> {
  await requireDatabaseFile(file);
  try {
    return await openChecked(file, options);
  } catch (error) {
    if (systemCodeOf(error) !== 'SQLITE_READONLY_ROLLBACK') throw await sourceFailure(file, error);
  }
  try {
    rollBackJournal(file);
    options.log.line(`rolled back the unfinished commit that a dead writer left in ${file}-journal`);
    return await openChecked(file, options);
  } catch (error) {
    throw await sourceFailure(file, error);
  }
}

async function openChecked(
  file: string,
  { signal, lockWaitMs = defaultLockWaitMs }: SourceOptions,
): Promise<SnapshotSource> {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 0 });
  const begin = () => {
    connection.exec('BEGIN');
    try {
      connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  };
  const pragma = (name: string) => connection.pragma(name, { simple: true });
  const pin = async () => {
    await whenUnlocked(begin, file, lockWaitMs, signal);
    if (pragma('page_count') === 0) throw emptyFailure(file);
  };
  try {
    await pin();
    connection.pragma(`cache_size = -${cacheKib}`);
    const pageSize = Number(pragma('page_size'));
    const bytes = pageSize * Number(pragma('page_count'));
    const journalMode = pragma('journal_mode') === 'wal' ? 'wal' : 'rollback';
    const unpin = () => void connection.exec('COMMIT');
    return { file, connection, journalMode, pageSize, bytes, pin, unpin, close: () => void connection.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** What every reader with write access does first with a journal whose writer died: SQLite does it when it reads. */
function rollBackJournal(file: string): void {
  const connection = new Sqlite(file, { fileMustExist: true });
  try {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  } finally {
    connection.close();
  }
}

/** Tries `begin` until nobody has the database locked. Waits without blocking this process, so that it can be aborted. */
async function whenUnlocked(begin: () => void, file: string, waitMs: number, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      return begin();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - started >= waitMs) throw lockedFailure(file, waitMs, error);
    }
    await sleep(pollMs, undefined, { signal });
  }
}
