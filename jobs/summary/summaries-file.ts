import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure, isDamagedDatabase } from '../runtime/errors.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS pages (day TEXT PRIMARY KEY, made_at TEXT NOT NULL, page TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS deliveries (
    report TEXT NOT NULL, day TEXT NOT NULL, recipient TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, at TEXT NOT NULL,
    tries INTEGER NOT NULL, said TEXT, code TEXT, PRIMARY KEY (report, day, recipient));
  CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    mail_bytes INTEGER, message TEXT);
  CREATE TABLE IF NOT EXISTS alerts (name TEXT PRIMARY KEY, value TEXT NOT NULL);`;

/** `STATE_DIR/summaries.db`: the pages that were sent, and to whom. In rollback mode, so that a read-only mount can read it. */
export type SummariesFile = {
  run(
    sql: string,
    ...values: readonly unknown[]
  ): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  rows<T>(sql: string, ...values: readonly unknown[]): T[];
  close(): void;
};

/** Opens the file, making it when it is not there. Throws STATE_UNWRITABLE, and LEDGER_DAMAGED: then nothing may be sent. */
export function openSummaries(stateDir: string): SummariesFile {
  const file = fileIn(stateDir);
  return guarded(file, () => {
    mkdirSync(stateDir, { recursive: true });
    return opened(file, { timeout: 10_000 }, (db) => {
      db.pragma('journal_mode = DELETE');
      db.pragma('synchronous = FULL');
      db.exec(schema);
    });
  });
}

/** Opens an existing file for reading only; null when no summary was ever made here. Throws as `openSummaries` does. */
export function readSummaries(stateDir: string): SummariesFile | null {
  const file = fileIn(stateDir);
  return guarded(file, () => {
    if (!isThere(file)) return null;
    return opened(file, { readonly: true, fileMustExist: true, timeout: 10_000 }, () => {});
  });
}

const fileIn = (stateDir: string) => path.join(stateDir, 'summaries.db');

/** An empty file holds nothing yet. Throws what the file system says of a folder that cannot be looked into. */
function isThere(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function opened(file: string, options: Sqlite.Options, prepare: (db: Sqlite.Database) => void): SummariesFile {
  const db = new Sqlite(file, options);
  try {
    prepare(db);
    // With its index: a row that the index lacks could be sent again.
    const found = db.pragma(`integrity_check('deliveries')`, { simple: true });
    if (found !== 'ok') throw damaged(file, String(found));
    return fileOf(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
}

function fileOf(db: Sqlite.Database, file: string): SummariesFile {
  return {
    run: (sql, ...values) => guarded(file, () => db.prepare(sql).run(...values)),
    rows: <T>(sql: string, ...values: readonly unknown[]) =>
      guarded(file, () => db.prepare<unknown[], T>(sql).all(...values)),
    close: () => db.close(),
  };
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (isDamagedDatabase(error)) throw damaged(file, reason, error);
    throw new Failure(
      'STATE_UNWRITABLE',
      `${file}, which holds the summaries and to whom they went, cannot be used: ${reason}.`,
      'Check that STATE_DIR is a folder this user may write and that its disk is not full. Do not delete the file: without it nobody knows what was sent.',
      error,
    );
  }
}

function damaged(file: string, reason: string, cause?: unknown): Failure {
  return new Failure(
    'LEDGER_DAMAGED',
    `${file} is damaged (${reason}): to whom summaries went is not sure, so none is sent.`,
    'Put back a copy of the file from before. Without one, move it away: the next scheduled summary goes out as usual, those before it only by `nightshift summary send --day DAY --to ADDRESS`.',
    cause,
  );
}
