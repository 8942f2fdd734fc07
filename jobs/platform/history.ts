import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { Failure } from './errors.ts';

export type Outcome = 'running' | 'succeeded' | 'failed' | 'interrupted';

/** `proven`: the stored bytes were read back to the checked snapshot. `stored`: encrypted, this host cannot read them; their hash was compared. */
export type Proof = 'proven' | 'stored';

/** One run of a job on one database. Sizes in bytes. */
export type Run = {
  readonly id: number;
  readonly job: 'backup' | 'restore';
  readonly database: string;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
  readonly outcome: Outcome;
  /** The step under way, or the last one. */
  readonly step: string;
  /** Object that the run stored, or began to store. */
  readonly key: string | null;
  /** Of that object; null until it was read back. */
  readonly proof: Proof | null;
  readonly snapshotBytes: number | null;
  readonly archiveBytes: number | null;
  readonly rows: number | null;
  readonly suspect: string | null;
  /** What went wrong: of a failed run, or of the housekeeping after a good backup. */
  readonly code: string | null;
  readonly sentence: string | null;
};

export type RunDetails = Partial<
  Pick<Run, 'key' | 'snapshotBytes' | 'archiveBytes' | 'rows' | 'suspect' | 'code' | 'sentence'>
>;

export type AlertKind = 'failure' | 'suspect' | 'housekeeping';

/**
 * What happened, in `STATE_DIR/history.db`. The file is in rollback mode, so that a read-only mount can read it. Methods
 * are synchronous and short; they throw STATE_UNWRITABLE.
 */
export type History = {
  begin(job: Run['job'], database: string, at: Temporal.Instant): number;
  step(id: number, step: string): void;
  note(id: number, details: RunDetails): void;
  finish(id: number, outcome: Exclude<Outcome, 'running'>, at: Temporal.Instant, details?: RunDetails): void;
  /** Marks runs other than `id` that a dead process left as running. The caller holds the database's lock. */
  closeAbandoned(id: number, database: string, at: Temporal.Instant): void;
  /** Newest first. */
  runs(job: Run['job'], database: string, limit: number): Run[];
  /** The newest run whose object was read back and is no suspect, or was accepted. */
  newestGood(database: string): Run | null;
  /** Keys a run began to store and that were neither read back nor given up. */
  unprovenKeys(database: string): string[];
  /** Records that an object was read back. */
  prove(key: string, proof: Proof, at: Temporal.Instant): void;
  proofs(): ReadonlyMap<string, Proof>;
  /** Forgets a key whose object is gone. */
  giveUp(key: string): void;
  counts(database: string): Record<Outcome, number>;
  accept(key: string, at: Temporal.Instant): void;
  acceptedKeys(): ReadonlySet<string>;
  openAlert(database: string, kind: AlertKind, subject: string, at: Temporal.Instant): void;
  alert(database: string, kind: AlertKind): { readonly subject: string; readonly since: Temporal.Instant } | null;
  closeAlert(database: string, kind: AlertKind): void;
  /** The id of the store that backups to this location go to, or null: none is known. */
  storeId(location: string): string | null;
  noteStore(location: string, id: string, at: Temporal.Instant): void;
  /** Throws STATE_UNWRITABLE when nothing could be recorded; records nothing. */
  tryWriting(): void;
  /** Remembers when the service first ran with this state folder. */
  markStart(at: Temporal.Instant): void;
  firstStart(): Temporal.Instant | null;
  close(): void;
};

/** What can be asked of a history that another process writes. */
export type ReadOnlyHistory = Pick<
  History,
  'runs' | 'newestGood' | 'proofs' | 'counts' | 'acceptedKeys' | 'alert' | 'storeId' | 'firstStart' | 'close'
>;

const schema = `
  CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, database TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT,
    outcome TEXT NOT NULL, step TEXT NOT NULL, key TEXT, snapshot_bytes INTEGER, archive_bytes INTEGER,
    rows INTEGER, suspect TEXT, code TEXT, sentence TEXT);
  CREATE INDEX IF NOT EXISTS runs_by_database ON runs (job, database, id);
  CREATE TABLE IF NOT EXISTS proofs (key TEXT PRIMARY KEY, proof TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS accepted (key TEXT PRIMARY KEY, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS alerts (
    database TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (database, kind));
  CREATE TABLE IF NOT EXISTS stores (location TEXT PRIMARY KEY, id TEXT NOT NULL, since TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS service (name TEXT PRIMARY KEY, value TEXT NOT NULL);`;

const columns = `id, job, database, started_at AS startedAt, finished_at AS finishedAt, outcome, step, key,
  (SELECT proof FROM proofs WHERE proofs.key = runs.key) AS proof, snapshot_bytes AS snapshotBytes, archive_bytes AS archiveBytes, rows, suspect, code, sentence`;

type Row = Omit<Run, 'startedAt' | 'finishedAt'> & { startedAt: string; finishedAt: string | null };

/** Opens the history, making it when it is not there. Throws STATE_UNWRITABLE. */
export function openHistory(stateDir: string): History {
  const file = path.join(stateDir, 'history.db');
  return guarded(file, () => {
    mkdirSync(stateDir, { recursive: true });
    const db = new Sqlite(file, { timeout: 10_000 });
    db.pragma('journal_mode = DELETE');
    db.exec(schema);
    return historyOf(db, file);
  });
}

/** Opens an existing history for reading only; null when nothing ever ran here. */
export function readHistory(stateDir: string): ReadOnlyHistory | null {
  const file = path.join(stateDir, 'history.db');
  try {
    return historyOf(new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 10_000 }), file);
  } catch {
    return null;
  }
}

function historyOf(db: Sqlite.Database, file: string): History {
  const run = (sql: string, ...values: unknown[]) => guarded(file, () => db.prepare(sql).run(...values));
  const rows = <T>(sql: string, ...values: unknown[]) =>
    guarded(file, () => db.prepare<unknown[], T>(sql).all(...values));
  const note = (id: number, details: RunDetails) => {
    for (const [name, value] of Object.entries(details)) {
      run(`UPDATE runs SET ${columnNames[name as keyof RunDetails]} = ? WHERE id = ?`, value ?? null, id);
    }
  };
  return {
    begin: (job, database, at) =>
      Number(
        run(
          `INSERT INTO runs (job, database, started_at, outcome, step) VALUES (?, ?, ?, 'running', 'start')`,
          job,
          database,
          at.toString(),
        ).lastInsertRowid,
      ),
    step: (id, step) => run('UPDATE runs SET step = ? WHERE id = ?', step, id),
    note,
    finish: (id, outcome, at, details = {}) =>
      guarded(file, () =>
        db.transaction(() => {
          note(id, details);
          run('UPDATE runs SET outcome = ?, finished_at = ? WHERE id = ?', outcome, at.toString(), id);
        })(),
      ),
    closeAbandoned: (id, database, at) =>
      run(
        `UPDATE runs SET outcome = 'interrupted', finished_at = ? WHERE database = ? AND outcome = 'running' AND id <> ?`,
        at.toString(),
        database,
        id,
      ),
    runs: (job, database, limit) =>
      rows<Row>(
        `SELECT ${columns} FROM runs WHERE job = ? AND database = ? ORDER BY id DESC LIMIT ?`,
        job,
        database,
        limit,
      ).map(runOf),
    newestGood: (database) =>
      rows<Row>(
        `SELECT ${columns} FROM runs WHERE job = 'backup' AND database = ? AND key IN (SELECT key FROM proofs)
           AND (suspect IS NULL OR key IN (SELECT key FROM accepted)) ORDER BY id DESC LIMIT 1`,
        database,
      ).map(runOf)[0] ?? null,
    unprovenKeys: (database) =>
      rows<{ key: string }>(
        `SELECT DISTINCT key FROM runs WHERE job = 'backup' AND database = ? AND key IS NOT NULL AND key NOT IN (SELECT key FROM proofs)`,
        database,
      ).map(({ key }) => key),
    prove: (key, proof, at) =>
      run('INSERT OR REPLACE INTO proofs (key, proof, at) VALUES (?, ?, ?)', key, proof, at.toString()),
    proofs: () =>
      new Map(
        rows<{ key: string; proof: Proof }>('SELECT key, proof FROM proofs').map(({ key, proof }) => [key, proof]),
      ),
    giveUp: (key) => run('UPDATE runs SET key = NULL WHERE key = ?', key),
    counts: (database) => {
      const found = rows<{ outcome: Outcome; count: number }>(
        `SELECT outcome, count(*) AS count FROM runs WHERE job = 'backup' AND database = ? GROUP BY outcome`,
        database,
      );
      return {
        running: 0,
        succeeded: 0,
        failed: 0,
        interrupted: 0,
        ...Object.fromEntries(found.map(({ outcome, count }) => [outcome, count])),
      };
    },
    accept: (key, at) => run('INSERT OR REPLACE INTO accepted (key, at) VALUES (?, ?)', key, at.toString()),
    acceptedKeys: () => new Set(rows<{ key: string }>('SELECT key FROM accepted').map(({ key }) => key)),
    openAlert: (database, kind, subject, at) =>
      run(
        'INSERT OR REPLACE INTO alerts (database, kind, subject, since) VALUES (?, ?, ?, ?)',
        database,
        kind,
        subject,
        at.toString(),
      ),
    alert: (database, kind) => {
      const [found] = rows<{ subject: string; since: string }>(
        'SELECT subject, since FROM alerts WHERE database = ? AND kind = ?',
        database,
        kind,
      );
      return found === undefined ? null : { subject: found.subject, since: Temporal.Instant.from(found.since) };
    },
    closeAlert: (database, kind) => run('DELETE FROM alerts WHERE database = ? AND kind = ?', database, kind),
    storeId: (location) => rows<{ id: string }>('SELECT id FROM stores WHERE location = ?', location)[0]?.id ?? null,
    noteStore: (location, id, at) =>
      run('INSERT OR REPLACE INTO stores (location, id, since) VALUES (?, ?, ?)', location, id, at.toString()),
    tryWriting: () =>
      guarded(file, () => {
        db.exec("BEGIN IMMEDIATE; INSERT INTO service (name, value) VALUES ('try', '')");
        db.exec('ROLLBACK');
      }),
    markStart: (at) => run(`INSERT OR IGNORE INTO service (name, value) VALUES ('first-start', ?)`, at.toString()),
    firstStart: () => {
      const [found] = rows<{ value: string }>(`SELECT value FROM service WHERE name = 'first-start'`);
      return found === undefined ? null : Temporal.Instant.from(found.value);
    },
    close: () => db.close(),
  };
}

const columnNames: Record<keyof RunDetails, string> = {
  key: 'key',
  snapshotBytes: 'snapshot_bytes',
  archiveBytes: 'archive_bytes',
  rows: 'rows',
  suspect: 'suspect',
  code: 'code',
  sentence: 'sentence',
};

function runOf(row: Row): Run {
  return {
    ...row,
    startedAt: Temporal.Instant.from(row.startedAt),
    finishedAt: row.finishedAt === null ? null : Temporal.Instant.from(row.finishedAt),
  };
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'STATE_UNWRITABLE',
      `The run history ${file} cannot be used: ${reason}.`,
      'Check that STATE_DIR is a folder this user may write and that its disk is not full; a damaged history.db may be moved away, backups do not need it.',
      error,
    );
  }
}
