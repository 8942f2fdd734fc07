import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { findDatabaseMounts, findSelf } from '../../jobs/restore/services/docker/database-mounts.ts';
import type { DockerContainer, DockerEngine, PathStat } from '../../jobs/restore/services/docker/docker-engine.ts';
import { hostPathsOf, possiblePathSuffixes } from '../../jobs/restore/services/docker/host-paths.ts';
import { noDocker } from '../../jobs/restore/services/docker/no-docker.ts';
import { type HostEnvironment, readHostEnvironment } from '../../jobs/restore/usage/host-environment.ts';
import { Failure } from '../../jobs/runtime/errors.ts';

const id = 'a1'.repeat(32);
const otherId = 'b2'.repeat(32);

function container(name: string, changes: Partial<DockerContainer> = {}): DockerContainer {
  return {
    ...{ id: name, name, labels: {}, state: 'running', lastRestartAt: null, pid: null },
    ...{ startedAt: Temporal.Instant.fromEpochMilliseconds(0), exitCode: null },
    ...{ networkMode: 'bridge', shares: [], removedWhenStopped: false },
    ...{ restartPolicy: { Name: 'no', MaximumRetryCount: 0 }, stopTimeoutSeconds: 10, health: 'none' },
    ...{ healthSeconds: null, remark: '', mounts: [] },
    ...changes,
  };
}

const bind = (source: string, destination: string) => ({ sources: [source], destination, writable: true });

/** A folder with a database, as a container sees it that mounts it at that path. */
function makeData(t: TestContext): {
  readonly folder: string;
  readonly database: string;
  readonly host: HostEnvironment;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = path.join(folder, 'shop.db');
  writeFileSync(database, 'twelve bytes');
  const usual = readHostEnvironment(folder);
  const mount = { root: '/zygy', mountPoint: folder };
  const inside = { seesHostProcesses: false, inContainer: true, containerId: id, networkContainerId: null };
  return { folder, database, host: { ...usual, ...inside, mount } };
}

/** An engine that sees what `shown` says at the paths of containers: folders by name, or the answer itself. */
function engineOf(shown: (id: string, path: string) => PathStat | null | Error): DockerEngine {
  return {
    ...noDocker,
    address: 'tcp://10.0.0.9:2375',
    pathStat: async (id, path) => {
      const answer = shown(id, path);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const aFolder: PathStat = { mayBeFolder: true, bytes: 4096, changedAt: Temporal.Instant.fromEpochMilliseconds(0) };

test('a folder of this container on the host: through the deepest of its mounts', () => {
  const mounts = [bind('/srv', '/'), bind('/mnt/disk', '/data'), bind('/mnt/other', '/data/deep/'), bind('/x', '/dat')];
  assert.deepEqual(hostPathsOf('/data/zygy', mounts), ['/mnt/disk/zygy']);
  assert.deepEqual(hostPathsOf('/data/deep', mounts), ['/mnt/other']);
  assert.deepEqual(hostPathsOf('/database', mounts), ['/srv/database']);
  const volume = { sources: ['/var/lib/docker/volumes/v/_data', '/mnt/disk'], destination: '/data', writable: true };
  assert.deepEqual(hostPathsOf('/data', [volume]), ['/var/lib/docker/volumes/v/_data', '/mnt/disk']);
  assert.deepEqual(hostPathsOf('/data', []), []);
});

test('where the folder may lie below another mount: every end of its paths', (t) => {
  const { host, folder } = makeData(t);
  const nested = { ...host, folder: `${folder}/sub` };
  assert.deepEqual(possiblePathSuffixes(['/link/zygy/sub'], nested), ['', 'sub', 'zygy/sub', 'link/zygy/sub']);
});

test('which container this is: by its control group, else by what Docker mounts in it, unless another shares that', (t) => {
  const { host } = makeData(t);
  const [own, other] = [container('own', { id }), container('other', { id: otherId })];
  assert.equal(findSelf([other, own], host), own);
  assert.equal(findSelf([other], host), null);
  assert.equal(findSelf([own], { ...host, inContainer: false }), null);
  const byFiles = { ...host, containerId: null, networkContainerId: id };
  assert.equal(findSelf([other, own], byFiles), own);
  const guest = container('guest', { id: otherId, networkMode: `container:${id}` });
  assert.equal(findSelf([own, guest], byFiles), null);
  const byHostname = { ...host, containerId: null, hostname: id.slice(0, 12) };
  assert.equal(findSelf([other, own], byHostname), own);
  assert.equal(findSelf([own], { ...byHostname, hostname: 'a' }), null);
});

test('an engine that does not know this container, or is not of this host, tells nothing', async (t) => {
  const { database, host } = makeData(t);
  const engine = engineOf(() => null);
  const stranger = container('stranger', { mounts: [bind('/', '/host')], pid: 2 ** 22 });
  const inside = await findDatabaseMounts(database, [stranger], engine, host);
  assert.equal(inside.blind, 'it is not certain which container of Docker at tcp://10.0.0.9:2375 this is');
  const onHost = { ...host, inContainer: false, containerId: null };
  const elsewhere = await findDatabaseMounts(database, [stranger], engine, onHost);
  assert.equal(elsewhere.blind, 'Docker at tcp://10.0.0.9:2375 does not appear to be on this host');
  assert.equal(elsewhere.shows(stranger, bind('/', '/host')), false);
  const local = await findDatabaseMounts(
    database,
    [stranger],
    { ...engine, address: 'unix:///run/docker.sock' },
    onHost,
  );
  assert.equal(local.blind, null);
  assert.equal(local.shows(stranger, bind('/', '/host')), true);
  assert.equal((await findDatabaseMounts(database, [], noDocker, onHost)).blind, 'Docker was not queried');
});

test('a mount on which Docker does not know the database is not taken for none', async (t) => {
  const { database, host, folder } = makeData(t);
  const self = container('self', { id, mounts: [] });
  const view = await findDatabaseMounts(
    database,
    [self],
    engineOf(() => null),
    host,
  );
  assert.equal(view.blind, `Docker does not know the mount at ${folder}`);
  const own = await findDatabaseMounts(
    database,
    [self],
    engineOf(() => null),
    { ...host, mount: { root: '/', mountPoint: '/' } },
  );
  assert.equal(own.blind, null);
});

test('a mount of the database file alone is known by its size and time of change; the probe is gone afterwards', async (t) => {
  const { database, host, folder } = makeData(t);
  const changedAt = Temporal.Instant.fromEpochNanoseconds(statSync(database, { bigint: true }).mtimeNs);
  const seen: string[] = [];
  const engine = engineOf((_, at) => {
    seen.push(...readdirSync(folder));
    if (at === '/same.db') return { mayBeFolder: false, bytes: 12, changedAt };
    if (at === '/other.db') return { mayBeFolder: false, bytes: 13, changedAt };
    return null;
  });
  const self = container('self', { id, mounts: [bind('/mnt/zygy', folder)] });
  const [same, other] = [bind('/x/shop.db', '/same.db'), bind('/y/shop.db', '/other.db')];
  const reader = container('reader', { mounts: [same, other] });
  const off = container('off', { state: 'off', mounts: [same] });
  const view = await findDatabaseMounts(database, [self, reader, off], engine, host);
  assert.equal(view.blind, null);
  assert.deepEqual(
    [same, other].map((mount) => view.shows(reader, mount)),
    [true, false],
  );
  assert.equal(view.shows(off, same), false);
  assert.ok(seen.some((name) => /^shop\.db\.restore-probe-[0-9a-f]{16}$/.test(name)));
  assert.deepEqual(readdirSync(folder), ['shop.db']);
});

test('a mount of the database file alone is known while the file is being written to; another file is not it', async (t) => {
  const { database, host, folder } = makeData(t);
  let length = 12;
  let mtime = 1_700_000_000;
  const grow = () => {
    length += 1;
    mtime += 1;
    writeFileSync(database, 'x'.repeat(length));
    utimesSync(database, mtime, mtime);
  };
  grow();
  const now = () => ({
    mayBeFolder: false,
    bytes: length,
    changedAt: Temporal.Instant.fromEpochMilliseconds(mtime * 1000),
  });
  const old = { mayBeFolder: false, bytes: 12, changedAt: Temporal.Instant.fromEpochMilliseconds(0) };
  // The database changes before and after each look of the engine.
  const engine = engineOf((_, at) => {
    grow();
    const answer = at === '/same.db' ? now() : at === '/other.db' ? { ...old, bytes: length } : null;
    grow();
    return answer;
  });
  const self = container('self', { id, mounts: [bind('/mnt/zygy', folder)] });
  const [same, other] = [bind('/x/shop.db', '/same.db'), bind('/y/shop.db', '/other.db')];
  const service = container('service', { mounts: [same, other] });
  const view = await findDatabaseMounts(database, [self, service], engine, host);
  assert.deepEqual(
    { blind: view.blind, shows: [same, other].map((mount) => view.shows(service, mount)) },
    { blind: null, shows: [true, false] },
  );
});

test('an engine that would not say what a mount shows leaves that open', async (t) => {
  const { database, host, folder } = makeData(t);
  const denied = new Failure('DOCKER_FAILED', 'Docker could not look: 403', 'none');
  const engine = engineOf((_, at) => (at === '/srv' ? aFolder : denied));
  const self = container('self', { id, mounts: [bind('/mnt/zygy', folder)] });
  const web = container('web', { mounts: [bind('/elsewhere', '/srv')] });
  const { blind } = await findDatabaseMounts(database, [self, web], engine, host);
  assert.equal(blind, 'what web has at /srv is not known (Docker could not look: 403)');
  assert.deepEqual(readdirSync(folder), ['shop.db']);
});
