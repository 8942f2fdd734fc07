import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from '../platform/errors.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS pages (day TEXT PRIMARY KEY, made_at TEXT NOT NULL, page TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS deliveries (
    report TEXT NOT NULL, day TEXT NOT NULL, recipient TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, at TEXT NOT NULL,
    tries INTEGER NOT NULL, said TEXT, code TEXT, PRIMARY KEY (report, day, recipient));
  CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    mail_bytes INTEGER, sentence TEXT);
  CREATE TABLE IF NOT EXISTS troubles (kind TEXT PRIMARY KEY, subject TEXT NOT NULL, since TEXT NOT NULL);`;

/** `STATE_DIR/summaries.db`: the pages that were sent, and to whom. In rollback mode, so that a read-only mount can read it. */
export type SummariesFile = {
  run(
    sql: string,
    ...values: readonly unknown[]
  ): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  rows<T>(sql: string, ...values: readonly unknown[]): T[];
  close(): void;
};

/** Opens the file, making it when it is not there. Throws STATE_UNWRITABLE. */
export function openSummaries(stateDir: string): SummariesFile {
  const file = path.join(stateDir, 'summaries.db');
  return guarded(file, () => {
    mkdirSync(stateDir, { recursive: true });
    const db = new Sqlite(file, { timeout: 10_000 });
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = FULL');
    db.exec(schema);
    return fileOf(db, file);
  });
}

/** Opens an existing file for reading only; null when no summary was ever made here. */
export function readSummaries(stateDir: string): SummariesFile | null {
  const file = path.join(stateDir, 'summaries.db');
  try {
    return fileOf(new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 10_000 }), file);
  } catch {
    return null;
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'STATE_UNWRITABLE',
      `${file}, which holds the summaries and to whom they went, cannot be used: ${reason}.`,
      'Check that STATE_DIR is a folder this user may write and that its disk is not full. Do not delete the file: without it nobody knows what was sent.',
      error,
    );
  }
}
