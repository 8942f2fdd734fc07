import { statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { restoredTable } from '../../archives/state/restored-ledger.ts';
import { Failure, isDamagedDatabase } from '../../runtime/errors.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS pages (day TEXT PRIMARY KEY, made_at TEXT NOT NULL, page TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS deliveries (
    report TEXT NOT NULL, day TEXT NOT NULL, recipient TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, at TEXT NOT NULL,
    tries INTEGER NOT NULL, reply TEXT, code TEXT, PRIMARY KEY (report, day, recipient));
  CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    mail_bytes INTEGER, message TEXT);
  CREATE TABLE IF NOT EXISTS alerts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  ${restoredTable};`;

/** The connection to `STATE_DIR/summaries.db`, in rollback mode, so that a read-only mount can read it. Throws as opening does. */
export type SummaryDatabase = {
  run(
    sql: string,
    ...values: readonly unknown[]
  ): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  rows<T>(sql: string, ...values: readonly unknown[]): T[];
  close(): void;
};

/** Opens the file, creating it when there is none. Throws STATE_UNWRITABLE, and LEDGER_DAMAGED: then nothing may be sent. */
export function openDatabase(stateDir: string): SummaryDatabase {
  const file = fileIn(stateDir);
  return withFailures(file, () => {
    return connect(file, { timeout: 10_000 }, (db) => {
      db.pragma('journal_mode = DELETE');
      // FULL leaves the end of a transaction, the removal of its journal, to the folder's next flush: a power cut takes it back,
      // and who was being mailed is mailed again.
      db.pragma('synchronous = EXTRA');
      db.exec(schema);
    });
  });
}

/** Opens an existing file for reading only; null when there is none. Throws as `openDatabase` does. */
export function openDatabaseReadOnly(stateDir: string): SummaryDatabase | null {
  const file = fileIn(stateDir);
  return withFailures(file, () => {
    if (isEmptyOrMissing(file)) return null;
    return connect(file, { readonly: true, fileMustExist: true, timeout: 10_000 }, () => {});
  });
}

const fileIn = (stateDir: string) => path.join(stateDir, 'summaries.db');

/** Throws the file system's error for a folder that cannot be read. */
function isEmptyOrMissing(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function connect(file: string, options: Sqlite.Options, prepare: (db: Sqlite.Database) => void): SummaryDatabase {
  const db = new Sqlite(file, options);
  try {
    prepare(db);
    // With its index: a row that the index lacks could be sent again.
    const result = db.pragma(`integrity_check('deliveries')`, { simple: true });
    if (result !== 'ok') throw damaged(file, String(result));
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    run: (sql, ...values) => withFailures(file, () => db.prepare(sql).run(...values)),
    rows: <T>(sql: string, ...values: readonly unknown[]) =>
      withFailures(file, () => db.prepare<unknown[], T>(sql).all(...values)),
    close: () => db.close(),
  };
}

/** Translates SQLite's and the file system's errors. */
function withFailures<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (isDamagedDatabase(error)) throw damaged(file, reason, error);
    throw new Failure(
      'STATE_UNWRITABLE',
      `${file}, which records the summaries and their recipients, cannot be used: ${reason}.`,
      'Check that STATE_DIR is a folder this user may write and that its disk is not full. Do not delete the file: it is the only record of what was sent.',
      error,
    );
  }
}

function damaged(file: string, reason: string, cause?: unknown): Failure {
  return new Failure(
    'LEDGER_DAMAGED',
    `${file} is damaged (${reason}): who received which summary is not certain, so none is sent.`,
    'Put back an earlier copy of the file. Without one, move it aside: the next scheduled summary goes out as usual, those before it only by `nightshift summary send --day DAY --to ADDRESS`.',
    cause,
  );
}
