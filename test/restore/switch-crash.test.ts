import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { Checkpoint } from '../../jobs/restore/files/checkpoint.ts';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import { fileState } from '../../jobs/restore/files/file-state.ts';
import { stagedPath } from '../../jobs/restore/files/names.ts';
import { newJournal } from '../../jobs/restore/run/new-journal.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import { readJournal } from '../../jobs/restore/swap/journal.ts';
import { resumeUnfinished } from '../../jobs/restore/swap/resume.ts';
import { runSteps } from '../../jobs/restore/swap/run-steps.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { everyNth } from '../sampling.ts';
import { deathAt } from './death-at.ts';
import { always, type FakeService, fakeEngine, readServices, web } from './fake-engine.ts';
import { fastClock } from './run-action.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
const copyName = 'shop.db.backup-2025-12-01_000000';
const stride = everyNth(12);
/** What is in place, with 3 of its orders in its -wal; what comes is the old database. */
const current = 'new, 3 orders, ok';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const serviceFile = () => path.join(databases.folder, 'services.json');
const beside = (name: string) => path.join(path.dirname(databases.database), name);

function deps(checkpoint: Checkpoint) {
  const services = dockerServiceManager(fakeEngine(serviceFile(), databases.database), fastClock);
  return { services, clock: fastClock, log, checkpoint, assertNotInUse: async () => {}, leaveOff: [] };
}

/** The current database in place with rows in its -wal, or none; and what comes under this name. */
function prepare(coming: string, hasDatabase: boolean): void {
  databases.reset();
  foldWal(databases.database);
  renameSync(databases.database, coming);
  // As a reader leaves them.
  if (coming !== stagedPath(databases.database)) for (const part of ['-wal', '-shm']) writeFileSync(coming + part, '');
  if (!hasDatabase) return;
  const made = path.join(databases.folder, 'made.db');
  const connection = new Sqlite(made);
  connection.pragma('journal_mode = WAL');
  connection.exec(
    "CREATE TABLE era (name); INSERT INTO era VALUES ('new'); CREATE TABLE visits (text); CREATE TABLE orders (id)",
  );
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.exec('INSERT INTO orders VALUES (1), (2), (3)');
  for (const part of ['', '-wal']) copyFileSync(made + part, databases.database + part);
  connection.close();
  rmSync(made);
}

/** Begins the switch; `died` when it did at that checkpoint. */
async function begin(coming: string, service: FakeService | null, dieAt: number): Promise<unknown> {
  writeFileSync(serviceFile(), JSON.stringify(service === null ? {} : { web: service }));
  const container = { kind: 'container', restartPolicy: always, stopTimeoutSeconds: 10, healthSeconds: 5 } as const;
  const stopped = { service: { ...container, id: 'web', name: 'web' }, reason: 'a test', remark: null };
  const services = { stop: service === null ? [] : [stopped], joined: [] };
  const moved = coming === stagedPath(databases.database) ? null : { name: path.basename(coming) };
  const journal = newJournal(
    { label: coming, takenAt: null },
    { path: databases.database },
    { healthRollback: true, healthTimeoutSeconds: null },
    {
      stamp: '2025-12-02_031500',
      services,
      users: { visibility: { processes: true, containers: true, gaps: [] } },
      oldTables: null,
      crashingBefore: [],
      unhealthyBefore: [],
    },
    { ...fileIdentity(coming), fingerprint: null, state: fileState(coming), moved },
    systemClock.now(),
  );
  const { checkpoint, died } = deathAt(dieAt);
  return Promise.race([died, runSteps(journal, false, deps(checkpoint))]);
}

/** Opens it as a program does that makes what is missing, reads, and writes a row where it can. */
function openInBetween(): void {
  const connection = new Sqlite(databases.database);
  try {
    connection.exec("INSERT INTO visits VALUES ('opened in between')");
  } catch {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  }
  connection.close();
}

/** What is in place, and each safety copy. What an opener made of nothing is nothing. */
function found(): { readonly inPlace: string; readonly copies: readonly string[] } {
  const held = (name: string) => (statSync(name, { throwIfNoEntry: false })?.size ? holds(name) : 'nothing');
  const names = readdirSync(path.dirname(databases.database)).filter((name) =>
    /\.(backup|rejected)-[\d_-]+$/.test(name),
  );
  return { inPlace: held(databases.database), copies: names.toSorted().map(beside).map(held) };
}

/** Sidecars whose database is not there. */
function orphans(): string[] {
  return readdirSync(path.dirname(databases.database)).filter(
    (name) => /-(wal|shm|journal)$/.test(name) && !existsSync(beside(name.replace(/-(wal|shm|journal)$/, ''))),
  );
}

const sick: FakeService = { ...web, healthyOn: 'none' };
const endings = [
  { ends: 'that succeeds', service: web, hasDatabase: true },
  { ends: 'that is rolled back', service: sick, hasDatabase: true },
  { ends: 'where there is no database', service: null, hasDatabase: false },
] as const;

for (const kind of ['a restore', 'an undo'] as const) {
  for (const { ends, service, hasDatabase } of endings) {
    for (const isOpened of [false, true]) {
      const between = isOpened ? ' and the database opened in between' : '';
      test(`${kind} ${ends}, killed at any step${between}: one more restore leaves all databases complete, one of them in place`, async () => {
        const coming = kind === 'a restore' ? stagedPath(databases.database) : beside(copyName);
        const forward = { inPlace: complete.old, copies: hasDatabase ? [current] : [] };
        const back = { inPlace: hasDatabase ? current : 'nothing', copies: [complete.old] };
        // What was staged is in the store, and goes with a rollback, unless a service has run on it.
        const unstaged = { ...back, copies: kind === 'a restore' ? [] : back.copies };
        let died = 0;
        for (let number = 1; ; number += stride) {
          prepare(coming, hasDatabase);
          const isDead = (await begin(coming, service, number)) === 'died';
          if (isDead) died += 1;
          if (isDead && isOpened) openInBetween();
          if (readJournal(databases.database) !== null) {
            await resumeUnfinished(databases.database, 'UTC', deps(deathAt(0).checkpoint));
          }
          const context = `killed at checkpoint ${number}`;
          const result = found();
          const isForward = result.inPlace === complete.old && service !== sick;
          assert.deepEqual(result, isForward ? forward : result.copies.length === 0 ? unstaged : back, context);
          assert.deepEqual(orphans(), [], context);
          assert.notEqual(readServices(serviceFile())['web']?.running, false);
          assert.equal(readJournal(databases.database), null);
          if (!isDead) break;
        }
        assert.ok(died > 15 / stride, `only ${died} checkpoints`);
      });
    }
  }
}
