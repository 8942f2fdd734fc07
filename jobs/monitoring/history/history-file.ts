import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import { fileStamp } from '../../runtime/clock.ts';
import { Failure, isDamagedDatabase } from '../../runtime/errors.ts';

export const historyPath = (stateDir: string) => path.join(stateDir, 'history.db');

export const historySchema = `
  CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, database TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT,
    outcome TEXT NOT NULL, step TEXT NOT NULL, key TEXT, snapshot_bytes INTEGER, archive_bytes INTEGER,
    rows INTEGER, suspect TEXT, code TEXT, message TEXT);
  CREATE INDEX IF NOT EXISTS runs_by_database ON runs (job, database, id);
  CREATE TABLE IF NOT EXISTS verifications (key TEXT PRIMARY KEY, verification TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS damaged (key TEXT PRIMARY KEY, database TEXT NOT NULL, message TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS accepted (key TEXT PRIMARY KEY, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS disproved (key TEXT PRIMARY KEY, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS suspects (key TEXT PRIMARY KEY, database TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS stores (location TEXT PRIMARY KEY, id TEXT NOT NULL, since TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS service (name TEXT PRIMARY KEY, value TEXT NOT NULL);`;

const everyColumn = `SELECT id, job, database, started_at, finished_at, outcome, step, runs.key, snapshot_bytes, archive_bytes, rows,
  suspect, code, message, verification, name, value FROM runs, verifications, service LIMIT 1`;

/** Throws HISTORY_DAMAGED unless every page of the file is sound. A history is small: this takes milliseconds. */
export function requireSound(db: Sqlite.Database, file: string): void {
  const found = translateHistoryErrors(file, () => db.pragma('quick_check(1)', { simple: true }));
  if (found !== 'ok') throw damaged(file, String(found));
}

/** Throws HISTORY_DAMAGED unless the file has the tables of a history: another program made it, or a full disk took only its first page. */
export function requireTables(db: Sqlite.Database, file: string): void {
  translateHistoryErrors(file, () => db.prepare(everyColumn).get());
}

/** Runs `work` on the history; what SQLite throws becomes HISTORY_DAMAGED or STATE_UNWRITABLE. */
export function translateHistoryErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw (
      damagedFailure(file, error) ??
      new Failure(
        'STATE_UNWRITABLE',
        `The run history ${file} cannot be written: ${reason}.`,
        'Check that STATE_DIR is a folder this user may write and that its disk is not full.',
        error,
      )
    );
  }
}

/** HISTORY_DAMAGED when `error` means that the file is damaged, or not nightshift's, else null. */
export function damagedFailure(file: string, error: unknown): Failure | null {
  if (error instanceof Failure && error.code === 'HISTORY_DAMAGED') return error;
  const isForeign = error instanceof Error && /^(no such (table|column)|table \w+ has no column)/.test(error.message);
  const isDamaged = isForeign || isDamagedDatabase(error);
  return isDamaged ? damaged(file, error instanceof Error ? error.message : String(error), error) : null;
}

function damaged(file: string, reason: string, cause?: unknown): Failure {
  return new Failure(
    'HISTORY_DAMAGED',
    `The run history ${file} is damaged: ${reason.replaceAll('\n', ' ')}.`,
    'The next `nightshift backup` renames it and begins a new one. Backups in the store are not touched by this.',
    cause,
  );
}

/**
 * Renames a damaged history, and the journal that belongs to it, to `history.db.damaged-2025-11-30_020000` (local time in
 * `zone`), and returns that path. Throws what the file system says.
 */
export function renameDamaged(stateDir: string, at: Temporal.Instant, zone: string): string {
  const file = historyPath(stateDir);
  const stem = `${file}.damaged-${fileStamp(at.toZonedDateTimeISO(zone).toPlainDateTime())}`;
  let aside = stem;
  for (let count = 2; existsSync(aside); count += 1) aside = `${stem}-${count}`;
  renameSync(file, aside);
  if (existsSync(`${file}-journal`)) renameSync(`${file}-journal`, `${aside}-journal`);
  return aside;
}
