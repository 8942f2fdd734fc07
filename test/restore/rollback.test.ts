import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { nightshift } from '../nightshift.ts';
import { type FakeServices, picky, readServices, web } from './fake-engine.ts';
import { type ActionResult, fakeEngineOrNone, runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const serviceFile = () => path.join(databases.folder, 'services.json');
const set = (services: FakeServices) => writeFileSync(serviceFile(), JSON.stringify(services));
const without = <T extends object>(services: Record<string, T>, name: string) =>
  Object.fromEntries(Object.entries(services).filter(([key]) => key !== name));

function run(file?: string, options: Partial<CliOptions> = {}, checkpoint = (_: string) => {}): Promise<ActionResult> {
  return runRestore(file, databases.environment, {
    engine: fakeEngineOrNone(serviceFile(), databases.database),
    options,
    checkpoint,
  });
}

/** `latest` is unhealthy for `picky`; during the rollback `change` happens to the services. */
function restoreAndGoBack(change: (services: FakeServices) => FakeServices): Promise<ActionResult> {
  databases.reset();
  set({ web, picky });
  return run('latest', {}, (name) => {
    if (name === 'journalled restartingServices') set(change(readServices(serviceFile())));
  });
}

function state() {
  return {
    holds: holds(databases.database),
    journal: existsSync(`${databases.database}.restore-journal`),
    services: readServices(serviceFile()),
  };
}

const inPlace = () => `The old database ${databases.database} is in place again.`;
const started = (names: string) => `Started, and still running a moment later: ${names} (health checks not awaited).`;
const pickyUnhealthy = 'picky is unhealthy: its health check fails: cannot use this data.';
const lookAt = (name: string) =>
  `Look at \`docker logs ${name}\`, fix it and run restore again, or choose another backup. If it is not the backup's fault, --no-health-rollback keeps the restored database anyway.`;
const kept = (text: string) => text.replace(/ What services wrote meanwhile is kept in \S+\./, '');
const lastFailure = ({ text }: ActionResult) => kept(text.slice(text.lastIndexOf('\nRESTORE_') + 1));

test('a service that does not start on the restored database: the hint names its log', async () => {
  databases.reset();
  set({ web: { ...web, fails: 'to start' } });
  const back = await run('latest', {}, (name) => {
    if (name === 'journalled restartingServices') set({ web: { ...web, running: false } });
  });
  assert.equal(
    lastFailure(back),
    `RESTORE_ROLLED_BACK: The restore was rolled back: web does not start: its port is taken. ${inPlace()} ${started('web')}\n    What to do: ${lookAt('web')}\n`,
  );
});

for (const [fails, reason] of [
  ['to start', 'web does not start: its port is taken'],
  ['to stay up', 'web does not stay up: exited with code 3'],
] as const) {
  test(`a service that fails ${fails} on the old database: unfinished, who runs is said, and the next restore ends it`, async () => {
    const back = await restoreAndGoBack((services) => ({ ...services, web: { ...web, running: false, fails } }));
    assert.equal(back.ending, 'RESTORE_UNFINISHED', back.text);
    assert.equal(
      lastFailure(back),
      `RESTORE_UNFINISHED: The restore was rolled back, but not every service runs. ${inPlace()} ${started('picky')} ${reason}. It was rolled back because: ${pickyUnhealthy}
    What to do: Fix what keeps web from running${fails === 'to start' ? '' : ' (`docker logs web`)'}, then run \`nightshift restore\`: it starts them and finishes.
    If that is not possible: \`nightshift restore --leave-off web\` finishes without them. All have their own restart policies back.
    Until then no backup runs: ${databases.database}.restore-journal is there.
`,
    );
    const down = { ...web, running: false, fails };
    assert.deepEqual(state(), { holds: complete.old, journal: true, services: { web: down, picky } });
    const backup = await nightshift(['backup'], databases.environment);
    assert.match(backup.err, /RESTORE_UNFINISHED: .* its journal \S+ says it is not finished/);

    const again = await run();
    assert.equal(again.ending, 'RESTORE_UNFINISHED', again.text);
    set({ ...readServices(serviceFile()), web: { ...web, running: false } });
    const repaired = await run();
    assert.equal(
      lastFailure(repaired),
      `RESTORE_ROLLED_BACK: The restore was rolled back: ${pickyUnhealthy} ${inPlace()} ${started('picky, web')}
    What to do: ${lookAt('picky')}
`,
    );
    assert.deepEqual(state(), { holds: complete.old, journal: false, services: { web, picky } });
  });
}

test('a service that can never start again is left off when a person says so, by name, and the end says which', async () => {
  const down = { ...web, running: false, fails: 'to start' } as const;
  await restoreAndGoBack((services) => ({ ...services, web: down }));
  const unknown = await run(undefined, { leaveOff: 'wbe' });
  assert.match(unknown.text, /ARGUMENT_INVALID: The unfinished restore has no service wbe; it has picky, web\./);
  assert.equal(state().journal, true);
  const left = await run(undefined, { leaveOff: 'web' });
  assert.equal(left.ending, 'done', left.text);
  assert.equal(
    kept(left.text.slice(left.text.lastIndexOf('\nThe restore '))),
    `
The restore was rolled back: ${pickyUnhealthy} ${inPlace()} ${started('picky')} Left off, as requested (--leave-off): web.
`,
  );
  assert.deepEqual(state(), { holds: complete.old, journal: false, services: { web: down, picky } });
  assert.match(
    (await run(undefined, { leaveOff: 'web' })).text,
    /ARGUMENT_INVALID: --leave-off is for an unfinished restore, and/,
  );
});

test('a service whose container was removed meanwhile is dealt with, and said', async () => {
  const back = await restoreAndGoBack((services) => without(services, 'web'));
  assert.equal(
    lastFailure(back),
    `RESTORE_ROLLED_BACK: The restore was rolled back: ${pickyUnhealthy} ${inPlace()} ${started('picky')} Removed meanwhile, so nothing was started: web.
    What to do: ${lookAt('picky')}
`,
  );
  assert.deepEqual(state(), { holds: complete.old, journal: false, services: { picky } });
});

test('a service that was unhealthy before too, with a check that prints nothing: said, and how to keep the restored database', async () => {
  databases.reset();
  set({ web, sick: { ...web, healthyOn: 'none' } });
  const back = await run('latest');
  assert.equal(
    lastFailure(back),
    `RESTORE_ROLLED_BACK: The restore was rolled back: sick is unhealthy: its health check fails: it printed nothing. sick was unhealthy before too. ${inPlace()} ${started('sick, web')}
    What to do: ${lookAt('sick')}
`,
  );
  const keeping = await run('latest', { healthRollback: false });
  assert.equal(
    lastFailure(keeping),
    `RESTORE_UNHEALTHY: The restored database is in place, but not everything is healthy: sick is unhealthy: its health check fails: it printed nothing.
    What to do: Look at \`docker logs sick\`. \`nightshift restore --undo\` brings the old database back.
`,
  );
  assert.equal(holds(databases.database), complete.new);
});

test('kept with --no-health-rollback, the report counts the services that were started again, and names the one that was not', async () => {
  databases.reset();
  set({ web: { ...web, fails: 'to start' }, picky });
  const { ending, text } = await run('latest', { healthRollback: false });
  assert.equal(ending, 'RESTORE_UNHEALTHY', text);
  assert.match(text, /downtime {5}[\d.]+ s, 2 services stopped, 1 started again \(not web\)\n/);
});
