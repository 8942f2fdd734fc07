import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { dyingDocker } from './docker-proxy.ts';
import { docker, inspect, makeDockerScene, serviceArguments, stateOf, until } from './docker-scene.ts';

describe('restore with services on a real Docker engine', { ...needs('docker', 'root'), concurrency: 2 }, () => {
  test('under load: stops the two that write, starts them again on the restored data, leaves the third alone', async (t) => {
    const scene = await makeDockerScene(t);
    const server = await scene.service('mcpserver', { with: ['--restart', 'unless-stopped'] });
    const index = await scene.service('vectorindexing', { with: ['--restart', 'on-failure:4'] });
    const bystander = `${scene.prefix}-bystander`;
    await docker('run', '-d', '--name', bystander, 'node:26-bookworm-slim', 'sleep', '600');
    const before = await stateOf(bystander);

    const { code, out, err } = await scene.restore(undefined, { RESTORE_SERVICES: server });
    assert.equal(code, 0, out + err);
    assert.match(
      out,
      new RegExp(`1. ${server} \\(RESTORE_SERVICES\\)\n  2. ${index} \\(mounts .*/data writable at /data\\)`),
    );
    assert.match(out, /downtime .* 2 services stopped and started again\n/);
    assert.equal(scene.era(), 'backup');
    assert.equal((await stateOf(server)).state, 'running healthy unless-stopped');
    assert.equal((await stateOf(index)).state, 'running healthy on-failure');
    assert.equal(await inspect(index, '{{.HostConfig.RestartPolicy.MaximumRetryCount}}'), '4');
    assert.deepEqual(await stateOf(bystander), before);
    assert.deepEqual(scene.files(), ['shop.db', 'shop.db.backup-DATE']);

    const { uid, gid, mode } = statSync(path.join(scene.folder, 'data', 'shop.db'));
    assert.deepEqual({ uid, gid, mode: mode & 0o777 }, { uid: 1000, gid: 1000, mode: 0o644 });
    const copy = readdirSync(path.join(scene.folder, 'data')).find((name) => /backup-[\d_-]+$/.test(name)) ?? '';
    const safety = new Sqlite(path.join(scene.folder, 'data', copy));
    assert.equal(safety.pragma('integrity_check', { simple: true }), 'ok');
    const found = safety
      .prepare('SELECT count(*) = max(id) AS complete, count(DISTINCT name) AS writers FROM visits')
      .get();
    safety.close();
    assert.deepEqual(found, { complete: 1, writers: 2 });
  });

  test('a service that is unhealthy on the restored data: everything is rolled back, and the command says so', async (t) => {
    const scene = await makeDockerScene(t);
    const picky = await scene.service('picky', { accepts: 'current', with: ['--restart', 'always'] });
    const easy = await scene.service('easy');
    const { code, out, err } = await scene.restore();
    assert.equal(code, 1, out + err);
    assert.match(
      err,
      new RegExp(`RESTORE_ROLLED_BACK: The restore was rolled back: ${picky} is unhealthy: its health check fails`),
    );
    assert.match(
      err,
      new RegExp(`The old database \\S+ is in place again\\. .* running a moment later: ${easy}, ${picky} `),
    );
    assert.equal(scene.era(), 'current');
    assert.deepEqual(scene.files(), ['shop.db', 'shop.db.rejected-DATE']);
    assert.match((await stateOf(picky)).state, /^running \w+ always$/);
    assert.match((await stateOf(easy)).state, /^running \w+ no$/);
  });

  test('with --no-health-rollback the restored data stays, and the command says what is unhealthy', async (t) => {
    const scene = await makeDockerScene(t);
    const picky = await scene.service('picky', { accepts: 'current', with: ['--restart', 'always'] });
    const { code, out, err } = await scene.restore(['latest', '--yes', '--no-health-rollback']);
    assert.equal(code, 1, out + err);
    assert.match(
      err,
      new RegExp(
        `RESTORE_UNHEALTHY: The restored database is in place, but not everything is healthy: ${picky} is unhealthy`,
      ),
    );
    assert.equal(scene.era(), 'backup');
    assert.deepEqual(scene.files(), ['shop.db', 'shop.db.backup-DATE']);
    assert.equal((await stateOf(picky)).state, 'running unhealthy always');
  });

  test('a service that crashes on the current data, again and again, is healthy on the restored', async (t) => {
    const scene = await makeDockerScene(t);
    const crashing = await scene.service('crashing', {
      accepts: 'backup',
      otherwise: 'crash',
      with: ['--restart', 'always'],
    });
    const { code, out, err } = await scene.restore();
    assert.equal(code, 0, out + err);
    assert.equal((await stateOf(crashing)).state, 'running healthy always');
  });

  test('by Compose service: its containers, and not those that were off, run once, read, or are of nightshift', async (t) => {
    const scene = await makeDockerScene(t);
    const label = (...labels: string[]) => labels.flatMap((text) => ['--label', text]);
    const api = label(`com.docker.compose.service=${scene.prefix}-api`, 'com.docker.compose.project=shop');
    const first = await scene.service('api-1', { with: api });
    const second = await scene.service('api-2', { with: api });
    const off = await scene.service('api-3', { with: api });
    await docker('stop', off);
    const own = await scene.service('own', { with: label('nightshift.job=backup') });
    const reader = `${scene.prefix}-reader`;
    await docker(
      'run',
      '-d',
      '--name',
      reader,
      '-v',
      `${scene.folder}/data:/data:ro`,
      'node:26-bookworm-slim',
      'sleep',
      '600',
    );
    const before = await Promise.all([off, own, reader].map(stateOf));

    const { code, out, err } = await scene.restore(undefined, { RESTORE_SERVICES: `${scene.prefix}-api` });
    assert.equal(code, 0, out + err);
    assert.match(out, new RegExp(`1. ${first} \\(RESTORE_SERVICES\\)\n  2. ${second} \\(RESTORE_SERVICES\\)\n\n`));
    assert.match(out, new RegExp(`- ${off}: off, and stays off`));
    assert.match(out, new RegExp(`- ${own}: one of nightshift's own, never stopped`));
    assert.match(out, new RegExp(`- ${reader}: reads the database through a read-only mount`));
    assert.equal((await stateOf(first)).state, 'running healthy no');
    assert.deepEqual(await Promise.all([off, own, reader].map(stateOf)), before);
  });

  test('a service that takes its time to stop gets its own stop timeout, longer than the usual 10 s', async (t) => {
    const scene = await makeDockerScene(t);
    const slow = await scene.service('slow', { slowStopMs: 11_000, with: ['--stop-timeout', '30'] });
    const { code, out, err } = await scene.restore();
    assert.equal(code, 0, out + err);
    assert.match(out, /the time the services take to stop \(at most 30 s\)/);
    await docker('exec', slow, 'test', '-e', '/tmp/left-in-order');
  });

  test('a proxy in a service’s network is in it again after a restore, and after a resumed one', async (t) => {
    const scene = await makeDockerScene(t);
    const web = await scene.service('web', { with: ['--restart', 'always'] });
    const proxy = `${scene.prefix}-proxy`;
    const joins = ['--network', `container:${web}`, '--restart', 'unless-stopped', '--stop-timeout', '0'];
    await docker('run', '-d', '--name', proxy, ...joins, 'node:26-bookworm-slim', 'sleep', '600');
    const networkOf = async (name: string) => readlinkSync(`/proc/${await inspect(name, '{{.State.Pid}}')}/ns/net`);
    const isConnected = async () => (await networkOf(proxy)) === (await networkOf(web));
    assert.ok(await isConnected());

    const { code, out, err } = await scene.restore();
    assert.equal(code, 0, out + err);
    assert.match(out, new RegExp(`cut off:\n  - ${proxy} \\(shares the network of ${web}\\)\n`));
    assert.match(out, new RegExp(`Restarted ${proxy}, which shares the network of ${web} `));
    assert.ok(await isConnected());

    const DOCKER_HOST = await dyingDocker(t, scene.folder, { request: /POST .*\/restart/ });
    assert.match((await scene.restore(undefined, { DOCKER_HOST })).err, /RESTORE_UNFINISHED/);
    assert.equal(await isConnected(), false);
    const resumed = await scene.restore([]);
    assert.equal(resumed.code, 0, resumed.out + resumed.err);
    assert.ok(await isConnected());
    assert.equal((await stateOf(proxy)).state, 'running  unless-stopped');
  });

  test('a job that ends with 0 once it runs again has ended as it should', async (t) => {
    const scene = await makeDockerScene(t);
    const job = `${scene.prefix}-job`;
    const program = 'test -e /data/shop.db.restore-journal && exit 0; exec sleep 600';
    const mount = ['-v', `${scene.folder}/data:/data`, '--stop-timeout', '0', '--restart', 'on-failure'];
    await docker('run', '-d', '--name', job, ...mount, 'node:26-bookworm-slim', 'sh', '-c', program);
    const { code, out, err } = await scene.restore();
    assert.equal(code, 0, out + err);
    assert.match(out, new RegExp(`${job}: ended with code 0, as a job does \\(restart policy on-failure\\)`));
    assert.equal((await stateOf(job)).state, 'exited  on-failure');
    assert.equal(scene.era(), 'backup');
  });

  test('a Swarm service is scaled to 0 and back to what it was', async (t) => {
    const scene = await makeDockerScene(t);
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1').catch((error) =>
      assert.match(String(error), /already/),
    );
    const name = `${scene.prefix}-swarm`;
    t.after(() => docker('service', 'rm', name));
    const [user = '', id = '', , mount = '', ...more] = serviceArguments('swarm', path.join(scene.folder, 'data'));
    const [source, target] = mount.split(':');
    const create = ['service', 'create', '-d', '--name', name, '--replicas', '2', '--no-resolve-image', user, id];
    await docker(...create, '--mount', `type=bind,source=${source},target=${target}`, ...more);
    const running = () => docker('service', 'ls', '--filter', `name=${name}`, '--format', '{{.Replicas}}');
    for (let tries = 0; (await running()) !== '2/2' && tries < 300; tries += 1);
    const before = await docker('service', 'ps', '-q', '--filter', 'desired-state=running', name);

    const { code, out, err } = await scene.restore();
    assert.equal(code, 0, out + err);
    assert.match(out, new RegExp(`1. ${name} \\(mounts .*/data writable at /data\\)\n\n`));
    assert.equal(await running(), '2/2');
    assert.notEqual(await docker('service', 'ps', '-q', '--filter', 'desired-state=running', name), before);
    assert.equal(scene.era(), 'backup');
  });

  test('Docker cannot be reached: said before anything is downloaded or stopped', async (t) => {
    const scene = await makeDockerScene(t);
    const changes = { DOCKER_HOST: `unix://${scene.folder}/none.sock`, RESTORE_SERVICES: 'backend' };
    const { code, out, err } = await scene.restore(undefined, changes);
    assert.equal(code, 1);
    assert.match(err, /DOCKER_UNREACHABLE: Docker at unix:.*none.sock does not answer \(ENOENT\)/);
    assert.doesNotMatch(out, /Downloaded/);
    assert.deepEqual(scene.files(), ['shop.db']);
  });

  for (const { when, request, ends } of [
    { when: 'while the second service is to stop', request: /POST .*\/stop.*/, ends: 'current' },
    { when: 'while services are to start', request: /POST .*\/start/, ends: 'backup' },
  ] as const) {
    test(`Docker dies ${when}: nothing revives them at a reboot, no backup runs, and the next restore ends it`, async (t) => {
      const scene = await makeDockerScene(t);
      const one = await scene.service('one', { with: ['--restart', 'always'] });
      const two = await scene.service('two', { with: ['--restart', 'unless-stopped'] });
      const DOCKER_HOST = await dyingDocker(t, scene.folder, { request, nth: ends === 'current' ? 2 : 1 });
      const died = await scene.restore(undefined, { DOCKER_HOST });
      assert.equal(died.code, 1, died.out + died.err);
      assert.match(died.err, /RESTORE_UNFINISHED: .*does not answer/);
      // The engine ends the stop that it began: of the two side by side, whichever was asked first.
      const states = async () => (await Promise.all([one, two].map(stateOf))).map(({ state }) => state);
      await until(async () => (await states()).some((state) => /^exited \w+ no$/.test(state)), 'one of them stopped');
      for (const state of await states()) assert.match(state, / no$/);
      assert.ok(existsSync(path.join(scene.folder, 'data', 'shop.db.restore-journal')));
      assert.match((await nightshift(['backup'], scene.environment)).err, /RESTORE_UNFINISHED/);

      const next = await scene.restore([]);
      assert.equal(next.code, 0, next.out + next.err);
      assert.equal(scene.era(), ends);
      assert.match((await stateOf(one)).state, /^running \w+ always$/);
      assert.match((await stateOf(two)).state, /^running \w+ unless-stopped$/);
      assert.deepEqual(scene.files(), ends === 'current' ? ['shop.db'] : ['shop.db', 'shop.db.backup-DATE']);
    });
  }
});
