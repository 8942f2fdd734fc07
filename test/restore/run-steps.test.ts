import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import type { HealthStatus, ServiceManager } from '../../jobs/restore/services/service-manager.ts';
import type { StoppedService } from '../../jobs/restore/services/stopped-service.ts';
import type { RestoreJournal } from '../../jobs/restore/swap/journal.ts';
import { runSteps } from '../../jobs/restore/swap/run-steps.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { fastClock } from './run-action.ts';

const stamp = '2025-11-30_020000';

const service = (name: string, startsByItself = true): StoppedService => ({
  kind: 'container',
  id: `id of ${name}`,
  name,
  restartPolicy: { Name: startsByItself ? 'always' : '', MaximumRetryCount: 0 },
  stopTimeoutSeconds: 10,
  healthSeconds: null,
});

type ServiceFaults = {
  /** What starting says, by name, once for each time it is tried; then it starts. */
  readonly start?: Readonly<Record<string, string[]>>;
  readonly health?: Readonly<Record<string, HealthStatus>>;
  readonly onAutostart?: string;
  readonly inUse?: boolean;
  /** Runs at the checkpoint of that name. */
  readonly at?: Readonly<Record<string, () => void>>;
};

/** A restore of a shop whose verified backup is staged, with services that do as told; `calls` are in their order. */
function restoreOf(t: TestContext, services: readonly StoppedService[], faults: ServiceFaults = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-steps-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = path.join(folder, 'shop.db');
  const staged = `${database}.restore-staged`;
  for (const [file, era] of [
    [database, 'old'],
    [staged, 'restored'],
  ] as const)
    new Sqlite(file).exec(`CREATE TABLE era AS SELECT '${era}' AS name`).close();
  const calls: string[] = [];
  const era = () => String(new Sqlite(database, { readonly: true }).prepare('SELECT name FROM era').pluck().get());
  const unexpected = () => assert.fail('nobody should ask that');
  const manager: ServiceManager = {
    find: unexpected,
    findUnhealthy: unexpected,
    isRemoved: async () => false,
    connection: unexpected,
    restart: unexpected,
    startsByItself: ({ kind, ...rest }) => 'restartPolicy' in rest && rest.restartPolicy.Name === 'always',
    disableAutostart: async ({ name }) => void calls.push(`hold ${name}`),
    async restoreAutostart({ name }) {
      calls.push(`release ${name}`);
      if (faults.onAutostart === name) throw new Failure('DOCKER_FAILED', `no policy for ${name}`, 'look');
    },
    stop: async ({ name }) => void calls.push(`stop ${name}`),
    async start({ name }) {
      const problem = faults.start?.[name]?.shift() ?? null;
      calls.push(`start ${name} on the ${era()} one${problem === null ? '' : `: ${problem}`}`);
      return problem;
    },
    health: async ({ name }) => faults.health?.[name] ?? { state: 'healthy', reason: 'its health check passes' },
    uptime: async () => ({ state: 'healthy', reason: 'it runs' }),
  };
  const { inode, bytes } = fileIdentity(staged);
  const journal: RestoreJournal = {
    version: 1,
    step: 'stopping',
    database,
    source: 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz',
    sourceTakenAt: null,
    startedAt: '2025-11-30T02:00:00Z',
    staged: { inode, bytes },
    stagedState: null,
    moved: null,
    oldTables: null,
    oldState: null,
    tables: null,
    stamp,
    services: [...services],
    joined: [],
    healthRollback: true,
    healthTimeoutSeconds: 5,
    downAt: null,
    upAt: null,
    servedRestored: false,
    problem: null,
    crashingBefore: [],
    unhealthyBefore: [],
    unhealthy: [],
    notStarted: [],
    cutOff: [],
    restarted: null,
    unseen: null,
  };
  const run = () =>
    runSteps(journal, false, {
      services: manager,
      clock: fastClock,
      log: createLog(fastClock, 'UTC', { out() {}, err() {} }),
      checkpoint: (name) => faults.at?.[name]?.(),
      leaveOff: [],
      async assertNotInUse() {
        calls.push('look for open files');
        if (faults.inUse === true) throw new Failure('DATABASE_IN_USE', 'process 7 has it open', 'stop it');
      },
    });
  const beside = () =>
    readdirSync(folder)
      .filter((name) => name !== 'shop.db')
      .map((name) => name.replace(stamp, 'STAMP'));
  return { database, run, calls, era, beside };
}

test('services are held and stopped, then nobody may have the database open, then they start on the restored one', async (t) => {
  const { run, calls, era, beside } = restoreOf(t, [service('web'), service('once', false)]);
  const ended = await run();
  assert.deepEqual(calls, [
    'hold web',
    'stop web',
    'stop once',
    'look for open files',
    'start web on the restored one',
    'start once on the restored one',
    'release web',
  ]);
  assert.deepEqual([ended.step, ended.problem, era()], ['finishing', null, 'restored']);
  assert.deepEqual(beside(), ['shop.db.backup-STAMP', 'shop.db.backup-STAMP.nightshift-restore']);
});

test('with the database still open after the stop nothing moves, and services start again as they were', async (t) => {
  const { run, calls, era, beside } = restoreOf(t, [service('web')], { inUse: true });
  const ended = await run();
  assert.deepEqual(calls, ['hold web', 'stop web', 'look for open files', 'start web on the old one', 'release web']);
  assert.deepEqual([ended.step, ended.problem, era()], ['cleaningUp', 'process 7 has it open', 'old']);
  assert.deepEqual(beside(), []);
});

test('a restored file that is not whole in its place goes back before any service starts on it', async (t) => {
  const spoil = { at: { 'journalled checking': () => writeFileSync(scene.database, 'x'.repeat(100)) } };
  const scene = restoreOf(t, [service('web')], spoil);
  const ended = await scene.run();
  assert.deepEqual(scene.calls.slice(3), ['start web on the old one', 'release web']);
  assert.equal(ended.problem, `After the swap ${scene.database} has 100 bytes, not 8192.`);
  assert.equal(scene.era(), 'old');
  assert.deepEqual(scene.beside(), []);
});

test('a service that is unhealthy takes the old database back, and what services wrote into the restored one is kept', async (t) => {
  const sick = { state: 'failed', reason: 'its health check fails' } as const;
  const { run, calls, era, beside } = restoreOf(t, [service('web')], { health: { web: sick } });
  const ended = await run();
  assert.deepEqual(calls, [
    'hold web',
    'stop web',
    'look for open files',
    'start web on the restored one',
    'hold web',
    'stop web',
    'start web on the old one',
    'release web',
  ]);
  assert.deepEqual(
    [ended.problem, ended.unhealthy, era()],
    ['web is unhealthy: its health check fails.', ['web'], 'old'],
  );
  assert.deepEqual(beside(), ['shop.db.rejected-STAMP']);
});

test('a service that needs another one to start is tried again after it', async (t) => {
  const needy = { start: { web: ['its database server is not there'] } };
  const { run, calls, era } = restoreOf(t, [service('web'), service('server')], needy);
  await run();
  assert.deepEqual(
    calls.filter((call) => call.startsWith('start')),
    [
      'start web on the restored one: its database server is not there',
      'start server on the restored one',
      'start web on the restored one',
    ],
  );
  assert.equal(era(), 'restored');
});

test('every service gets its restart policy back, though that of one fails; then the journal stays for the next run', async (t) => {
  const { database, run, calls } = restoreOf(t, [service('web'), service('worker')], { onAutostart: 'web' });
  await assert.rejects(run(), { code: 'RESTORE_UNFINISHED', message: /stopped while finishing: no policy for web$/ });
  assert.deepEqual(calls.slice(-2), ['release web', 'release worker']);
  assert.equal(existsSync(`${database}.restore-journal`), true);
});
