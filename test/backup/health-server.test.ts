import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import type { DatabaseStatus } from '../../jobs/backup/status/database-status.ts';
import { createHealthServer } from '../../jobs/backup/status/health-server.ts';
import type { BackupStatus } from '../../jobs/backup/status/status.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import type { HttpListener } from '../../jobs/runtime/http-listener.ts';

const database: DatabaseStatus = {
  name: 'csv_data',
  ok: false,
  problems: ['the last run failed at upload'],
  activeRun: null,
  openSuspects: [],
  lastVerifiedAt: null,
  oldVerified: null,
  listing: null,
  openAlerts: [],
  health: { healthy: true, reason: 'newest good backup is 10 h 00 min old' },
  newestGood: null,
  recentRuns: [],
  runs: { running: 0, succeeded: 0, failed: 0, interrupted: 0 },
};
const healthy: BackupStatus = {
  version: '0.1.0',
  nextRun: Temporal.Instant.from('2025-11-30T18:00:00Z'),
  ageLimitSeconds: 26 * 3600,
  problems: [],
  databases: [database],
};
const unhealthy: BackupStatus = {
  ...healthy,
  databases: [
    database,
    { ...database, name: 'stock', problems: [], health: { healthy: false, reason: 'no good backup is recorded' } },
  ],
};

describe('health and metrics over HTTP', () => {
  let server: HttpListener;
  let status: () => BackupStatus | Promise<BackupStatus>;
  before(async () => {
    server = await createHealthServer({ port: 0, status: () => status(), signal: new AbortController().signal });
  });
  after(() => server.close());

  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return { code: response.status, body: await response.text() };
  };

  test('health and metrics are served on IPv4, and on IPv6 where this machine has it', async () => {
    status = () => healthy;
    const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
    for (const host of ['127.0.0.1', ...(hasIPv6 ? ['[::1]'] : [])]) {
      assert.equal((await fetch(`http://${host}:${server.port}/metrics`)).status, 200, host);
    }
  });

  test('healthz is 200 while the newest good backup is young enough, and says what else is wrong', async () => {
    status = () => healthy;
    assert.deepEqual(await ask('/healthz'), {
      code: 200,
      body: 'healthy: csv_data: newest good backup is 10 h 00 min old; the last run failed at upload\n',
    });
    assert.deepEqual(await ask('/healthz?from=probe'), await ask('/healthz'));
  });

  test('healthz is 503 with the reason when one database is overdue', async () => {
    status = async () => unhealthy;
    assert.deepEqual(await ask('/healthz'), { code: 503, body: 'unhealthy: stock: no good backup is recorded\n' });
  });

  test('healthz is 503 when the status cannot be read, and the server goes on', async () => {
    status = () => {
      throw new Failure('STATE_UNWRITABLE', 'The run history cannot be used.', '');
    };
    assert.deepEqual(await ask('/healthz'), {
      code: 503,
      body: 'unhealthy: the status cannot be read: STATE_UNWRITABLE: The run history cannot be used.\n',
    });
    status = () => healthy;
    assert.equal((await ask('/healthz')).code, 200);
  });

  test('metrics come in the Prometheus format', async () => {
    status = () => unhealthy;
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(await response.text(), /^nightshift_backup_healthy\{database="stock"\} 0$/m);
  });

  test('HEAD has no body, other methods and other paths are refused', async () => {
    status = () => healthy;
    assert.deepEqual(await ask('/healthz', 'HEAD'), { code: 200, body: '' });
    assert.deepEqual(await ask('/healthz', 'POST'), { code: 405, body: 'Only GET and HEAD.\n' });
    for (const path of ['/', '/metrics/', '/healthz/../etc', '/history.db']) {
      assert.equal((await ask(path)).code, 404, path);
    }
  });
});

test('a port that is taken is a failure that names HTTP_PORT', async () => {
  const signal = new AbortController().signal;
  const first = await createHealthServer({ port: 0, status: () => healthy, signal });
  await assert.rejects(createHealthServer({ port: first.port, status: () => healthy, signal }), {
    code: 'HTTP_PORT_UNUSABLE',
    message: `Health and metrics cannot be served on port ${first.port}: another process listens there.`,
    hint: 'Set HTTP_PORT to a free port above 1023, or leave it out.',
  });
  await first.close();
});

test('stopping frees the port, whoever still holds a connection', async () => {
  const stop = new AbortController();
  const server = await createHealthServer({ port: 0, status: () => healthy, signal: stop.signal });
  const idle = connect(server.port, '127.0.0.1');
  await new Promise((connected) => idle.once('connect', connected));
  stop.abort();
  await new Promise((closed) =>
    idle
      .on('error', () => {})
      .once('close', closed)
      .resume(),
  );
  const next = await createHealthServer({
    port: server.port,
    status: () => healthy,
    signal: new AbortController().signal,
  });
  await next.close();
});

test('stopping answers a request that is under way', async () => {
  const stop = new AbortController();
  const asked = Promise.withResolvers<void>();
  const known = Promise.withResolvers<BackupStatus>();
  const status = () => {
    asked.resolve();
    return known.promise;
  };
  const server = await createHealthServer({ port: 0, status, signal: stop.signal });
  const answer = fetch(`http://127.0.0.1:${server.port}/healthz`);
  await asked.promise;
  stop.abort();
  known.resolve(healthy);
  assert.equal((await answer).status, 200);
});
