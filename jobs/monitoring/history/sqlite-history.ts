import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { parseJsonAs } from '../../runtime/json.ts';
import type {
  DamagedBackup,
  History,
  OpenSuspect,
  Outcome,
  RoutineVerification,
  RunDetails,
  StateBackup,
  StoreListing,
  UnverifiedBackup,
  Verification,
} from './history.ts';
import { translateHistoryErrors } from './history-file.ts';
import { deserializeRun, type SerializedRun } from './serialized-run.ts';

const columns = `id, job, database, started_at AS startedAt, finished_at AS finishedAt, outcome, step, key,
  (SELECT verification FROM verifications WHERE verifications.key = runs.key) AS verification, snapshot_bytes AS snapshotBytes, archive_bytes AS archiveBytes, rows, suspect, code, message`;

/** The history in an open database that has its tables; `file` is how failures name it. */
export function createSqliteHistory(db: Sqlite.Database, file: string): History {
  const run = (sql: string, ...values: unknown[]) => translateHistoryErrors(file, () => db.prepare(sql).run(...values));
  const rows = <T>(sql: string, ...values: unknown[]) =>
    translateHistoryErrors(file, () => db.prepare<unknown[], T>(sql).all(...values));
  const updateRun = (id: number, details: RunDetails) => {
    for (const [name, value] of Object.entries(details)) {
      run(`UPDATE runs SET ${columnNames[name as keyof RunDetails]} = ? WHERE id = ?`, value ?? null, id);
    }
  };
  const transaction = (...steps: readonly (() => void)[]) =>
    translateHistoryErrors(file, () =>
      db.transaction(() => {
        for (const step of steps) step();
      })(),
    );
  const recordVerification: History['recordVerification'] = (key, verification, at) => {
    const sql = 'INSERT OR REPLACE INTO verifications (key, verification, at) VALUES (?, ?, ?)';
    transaction(
      () => run(sql, key, verification, at.toString()),
      () => run('DELETE FROM damaged WHERE key = ?', key),
    );
  };
  /** An older nightshift's history that is only read has no such table. */
  const damagedRows = (where: string, ...values: unknown[]) => {
    const [table] = rows(`SELECT 1 FROM sqlite_master WHERE name = 'damaged'`);
    return table === undefined ? [] : rows<DamagedRow>(`SELECT key, message, at FROM damaged ${where}`, ...values);
  };
  /** What came last of something that is done again and again. */
  const keepResult = (name: string, result: RoutineVerification | StateBackup | StoreListing) =>
    run('INSERT OR REPLACE INTO service (name, value) VALUES (?, ?)', name, JSON.stringify(result));
  const keptResult = <Result>(name: string, schema: z.ZodType<Result>): Result | null => {
    const [found] = rows<{ value: string }>('SELECT value FROM service WHERE name = ?', name);
    return found === undefined ? null : parseJsonAs(schema, found.value);
  };
  const lastVerifications: History['lastVerifications'] = () => {
    const verified = rows<{ key: string; result: Verification; at: string }>(
      'SELECT key, verification AS result, at FROM verifications',
    );
    const failed = damagedRows('').map(({ key, at }) => ({ key, result: 'failed' as const, at }));
    return new Map(
      [...verified, ...failed].map(({ key, result, at }) => [key, { result, at: Temporal.Instant.from(at) }]),
    );
  };
  return {
    startRun: (job, database, at) =>
      Number(
        run(
          `INSERT INTO runs (job, database, started_at, outcome, step) VALUES (?, ?, ?, 'running', 'start')`,
          job,
          database,
          at.toString(),
        ).lastInsertRowid,
      ),
    setStep: (id, step) => run('UPDATE runs SET step = ? WHERE id = ?', step, id),
    updateRun,
    finishRun: (id, outcome, at, details = {}) =>
      translateHistoryErrors(file, () =>
        db.transaction(() => {
          updateRun(id, details);
          run('UPDATE runs SET outcome = ?, finished_at = ? WHERE id = ?', outcome, at.toString(), id);
        })(),
      ),
    closeInterrupted: (id, database, at) =>
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
        `SELECT ${columns} FROM runs WHERE job = 'backup' AND database = ? AND key IN (SELECT key FROM verifications)
           AND (suspect IS NULL OR key IN (SELECT key FROM accepted)) ORDER BY id DESC LIMIT 1`,
        database,
      ).map(deserializeRun)[0] ?? null,
    unverifiedKeys: (database) =>
      rows<{ key: string }>(
        `SELECT DISTINCT key FROM runs WHERE job = 'backup' AND database = ? AND key IS NOT NULL
           AND key NOT IN (SELECT key FROM verifications UNION SELECT key FROM damaged)`,
        database,
      ).map(({ key }) => key),
    recordVerification,
    verifications: () =>
      new Map(
        rows<{ key: string; verification: Verification }>('SELECT key, verification FROM verifications').map(
          ({ key, verification }) => [key, verification],
        ),
      ),
    lastVerifications,
    recordDamage: (database, { key, message }, at) =>
      transaction(
        () => run('DELETE FROM verifications WHERE key = ?', key),
        () => run('INSERT OR REPLACE INTO damaged VALUES (?, ?, ?, ?)', key, database, message, at.toString()),
      ),
    damagedBackups: (database) =>
      damagedRows('WHERE database = ? ORDER BY at, key', database).map(
        (row): DamagedBackup => ({ ...row, at: Temporal.Instant.from(row.at) }),
      ),
    damagedOfOthers: (databases) =>
      damagedRows(
        'WHERE database NOT IN (SELECT value FROM json_each(?)) ORDER BY at, key',
        JSON.stringify(databases),
      ).map((row): DamagedBackup => ({ ...row, at: Temporal.Instant.from(row.at) })),
    recordRoutineVerification: (database, verified) => keepResult(routineName(database), verified),
    routineVerification: (database) => {
      const parsed = keptResult(routineName(database), routineSchema);
      if (!parsed) return null;
      // What was verified by hand since is unverified no longer.
      const last = lastVerifications();
      const isLeft = ({ key, at }: UnverifiedBackup) => {
        const verified = last.get(key);
        return verified === undefined || Temporal.Instant.compare(verified.at, at) < 0;
      };
      return { ...parsed, unverified: parsed.unverified.filter(isLeft) };
    },
    recordStateBackup: (stored) => keepResult(stateName, stored),
    stateBackup: () => keptResult(stateName, resultSchema),
    recordListing: (database, listing) => keepResult(listingName(database), listing),
    listing: (database) => keptResult(listingName(database), listingSchema),
    forgetKey: (key) =>
      translateHistoryErrors(file, () =>
        db.transaction(() => {
          run('UPDATE runs SET key = NULL WHERE key = ?', key);
          for (const table of ['verifications', 'damaged', 'accepted', 'disproved', 'suspects']) {
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
    recordAcceptance: (key, at) => run('INSERT OR REPLACE INTO accepted (key, at) VALUES (?, ?)', key, at.toString()),
    acceptedKeys: () => new Set(rows<{ key: string }>('SELECT key FROM accepted').map(({ key }) => key)),
    recordDisproof: (key, at) => run('INSERT OR REPLACE INTO disproved (key, at) VALUES (?, ?)', key, at.toString()),
    recordSuspect: (database, { key, reason }, takenAt) =>
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
             WHERE job = 'backup' AND database = ? AND suspect IS NOT NULL AND key IN (SELECT key FROM verifications)
           UNION ALL SELECT key, reason, at FROM suspects WHERE database = ?)
         WHERE key NOT IN (SELECT key FROM accepted UNION SELECT key FROM disproved) GROUP BY key ORDER BY at, key`,
        database,
        database,
      ),
    recordRun: ({ id: _id, job, database, startedAt, finishedAt, outcome, step, verification, ...details }) =>
      translateHistoryErrors(file, () =>
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
          updateRun(Number(id), details);
          if (details.key !== null && verification !== null)
            recordVerification(details.key, verification, finishedAt ?? startedAt);
        })(),
      ),
    alertState: () => rows<{ value: string }>(`SELECT value FROM service WHERE name = 'alerts'`)[0]?.value ?? null,
    saveAlertState: (text) => run(`INSERT OR REPLACE INTO service (name, value) VALUES ('alerts', ?)`, text),
    storeId: (location) => rows<{ id: string }>('SELECT id FROM stores WHERE location = ?', location)[0]?.id ?? null,
    storeSince: (location) => {
      const [found] = rows<{ since: string }>('SELECT since FROM stores WHERE location = ?', location);
      return found === undefined ? null : Temporal.Instant.from(found.since);
    },
    recordStore: (location, id, at) =>
      run('INSERT OR REPLACE INTO stores (location, id, since) VALUES (?, ?, ?)', location, id, at.toString()),
    instances: () => {
      const found = rows<{ name: string; value: string }>(
        `SELECT name, value FROM service WHERE name = 'instance' OR name LIKE '${replacedStem}%'`,
      );
      const replaced = found.filter(({ name }) => name !== 'instance');
      return {
        own: found.find(({ name }) => name === 'instance')?.value ?? null,
        replaced: new Map(
          replaced.map(({ name, value }) => [name.slice(replacedStem.length), Temporal.Instant.from(value)]),
        ),
      };
    },
    recordReplacedInstance: (id, at) =>
      run('INSERT OR REPLACE INTO service (name, value) VALUES (?, ?)', `${replacedStem}${id}`, at.toString()),
    requireWritable: () =>
      translateHistoryErrors(file, () => {
        db.exec("BEGIN IMMEDIATE; INSERT INTO service (name, value) VALUES ('try', '')");
        db.exec('ROLLBACK');
      }),
    recordFirstStart: (at) =>
      run(`INSERT OR IGNORE INTO service (name, value) VALUES ('first-start', ?)`, at.toString()),
    firstStart: () => {
      const [found] = rows<{ value: string }>(`SELECT value FROM service WHERE name = 'first-start'`);
      return found === undefined ? null : Temporal.Instant.from(found.value);
    },
    copyToMemory: () =>
      translateHistoryErrors(file, () => createSqliteHistory(new Sqlite(db.serialize()), 'in memory')),
    close: () => db.close(),
  };
}

type DamagedRow = { readonly key: string; readonly message: string; readonly at: string };

const replacedStem = 'replaced-instance:';
const routineName = (database: string) => `verification:${database}`;
const stateName = 'state-backup';
const instant = z.string().transform((text) => Temporal.Instant.from(text));
const resultSchema = z.object({ at: instant, key: z.string().nullable(), problem: z.string().nullable() });
const routineSchema = resultSchema.extend({
  unverified: z.array(z.object({ key: z.string(), problem: z.string(), at: instant })).default([]),
});

const listingName = (database: string) => `listing:${database}`;
const listingSchema = z.object({
  at: instant,
  rungs: z.array(z.object({ rung: z.string(), backups: z.number(), bytes: z.number() })),
});

const columnNames: Record<keyof RunDetails, string> = {
  key: 'key',
  snapshotBytes: 'snapshot_bytes',
  archiveBytes: 'archive_bytes',
  rows: 'rows',
  suspect: 'suspect',
  code: 'code',
  message: 'message',
};
