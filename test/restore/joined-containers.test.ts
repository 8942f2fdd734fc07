import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { connectionOf } from '../../jobs/restore/services/docker/find-connection.ts';
import type { JoinedContainer } from '../../jobs/restore/services/stopped-service.ts';
import { container } from './containers.ts';
import { type FakeServices, fakeEngine, picky, readServices, web } from './fake-engine.ts';
import { runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

const services: FakeServices = {
  web: { ...web, startedAt: 1 },
  proxy: { ...web, joins: 'web', startedAt: 2 },
  sniffer: { ...web, joins: 'proxy', startedAt: 3 },
  alone: { ...web, joins: 'elsewhere', startedAt: 4 },
};

/** Restores with these services of a fake engine; what was printed, and each service's place in the order of last starts. */
async function restoreWith(found: FakeServices, options: { readonly undo?: true } = {}) {
  const state = path.join(databases.folder, 'services.json');
  writeFileSync(state, JSON.stringify(found));
  const engine = fakeEngine(state, databases.database);
  const file = options.undo ? undefined : 'latest';
  const { ending, text } = await runRestore(file, databases.environment, { engine, options });
  const running = Object.entries(readServices(state)).filter(([, service]) => service.running);
  const started = running.toSorted(([, one], [, other]) => (one.startedAt ?? 0) - (other.startedAt ?? 0));
  return { ending, text, started: started.map(([name]) => name) };
}

test('containers in a stopped service’s network are named in the plan, and restarted once it runs again', async () => {
  databases.reset();
  const { ending, text, started } = await restoreWith(services);
  assert.equal(ending, 'done', text);
  assert.ok(
    text.includes(`
  Restarted once these run again, so that they are not cut off:
  - proxy (shares the network of web)
  - sniffer (shares the network of proxy)
`),
    text,
  );
  assert.match(text, /Restarted proxy, which shares the network of web \(.*\n.*Restarted sniffer, which shares the/);
  assert.deepEqual(started, ['alone', 'web', 'proxy', 'sniffer']);
  assert.equal(holds(databases.database), complete.new);

  const undone = await restoreWith(services, { undo: true });
  assert.equal(undone.ending, 'done', undone.text);
  assert.deepEqual(undone.started, ['alone', 'web', 'proxy', 'sniffer']);
});

test('after a rollback they are connected again too', async () => {
  databases.reset();
  const { ending, text, started } = await restoreWith({ ...services, web: { ...picky, startedAt: 1 } });
  assert.equal(ending, 'RESTORE_ROLLED_BACK', text);
  assert.deepEqual(started, ['alone', 'web', 'proxy', 'sniffer']);
  assert.equal(holds(databases.database), complete.old);
});

test('one that does not restart is named at the end, and is no reason to roll back', async () => {
  databases.reset();
  const { ending, text, started } = await restoreWith({
    ...services,
    proxy: { ...web, joins: 'web', startedAt: 2, fails: 'to start' },
  });
  assert.equal(ending, 'RESTORE_UNHEALTHY', text);
  assert.ok(
    text.includes(
      'The restored database is in place, but not everything is healthy: proxy shares the network of web, and does not restart: its port is taken. sniffer shares the network of proxy, and proxy does not run.',
    ),
    text,
  );
  assert.deepEqual(started, ['sniffer', 'alone', 'web']);
  assert.equal(holds(databases.database), complete.new);
});

test('whether a container is connected to the ones it joins, by when each started', () => {
  const at = (second: number) => Temporal.Instant.fromEpochMilliseconds(second * 1000);
  const policy = { Name: 'on-failure', MaximumRetryCount: 0 };
  const joined: JoinedContainer = {
    ...{ kind: 'container', id: 'proxy', name: 'proxy', stopTimeoutSeconds: 10, healthSeconds: null },
    ...{ restartPolicy: policy, shares: 'shares the network of app', owners: ['id of app'] },
  };
  const app = container('app', { startedAt: at(5) });
  const connection = (changes: Parameters<typeof container>[1], owner: typeof app | null = app) => {
    const { state, reason } = connectionOf(joined, container('proxy', changes), [owner]);
    return reason === '' ? state : `${state}: ${reason}`;
  };
  assert.equal(connection({ startedAt: at(6) }), 'connected');
  assert.equal(connection({ startedAt: at(4) }), 'cut off: proxy shares the network of app');
  const off = { state: 'off', startedAt: at(6) } as const;
  assert.equal(connection({ ...off, exitCode: 137 }), 'cut off: proxy shares the network of app');
  assert.equal(
    connection({ ...off, exitCode: 0 }),
    'done: proxy ended with code 0, as a job does (restart policy on-failure)',
  );
  assert.equal(
    connection({ startedAt: at(4) }, null),
    'lost: proxy shares the network of app, whose container was replaced: make proxy anew',
  );
  assert.equal(
    connection({ startedAt: at(4) }, { ...app, state: 'off' }),
    'lost: proxy shares the network of app, and app does not run',
  );
});
