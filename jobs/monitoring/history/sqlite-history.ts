import Sqlite from 'better-sqlite3';
import type { History, OpenSuspect, Outcome, Proof, RunDetails } from './history.ts';
import { guarded } from './history-file.ts';
import { deserializeRun, type SerializedRun } from './serialized-run.ts';

const columns = `id, job, database, started_at AS startedAt, finished_at AS finishedAt, outcome, step, key,
  (SELECT proof FROM proofs WHERE proofs.key = runs.key) AS proof, snapshot_bytes AS snapshotBytes, archive_bytes AS archiveBytes, rows, suspect, code, message`;

/** The history in an open database that has its tables; `file` is how failures name it. */
export function historyOf(db: Sqlite.Database, file: string): History {
  const run = (sql: string, ...values: unknown[]) => guarded(file, () => db.prepare(sql).run(...values));
  const rows = <T>(sql: string, ...values: unknown[]) =>
    guarded(file, () => db.prepare<unknown[], T>(sql).all(...values));
  const note = (id: number, details: RunDetails) => {
    for (const [name, value] of Object.entries(details)) {
      run(`UPDATE runs SET ${columnNames[name as keyof RunDetails]} = ? WHERE id = ?`, value ?? null, id);
    }
  };
  const prove: History['prove'] = (key, proof, at) =>
    run('INSERT OR REPLACE INTO proofs (key, proof, at) VALUES (?, ?, ?)', key, proof, at.toString());
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
      rows<SerializedRun>(
        `SELECT ${columns} FROM runs WHERE job = ? AND database = ? ORDER BY id DESC LIMIT ?`,
        job,
        database,
        limit,
      ).map(deserializeRun),
    newestGood: (database) =>
      rows<SerializedRun>(
        `SELECT ${columns} FROM runs WHERE job = 'backup' AND database = ? AND key IN (SELECT key FROM proofs)
           AND (suspect IS NULL OR key IN (SELECT key FROM accepted)) ORDER BY id DESC LIMIT 1`,
        database,
      ).map(deserializeRun)[0] ?? null,
    unprovenKeys: (database) =>
      rows<{ key: string }>(
        `SELECT DISTINCT key FROM runs WHERE job = 'backup' AND database = ? AND key IS NOT NULL AND key NOT IN (SELECT key FROM proofs)`,
        database,
      ).map(({ key }) => key),
    prove,
    proofs: () =>
      new Map(
        rows<{ key: string; proof: Proof }>('SELECT key, proof FROM proofs').map(({ key, proof }) => [key, proof]),
      ),
    forgetKey: (key) =>
      guarded(file, () =>
        db.transaction(() => {
          run('UPDATE runs SET key = NULL WHERE key = ?', key);
          for (const table of ['proofs', 'accepted', 'disproved', 'suspects']) {
            run(`DELETE FROM ${table} WHERE key = ?`, key);
          }
        })(),
      ),
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
    disprove: (key, at) => run('INSERT OR REPLACE INTO disproved (key, at) VALUES (?, ?)', key, at.toString()),
    noteSuspect: (database, { key, reason }, takenAt) =>
      run(
        'INSERT OR IGNORE INTO suspects (key, database, reason, at) VALUES (?, ?, ?, ?)',
        key,
        database,
        reason,
        takenAt.toString(),
      ),
    openSuspects: (database) =>
      rows<OpenSuspect>(
        `SELECT key, reason FROM (
           SELECT key, suspect AS reason, started_at AS at FROM runs
             WHERE job = 'backup' AND database = ? AND suspect IS NOT NULL AND key IN (SELECT key FROM proofs)
           UNION ALL SELECT key, reason, at FROM suspects WHERE database = ?)
         WHERE key NOT IN (SELECT key FROM accepted UNION SELECT key FROM disproved) GROUP BY key ORDER BY at, key`,
        database,
        database,
      ),
    keepRun: ({ id: _id, job, database, startedAt, finishedAt, outcome, step, proof, ...details }) =>
      guarded(file, () =>
        db.transaction(() => {
          const begun = [job, database, startedAt.toString()];
          const [known] = rows<{ id: number }>(
            'SELECT id FROM runs WHERE job = ? AND database = ? AND started_at = ?',
            ...begun,
          );
          const id =
            known?.id ??
            run(`INSERT INTO runs (job, database, started_at, outcome, step) VALUES (?, ?, ?, '', '')`, ...begun)
              .lastInsertRowid;
          const ended = finishedAt?.toString() ?? null;
          run('UPDATE runs SET outcome = ?, step = ?, finished_at = ? WHERE id = ?', outcome, step, ended, id);
          note(Number(id), details);
          if (details.key !== null && proof !== null) prove(details.key, proof, finishedAt ?? startedAt);
        })(),
      ),
    alertMemory: () => rows<{ value: string }>(`SELECT value FROM service WHERE name = 'alerts'`)[0]?.value ?? null,
    keepAlertMemory: (text) => run(`INSERT OR REPLACE INTO service (name, value) VALUES ('alerts', ?)`, text),
    storeId: (location) => rows<{ id: string }>('SELECT id FROM stores WHERE location = ?', location)[0]?.id ?? null,
    storeSince: (location) => {
      const [found] = rows<{ since: string }>('SELECT since FROM stores WHERE location = ?', location);
      return found === undefined ? null : Temporal.Instant.from(found.since);
    },
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
    copy: () => guarded(file, () => historyOf(new Sqlite(db.serialize()), 'in memory')),
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
  message: 'message',
};
