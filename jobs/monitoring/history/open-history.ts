import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { asFailure, Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { History, HistoryReading } from './history.ts';
import {
  damagedFailure,
  historyPath,
  historySchema,
  requireSound,
  requireTables,
  translateHistoryErrors,
} from './history-file.ts';
import { keepInstanceId } from './instance-id.ts';
import { createSqliteHistory } from './sqlite-history.ts';

/**
 * Opens the history, making the file when it is not there; its folder must be. Throws STATE_UNWRITABLE, and HISTORY_DAMAGED when the file is no
 * sound database.
 */
export function openHistory(stateDir: string): History {
  const file = historyPath(stateDir);
  return translateHistoryErrors(file, () => {
    const db = new Sqlite(file, { timeout: 10_000 });
    try {
      requireSound(db, file);
      db.pragma('journal_mode = DELETE');
      // FULL leaves the removal of a journal to the folder's next flush: a power cut takes back what had ended.
      db.pragma('synchronous = EXTRA');
      db.exec(historySchema);
      requireTables(db, file);
      keepInstanceId(db, stateDir);
      return createSqliteHistory(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens an existing history for reading only. Never throws; an empty file counts as none. */
export function readHistory(stateDir: string): HistoryReading {
  const file = historyPath(stateDir);
  try {
    if (statSync(file).size === 0) return { history: null, failure: missing(stateDir) };
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    try {
      requireSound(db, file);
      requireTables(db, file);
      return { history: createSqliteHistory(db, file), failure: null };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { history: null, failure: missing(stateDir) };
    return { history: null, failure: damagedFailure(file, error) ?? unreadable(file, error) };
  }
}

/**
 * For a caller that continues without a history: what was found and what it costs, as a line. Null where there is no
 * history, which before the first backup is no fault.
 */
export function missingHistoryWarning({ code, message, hint }: Failure, loss: string): string | null {
  return code === 'HISTORY_MISSING' ? null : `WARNING ${code}: ${message} ${loss} ${hint}`;
}

function missing(stateDir: string): Failure {
  return new Failure(
    'HISTORY_MISSING',
    `There is no run history in ${stateDir}, so what ran with this STATE_DIR is not known.`,
    'That is so before the first backup. Else STATE_DIR is not the folder that the service uses, or its history was lost or could not be written. `nightshift list` reads the store itself; `nightshift backup` begins a history.',
  );
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure(
    'HISTORY_UNREADABLE',
    `The run history ${file} cannot be read by uid ${process.getuid?.()}: ${asFailure(error).message}.`,
    'Run this as the user of the service, or as root. If a run was killed in the middle of writing, the next backup repairs the file.',
    error,
  );
}
