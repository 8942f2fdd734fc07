import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { readJournal } from '../../jobs/restore/swap/journal.ts';
import { always, type FakeService, readServices, web } from './fake-engine.ts';
import { fakeEngineOrNone, runRestore } from './run-action.ts';

const off: FakeService = { running: false, policy: { Name: 'no', MaximumRetryCount: 0 }, healthyOn: 'any' };

type Unfinished = { readonly step: string; readonly problem?: string | null; readonly services?: readonly string[] };

/** Databases, each with the journal of an unfinished restore; `null`: a journal that cannot be read. */
function scene(t: TestContext, unfinished: Readonly<Record<string, Unfinished | null>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['data', 'state', 'staging', 'store']) mkdirSync(path.join(folder, name));
  const pathOf = (name: string) => path.join(folder, 'data', `${name}.db`);
  for (const [name, journal] of Object.entries(unfinished)) {
    const database = pathOf(name);
    new Sqlite(database)
      .exec("CREATE TABLE era (name); INSERT INTO era VALUES ('old'); CREATE TABLE visits (text)")
      .close();
    const text = journal === null ? '{"version": 1, "step": "swap' : JSON.stringify(journalOf(database, journal));
    writeFileSync(`${database}.restore-journal`, text);
  }
  const databases = Object.keys(unfinished).map(pathOf);
  const services = path.join(folder, 'services.json');
  writeFileSync(services, JSON.stringify({ web: off }));
  const environment = {
    DATABASE_PATH: databases.join(','),
    BACKUP_STORE: `file://${folder}/store`,
    STATE_DIR: path.join(folder, 'state'),
    STAGING_DIR: path.join(folder, 'staging'),
  };
  const run = (options: Partial<CliOptions> = {}) =>
    runRestore(undefined, environment, { engine: fakeEngineOrNone(services, databases[0] ?? ''), options });
  const journals = () => databases.filter((database) => existsSync(`${database}.restore-journal`));
  return { pathOf, run, journals, services: () => readServices(services) };
}

function journalOf(database: string, { step, problem = null, services = [] }: Unfinished) {
  const container = { kind: 'container', restartPolicy: always, stopTimeoutSeconds: 1, healthSeconds: null };
  return {
    version: 1,
    step,
    database,
    source: 'a backup',
    sourceTakenAt: null,
    startedAt: '2026-11-28T00:00:00Z',
    staged: fileIdentity(database),
    tables: null,
    stamp: '2026-11-28_000000',
    services: services.map((name) => ({ ...container, id: name, name })),
    healthRollback: true,
    healthTimeoutSeconds: null,
    downAt: null,
    upAt: null,
    servedRestored: false,
    problem,
    crashingBefore: [],
    unhealthyBefore: [],
    unhealthy: [],
    notStarted: [],
    joined: [],
    cutOff: [],
    restarted: null,
    unseen: null,
  };
}

const lastFailure = (text: string) => text.slice(text.lastIndexOf('\nRESTORE_') + 1);

test('several unfinished restores: all are ended, whatever became of the first, and the error names those that failed', async (t) => {
  const { pathOf, run, journals } = scene(t, {
    shop: { step: 'restartingServices', problem: 'web is unhealthy: exited.' },
    crm: { step: 'restartingServices' },
    stock: null,
    site: { step: 'restartingServices', problem: 'web is unhealthy: exited.' },
  });
  const { ending, text } = await run();
  assert.equal(ending, 'RESTORE_UNFINISHED', text);
  assert.equal(
    lastFailure(text),
    `RESTORE_UNFINISHED: 3 of 4 unfinished restores failed: ${pathOf('shop')} (RESTORE_ROLLED_BACK), ${pathOf('stock')} (RESTORE_UNFINISHED), ${pathOf('site')} (RESTORE_ROLLED_BACK).
    What to do: See the messages above for what to do.
`,
  );
  for (const name of ['shop', 'site']) {
    assert.match(
      text,
      new RegExp(`ERROR RESTORE_ROLLED_BACK: .* The old database ${pathOf(name)} is in place again\\.\\n`),
    );
  }
  assert.match(
    text,
    new RegExp(`^As before that restore: The old database ${pathOf('crm')} is in place again\\.$`, 'm'),
  );
  assert.deepEqual(journals(), [pathOf('stock')]);
});

test('a dry run tells of every unfinished restore, also beside one whose journal cannot be read', async (t) => {
  const { pathOf, run, journals } = scene(t, { stock: null, crm: { step: 'restartingServices' } });
  const { ending, text } = await run({ dryRun: true });
  assert.equal(ending, 'RESTORE_UNFINISHED', text);
  assert.match(text, new RegExp(`WARNING Found an unfinished restore of ${pathOf('crm')} from a backup`));
  assert.equal(
    lastFailure(text).split('\n')[0],
    `RESTORE_UNFINISHED: 1 of 2 unfinished restores failed: ${pathOf('stock')} (RESTORE_UNFINISHED).`,
  );
  assert.deepEqual(journals(), [pathOf('stock'), pathOf('crm')]);
});

test('--leave-off for a restore that goes forward is refused before anything is done, and without it the restore ends', async (t) => {
  const { pathOf, run, journals, services } = scene(t, { shop: { step: 'starting', services: ['web'] } });
  const refused = await run({ leaveOff: 'web' });
  assert.deepEqual(
    { ...refused, services: services(), journals: journals() },
    {
      ending: 'ARGUMENT_INVALID',
      text: `ARGUMENT_INVALID: --leave-off is for services that do not run on the old database, and the unfinished restore of ${pathOf('shop')} continues with the restored one.
    What to do: Run \`nightshift restore\` without it. If it has to roll back, and a service does not run then, it says so.
`,
      services: { web: off },
      journals: [pathOf('shop')],
    },
  );
  const { ending, text } = await run();
  assert.deepEqual({ ending, services: services() }, { ending: 'done', services: { web } }, text);
});

test('--leave-off takes names with spaces around them, and refuses to name none', async (t) => {
  const { run, journals, services } = scene(t, { shop: { step: 'restartingServices', services: ['web', 'worker'] } });
  for (const leaveOff of ['', ' , ']) {
    assert.match((await run({ leaveOff })).text, /^ARGUMENT_INVALID: --leave-off names no service\.\n/);
  }
  const { text } = await run({ leaveOff: 'web, worker' });
  assert.match(text, /Left off, as requested \(--leave-off\): web, worker\./);
  assert.deepEqual({ journals: journals(), running: services()['web']?.running }, { journals: [], running: false });
});

test('a journal without the fields that were added later is read', (t) => {
  const { pathOf } = scene(t, { shop: { step: 'restartingServices' } });
  const file = `${pathOf('shop')}.restore-journal`;
  const { crashingBefore, unhealthyBefore, unhealthy, notStarted, restarted, unseen, joined, cutOff, ...others } =
    JSON.parse(readFileSync(file, 'utf8'));
  const { stagedState = null, moved = null, oldTables = null, oldState = null, ...before } = others;
  const ofUndo = { stagedState, moved, oldTables, oldState };
  const since = {
    crashingBefore,
    unhealthyBefore,
    unhealthy,
    notStarted,
    restarted,
    unseen,
    joined,
    cutOff,
    ...ofUndo,
  };
  writeFileSync(file, JSON.stringify(before));
  assert.deepEqual(readJournal(pathOf('shop')), { ...before, ...since });
});
