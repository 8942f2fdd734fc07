import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import { type FakeServices, fakeEngine, readServices, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const services: FakeServices = { 'backend-mcpserver': web, api: web };

function restoreWith(RESTORE_SERVICES: string, options = {}, checkpoint = noCheckpoint) {
  const state = path.join(databases.folder, 'services.json');
  writeFileSync(state, JSON.stringify(services));
  const engine = fakeEngine(state, databases.database);
  const environment = { ...databases.environment, RESTORE_SERVICES };
  return runRestore('latest', environment, { engine, checkpoint, options: { docker: true, ...options } });
}

test('services stop side by side, and start in the order of the plan', async () => {
  databases.reset();
  const passed: string[] = [];
  const { ending, text } = await restoreWith('backend-mcpserver', {}, async (name) => {
    if (/^(before )?st(opping|opped|arting|arted) /.test(name)) passed.push(name);
  });
  assert.equal(ending, 'done', text);
  assert.ok(
    text.includes(`
  Services stopped side by side and started again, in this order:
  1. backend-mcpserver (RESTORE_SERVICES)
  2. api (`),
    text,
  );
  assert.match(text, /the time the services take to stop \(at most 10 s\)/);
  assert.deepEqual(passed, [
    'before stopping backend-mcpserver',
    'before stopping api',
    'stopped backend-mcpserver',
    'stopped api',
    'before starting backend-mcpserver',
    'started backend-mcpserver',
    'before starting api',
    'started api',
  ]);
});

for (const dryRun of [true, undefined]) {
  test(`a name in RESTORE_SERVICES that nothing has is an error, ${dryRun ? 'in a dry run too' : 'before anything is changed'}`, async () => {
    databases.reset();
    const { ending, text } = await restoreWith('backend-mpcserver,api', { dryRun });
    assert.equal(ending, 'SETTINGS_INVALID');
    assert.equal(
      text,
      `SETTINGS_INVALID: RESTORE_SERVICES: no container, Compose service or Swarm service has the name "backend-mpcserver" (did you mean backend-mcpserver?). There is: api, backend-mcpserver.
    What to do: Correct RESTORE_SERVICES. If that service does not exist yet, --allow-missing-services restores without it. Nothing was stopped or changed.
`,
    );
    assert.equal(holds(databases.database), complete.old);
    const names = readdirSync(path.dirname(databases.database)).filter((name) => !name.includes('nightshift'));
    assert.deepEqual(names, ['shop.db', 'shop.db-shm', 'shop.db-wal']);
    assert.deepEqual(readServices(path.join(databases.folder, 'services.json')), services);
  });
}

test('--allow-missing-services restores without the one that does not exist', async () => {
  databases.reset();
  const { ending, text } = await restoreWith('not-yet,api', { allowMissingServices: true });
  assert.equal(ending, 'done', text);
  assert.match(text, /Left alone:\n {2}- not-yet: no container or service has this name\.\n/);
  assert.equal(holds(databases.database), complete.new);
});
