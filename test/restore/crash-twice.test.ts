import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { Checkpoint } from '../../jobs/restore/files/checkpoint.ts';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import { stagedPath } from '../../jobs/restore/files/names.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import { readJournal } from '../../jobs/restore/swap/journal.ts';
import { resumeUnfinished } from '../../jobs/restore/swap/resume.ts';
import { runSteps } from '../../jobs/restore/swap/run-steps.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { everyNth } from '../sampling.ts';
import { deathAt } from './death-at.ts';
import { always, type FakeServices, fakeEngine, readServices } from './fake-engine.ts';
import { fastClock } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
const services: FakeServices = {
  web: { running: true, policy: always, healthyOn: 'any' },
  worker: { running: true, policy: always, healthyOn: 'old' },
};

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const serviceFile = () => path.join(databases.folder, 'services.json');

/** Begins the switch with a staged file and services that are unhealthy on it. Null: it died at that checkpoint. */
async function begin(number: number, fails = (_: string) => false): Promise<unknown> {
  databases.reset();
  writeFileSync(serviceFile(), JSON.stringify(services));
  const staged = stagedPath(databases.database);
  new Sqlite(staged)
    .exec(
      "CREATE TABLE era (name); INSERT INTO era VALUES ('new'); CREATE TABLE visits (text); CREATE TABLE orders (id)",
    )
    .close();
  const container = { kind: 'container', restartPolicy: always, stopTimeoutSeconds: 10, healthSeconds: 5 } as const;
  const journal = {
    version: 1,
    step: 'stopping',
    database: databases.database,
    source: 'a backup',
    sourceTakenAt: null,
    startedAt: String(systemClock.now()),
    staged: fileIdentity(staged),
    tables: null,
    stamp: '2025-12-02_031500',
    services: ['web', 'worker'].map((name) => ({ ...container, id: name, name })),
    healthRollback: true,
    healthTimeoutSeconds: null,
    downAt: null,
    upAt: null,
    servedRestored: false,
    problem: null,
    restarted: null,
    stagedState: null,
    moved: null,
    oldTables: null,
    oldState: null,
    unseen: null,
  } as const;
  const { checkpoint, died } = deathAt(number, fails);
  return Promise.race([
    died,
    runSteps(
      {
        ...journal,
        services: [...journal.services],
        crashingBefore: [],
        unhealthyBefore: [],
        unhealthy: [],
        notStarted: [],
        joined: [],
        cutOff: [],
      },
      false,
      deps(checkpoint),
    ),
  ]);
}

async function resume(number: number): Promise<unknown> {
  const { checkpoint, died } = deathAt(number);
  return Promise.race([died, resumeUnfinished(databases.database, 'UTC', deps(checkpoint))]);
}

function deps(checkpoint: Checkpoint) {
  const services = dockerServiceManager(fakeEngine(serviceFile(), databases.database), fastClock);
  return { services, clock: fastClock, log, checkpoint, assertNotInUse: async () => {}, leaveOff: [] };
}

test('killed at a step, and again while the next run resumes it: the run after that leaves the old database complete', async () => {
  let pairs = 0;
  for (let first = 1; (await begin(first)) === 'died'; first += 3) {
    for (let second = 1 + (first % 4); ; second += 4 * everyNth(12)) {
      await begin(first);
      if (readJournal(databases.database) === null) break;
      const again = await resume(second);
      await resume(0);
      pairs += 1;
      const kept = readdirSync(path.dirname(databases.database)).filter((name) => /\.(backup|restore)-/.test(name));
      assert.deepEqual(
        { inPlace: holds(databases.database), kept, services: readServices(serviceFile()) },
        { inPlace: complete.old, kept: [], services },
        `killed at checkpoint ${first}, then at ${second}`,
      );
      assert.ok(statSync(databases.database).size > 0);
      if (again !== 'died') break;
    }
  }
  assert.ok(pairs > 100 / everyNth(12), `only ${pairs} pairs`);
});

test('killed on a rollback that could not be journalled: the run after that leaves the old database complete, and never calls it restored', async () => {
  const isWayBackJournal = (name: string) =>
    /^before journalling (stoppingForRollback|restoringOriginal|restartingServices|cleaningUp)$/.test(name);
  let resumed = 0;
  for (let number = 1; (await begin(number, isWayBackJournal)) === 'died'; number += everyNth(2)) {
    const ended = await resumeUnfinished(databases.database, 'UTC', deps(deathAt(0).checkpoint));
    assert.deepEqual(
      { inPlace: holds(databases.database), services: readServices(serviceFile()), end: ended?.step ?? 'cleaningUp' },
      { inPlace: complete.old, services, end: 'cleaningUp' },
      `killed at checkpoint ${number}`,
    );
    resumed += 1;
  }
  assert.ok(resumed > 40 / everyNth(2), `only ${resumed} times`);
});
