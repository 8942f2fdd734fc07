import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerContainer } from '../../jobs/restore/services/docker/docker-engine.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import { container } from './containers.ts';
import { fakeEngine } from './fake-engine.ts';

const now = Temporal.Instant.from('2025-11-30T02:00:00Z');

test('a container in a crash loop is found also in a moment when it is up', async () => {
  const states: Readonly<Record<string, Partial<DockerContainer>>> = {
    healthy: {},
    unhealthy: { health: 'unhealthy' },
    'between two starts': { state: 'restarting', lastRestartAt: now.subtract({ seconds: 30 }) },
    'started again 3 s ago': { lastRestartAt: now.subtract({ seconds: 3 }) },
    'crashed once, an hour ago': { lastRestartAt: now.subtract({ hours: 1 }) },
  };
  const engine = {
    ...fakeEngine('/no/such', '/data/shop.db'),
    container: async (id: string) => container(id, { id, ...states[id] }),
  };
  const services = Object.keys(states).map((id) => ({ kind: 'container' as const, id, name: id, ...stopped }));
  const { signal } = new AbortController();
  assert.deepEqual(await dockerServiceManager(engine, { now: () => now }).findUnhealthy(services, signal), {
    crashingBefore: ['between two starts', 'started again 3 s ago'],
    unhealthyBefore: ['unhealthy', 'between two starts', 'started again 3 s ago'],
  });
});

const stopped = {
  restartPolicy: { Name: 'always', MaximumRetryCount: 0 },
  stopTimeoutSeconds: 10,
  healthSeconds: null,
};
