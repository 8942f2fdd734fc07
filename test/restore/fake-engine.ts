import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import type { DockerContainer, DockerEngine, RestartPolicy } from '../../jobs/restore/services/docker/docker-engine.ts';
import { Failure } from '../../jobs/runtime/errors.ts';

/** What the fake remembers in its file, so that it outlives a process that is killed. */
export type FakeService = {
  readonly running: boolean;
  readonly policy: RestartPolicy;
  /** `old`: its health check passes only on the database that was there before. */
  readonly healthyOn: 'any' | 'old' | 'none';
  /** Cannot be started; or ends at once when it is. */
  readonly fails?: 'to start' | 'to stay up';
  /** Runs in the network of that one: it starts only while that one runs. */
  readonly joins?: string;
  /** Of its last start, in an order of all starts; not kept where it is left out. */
  readonly startedAt?: number;
};

export const always: RestartPolicy = { Name: 'always', MaximumRetryCount: 0 };
/** Is healthy on any database. */
export const web: FakeService = { running: true, policy: always, healthyOn: 'any' };
/** Is healthy only on the old database. */
export const picky: FakeService = { running: true, policy: always, healthyOn: 'old' };

export type FakeServices = Readonly<Record<string, FakeService>>;

export function readServices(file: string): FakeServices {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * A fake of a Docker engine for tests that kill a restore at every step, which would be too slow with a real one. Its
 * containers mount the database's folder and write a row when they start.
 */
export function fakeEngine(file: string, database: string): DockerEngine {
  const change = (id: string, changes: Partial<FakeService>) => {
    const services = readServices(file);
    const service = services[id];
    if (service === undefined) throw new Failure('DOCKER_FAILED', `no ${id}`, 'none');
    writeFileSync(file, JSON.stringify({ ...services, [id]: { ...service, ...changes } }));
  };
  const unlessGone = (id: string, changes: Partial<FakeService>) => {
    if (id in readServices(file)) change(id, changes);
  };
  const containers = () =>
    Object.entries(readServices(file)).map(([id, service]) => containerOf(id, service, database));
  const start = (id: string) => {
    const services = readServices(file);
    const { fails, joins, startedAt } = services[id] ?? web;
    if (fails === 'to start') throw new Failure('DOCKER_FAILED', 'its port is taken', 'none');
    if (joins !== undefined && services[joins]?.running !== true) {
      throw new Failure('DOCKER_FAILED', `cannot join network of a non running container: ${joins}`, 'none');
    }
    const latest = Math.max(...Object.values(services).map((service) => service.startedAt ?? 0));
    change(id, { running: fails !== 'to stay up', ...(startedAt === undefined ? {} : { startedAt: latest + 1 }) });
  };
  return {
    address: 'unix:///a/fake.sock',
    // Also of what a test makes of it.
    until() {
      return this;
    },
    containers: async () => containers(),
    pathStat: async () => null,
    container: async (id) => containers().find((container) => container.id === id) ?? null,
    swarmServices: async () => [],
    setRestartPolicy: async (id, policy) => unlessGone(id, { policy }),
    stop: async (id) => unlessGone(id, { running: false }),
    async start(id) {
      const { running, fails } = readServices(file)[id] ?? web;
      if (!existsSync(database)) throw new Failure('DOCKER_FAILED', `${id} found no database`, 'none');
      if (fails !== 'to start') leaveVisit(database);
      if (!running) start(id);
    },
    restart: async (id) => {
      unlessGone(id, { running: false });
      start(id);
    },
    scale: async () => {},
    tasks: async () => ({ live: 0, running: 0, complete: 0, failed: 0, remark: '' }),
  };
}

/** On a full disk a container runs anyway, whatever SQLite says. */
function leaveVisit(database: string): void {
  const connection = new Sqlite(database);
  try {
    connection.exec("INSERT INTO visits VALUES ('a service started')");
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  } finally {
    connection.close();
  }
}

function containerOf(
  id: string,
  { running, policy, healthyOn, fails, joins, startedAt = 0 }: FakeService,
  database: string,
): DockerContainer {
  const isHealthy = healthyOn === 'any' || (healthyOn === 'old' && (!existsSync(database) || isOld(database)));
  return {
    id,
    name: id,
    labels: {},
    state: running ? 'running' : 'off',
    startedAt: Temporal.Instant.fromEpochMilliseconds(startedAt),
    lastRestartAt: null,
    exitCode: null,
    pid: null,
    networkMode: joins === undefined ? 'bridge' : `container:${joins}`,
    shares: joins === undefined ? [] : [{ of: joins, kind: 'network' }],
    removedWhenStopped: false,
    restartPolicy: policy,
    stopTimeoutSeconds: 10,
    health: isHealthy ? 'healthy' : 'unhealthy',
    healthSeconds: 5,
    remark:
      fails === 'to stay up' ? 'exited with code 3' : isHealthy || healthyOn === 'none' ? '' : 'cannot use this data',
    mounts: joins === undefined ? [{ sources: [path.dirname(database)], destination: '/data', writable: true }] : [],
  };
}

/** On a full disk the old one's main file may make no sense without its -wal. */
function isOld(database: string): boolean {
  try {
    return eraOf(database) === 'old';
  } catch {
    return true;
  }
}

/** Reads it from the main file alone, leaving its -wal as it is. */
export function eraOf(database: string): string {
  const address = pathToFileURL(database);
  address.searchParams.set('immutable', '1');
  const connection = new DatabaseSync(address, { readOnly: true });
  try {
    return String(connection.prepare('SELECT name FROM era').get()?.['name']);
  } finally {
    connection.close();
  }
}
