import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { Checkpoint } from '../../jobs/restore/files/checkpoint.ts';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import { fileState } from '../../jobs/restore/files/file-state.ts';
import { databaseParts } from '../../jobs/restore/files/names.ts';
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
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
const copyName = 'shop.db.backup-2025-12-01_000000';
const stride = everyNth(8);
const restored = 'new, 3 orders, ok';

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

/** The restored database in place, or none, and the old one as a safety copy, each with what is still in its -wal. */
function prepare(hasDatabase: boolean): void {
  databases.reset();
  for (const part of databaseParts) {
    if (existsSync(databases.database + part)) renameSync(databases.database + part, beside(copyName) + part);
  }
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

/** Begins the switch of an undo; `died` when it did at that checkpoint. */
async function begin(service: FakeService | null, dieAt: number): Promise<unknown> {
  writeFileSync(serviceFile(), JSON.stringify(service === null ? {} : { web: service }));
  const container = { kind: 'container', restartPolicy: always, stopTimeoutSeconds: 10, healthSeconds: 5 } as const;
  const copy = beside(copyName);
  const parts = databaseParts.filter((part) => existsSync(copy + part));
  const inodes = Object.fromEntries(parts.map((part) => [part, fileIdentity(copy + part).inode]));
  const stopped = { service: { ...container, id: 'web', name: 'web' }, reason: 'a test', remark: null };
  const services = { stop: service === null ? [] : [stopped], joined: [] };
  const journal = newJournal(
    { label: copy, takenAt: null },
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
    { ...fileIdentity(copy), fingerprint: null, state: fileState(copy), moved: { name: copyName, inodes } },
    systemClock.now(),
  );
  const { checkpoint, died } = deathAt(dieAt);
  return Promise.race([died, runSteps(journal, false, deps(checkpoint))]);
}

/** What is in place, and each safety copy. */
function found(): string[] {
  const copies = readdirSync(path.dirname(databases.database)).filter((name) =>
    /\.(backup|rejected)-[\d_-]+$/.test(name),
  );
  return [databases.database, ...copies.toSorted().map(beside)].map(holds);
}

const sick: FakeService = { ...web, healthyOn: 'none' };
const cases = [
  {
    what: 'that succeeds',
    service: web,
    hasDatabase: true,
    forward: [complete.old, restored],
    back: [restored, complete.old],
  },
  { what: 'that is rolled back', service: sick, hasDatabase: true, forward: null, back: [restored, complete.old] },
  {
    what: 'where there is no database',
    service: null,
    hasDatabase: false,
    forward: [complete.old],
    back: ['nothing', complete.old],
  },
] as const;

for (const { what, service, hasDatabase, forward, back } of cases) {
  test(`an undo ${what}, killed at any step: one more restore leaves both databases complete, one of them in place`, async () => {
    let died = 0;
    for (let number = 1; ; number += stride) {
      prepare(hasDatabase);
      const ended = await begin(service, number);
      const isDead = ended === 'died';
      if (isDead) died += 1;
      if (readJournal(databases.database) !== null) {
        await resumeUnfinished(databases.database, 'UTC', deps(deathAt(0).checkpoint));
      }
      const isForward = forward !== null && holds(databases.database) === complete.old;
      assert.deepEqual(found(), isForward ? forward : back, `killed at checkpoint ${number}`);
      assert.notEqual(readServices(serviceFile())['web']?.running, false);
      assert.equal(readJournal(databases.database), null);
      if (!isDead) break;
    }
    assert.deepEqual(found(), forward ?? back);
    assert.ok(died > 20 / stride, `only ${died} checkpoints`);
  });
}
