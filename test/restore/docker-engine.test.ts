import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import { awaitHealth } from '../../jobs/restore/services/await-health.ts';
import { createDockerEngine } from '../../jobs/restore/services/docker/docker-client.ts';
import { dockerServiceManager } from '../../jobs/restore/services/docker/docker-service-manager.ts';
import {
  restoreAutostart,
  type ServiceFailure,
  startServices,
  stopServices,
} from '../../jobs/restore/services/service-lifecycle.ts';
import type { StoppedService } from '../../jobs/restore/services/stopped-service.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { type Failure, interruptedFailure } from '../../jobs/runtime/errors.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { needs } from '../lab/parts.ts';
import { dyingDocker } from './docker-proxy.ts';
import { docker, dockerHost, inspect, makeDockerScene, stateOf, until } from './docker-scene.ts';

const image = 'node:26-bookworm-slim';

function lifecycleDeps() {
  const lines: string[] = [];
  const keep = (text: string) => lines.push(text);
  const log = createLog(systemClock, 'UTC', { out: keep, err: keep });
  const services = dockerServiceManager(createDockerEngine(dockerHost), systemClock);
  return { services, clock: systemClock, log, checkpoint: noCheckpoint };
}

const sentencesOf = (failures: readonly ServiceFailure[]) => failures.map(({ message }) => message);

async function stopped(name: string): Promise<StoppedService & { kind: 'container' }> {
  const container = await createDockerEngine(dockerHost).container(name);
  assert.ok(container);
  const { id, restartPolicy, stopTimeoutSeconds, healthSeconds } = container;
  return { kind: 'container', id, name, restartPolicy, stopTimeoutSeconds, healthSeconds };
}

describe('what restore learns from and tells a real Docker engine', {
  ...needs('docker', 'root'),
  concurrency: 2,
}, () => {
  test('a container: policy, stop timeout, health check, mounts and the folder behind a volume', async (t) => {
    const { prefix, folder } = await makeDockerScene(t);
    const name = `${prefix}-all`;
    const volume = `${prefix}-volume`;
    await docker('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${folder}/data`, volume);
    t.after(() => docker('rm', '-f', name).then(() => docker('volume', 'rm', volume)));
    await docker(
      ...['run', '-d', '--name', name, '--restart', 'on-failure:3', '--stop-timeout', '1', '--label', 'shop=yes'],
      ...['--health-cmd', 'true', '--health-interval', '2s', '--health-timeout', '3s', '--health-retries', '2'],
      ...[
        '--health-start-period',
        '4s',
        '-v',
        `${volume}:/data`,
        '-v',
        `${folder}/state:/state:ro`,
        image,
        'sleep',
        '600',
      ],
    );
    const container = (await createDockerEngine(dockerHost).containers()).find((found) => found.name === name);
    assert.ok(container);
    const mountpoint = await docker('volume', 'inspect', '-f', '{{.Mountpoint}}', volume);
    assert.deepEqual(
      {
        ...container,
        pid: 0,
        health: '',
        remark: '',
        mounts: container.mounts.toSorted((a, b) => (a.destination < b.destination ? -1 : 1)),
      },
      {
        id: await inspect(name, '{{.Id}}'),
        name,
        labels: { shop: 'yes' },
        state: 'running',
        lastRestartAt: null,
        pid: 0,
        networkMode: 'default',
        shares: [],
        exitCode: null,
        startedAt: Temporal.Instant.from(await inspect(name, '{{.State.StartedAt}}')),
        removedWhenStopped: false,
        restartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        stopTimeoutSeconds: 1,
        health: '',
        healthSeconds: 14,
        remark: '',
        mounts: [
          { sources: [mountpoint, `${folder}/data`], destination: '/data', writable: true },
          { sources: [`${folder}/state`], destination: '/state', writable: false },
        ],
      },
    );
    assert.equal(container.pid, Number(await inspect(name, '{{.State.Pid}}')));
    assert.equal(await createDockerEngine(dockerHost).container(`${prefix}-none`), null);
  });

  test('a service renamed meanwhile is started anyway, and one removed is named', async (t) => {
    const scene = await makeDockerScene(t);
    const renamed = await stopped(await scene.service('renamed', { with: ['--restart', 'always'] }));
    const removed = await stopped(await scene.service('removed', { with: ['--restart', 'always'] }));
    const deps = lifecycleDeps();
    await stopServices([renamed, removed], deps);
    assert.equal((await stateOf(renamed.name)).state.replace(/ \w* /, ' '), 'exited no');
    await docker('rename', renamed.name, `${renamed.name}-2`);
    await docker('rm', '-f', removed.name);

    const [problem, ...more] = sentencesOf((await startServices([renamed, removed], deps)).failures);
    assert.deepEqual(more, []);
    assert.match(problem ?? '', new RegExp(`^${removed.name} does not start: .* No such container`, 'i'));
    const failures = await awaitHealth([renamed, removed], { askedSeconds: 30, untilFirstFailure: false }, deps);
    assert.deepEqual(sentencesOf(failures), [`${removed.name} is unhealthy: it was removed`]);
    await restoreAutostart([renamed, removed], deps);
    assert.equal((await stateOf(`${renamed.name}-2`)).state, 'running healthy always');
  });

  test('a service that a deployment replaced meanwhile: its successor is stopped and started', async (t) => {
    const scene = await makeDockerScene(t);
    const first = await stopped(await scene.service('replaced'));
    await docker('rm', '-f', first.name);
    await scene.service('replaced', { with: ['--restart', 'always'] });
    const deps = lifecycleDeps();
    await stopServices([first], deps);
    assert.match((await stateOf(first.name)).state, /^exited /);
    assert.deepEqual((await startServices([first], deps)).failures, []);
    assert.deepEqual(await awaitHealth([first], { askedSeconds: 30, untilFirstFailure: true }, deps), []);
    await restoreAutostart([first], deps);
    assert.equal((await stateOf(first.name)).state, 'running healthy always');
  });

  test('a service that needs another one to start comes up, whatever their order', async (t) => {
    const { prefix } = await makeDockerScene(t);
    const [needed, needing] = [`${prefix}-needed`, `${prefix}-a-needing`];
    await docker('run', '-d', '--name', needed, '--stop-timeout', '0', image, 'sleep', '600');
    await docker(
      'run',
      '-d',
      '--name',
      needing,
      '--stop-timeout',
      '0',
      '--network',
      `container:${needed}`,
      image,
      'sleep',
      '600',
    );
    const services = [await stopped(needing), await stopped(needed)];
    const deps = lifecycleDeps();
    await stopServices(services, deps);
    assert.deepEqual((await startServices(services, deps)).failures, []);
    assert.deepEqual(await awaitHealth(services, { askedSeconds: null, untilFirstFailure: true }, deps), []);
  });

  test('a service without a health check that ends at once is unhealthy, with its exit code', async (t) => {
    const { prefix } = await makeDockerScene(t);
    const name = `${prefix}-ends`;
    await docker('run', '-d', '--name', name, image, 'sh', '-c', 'sleep 1; exit 3');
    const service = await stopped(name);
    await until(async () => (await stateOf(name)).state.startsWith('exited'), `${name} ended`);
    const deps = lifecycleDeps();
    assert.deepEqual((await startServices([service], deps)).failures, []);
    const failures = await awaitHealth([service], { askedSeconds: null, untilFirstFailure: true }, deps);
    assert.deepEqual(sentencesOf(failures), [`${name} is unhealthy: exited with code 3`]);
  });

  test('a service that ends once and whose restart policy would start it again gets that chance', async (t) => {
    const { prefix } = await makeDockerScene(t);
    const name = `${prefix}-second-try`;
    const everySecondStart = 'if [ -e /tmp/odd ]; then rm /tmp/odd; exec sleep 600; else touch /tmp/odd; exit 3; fi';
    await docker(
      'run',
      '-d',
      '--name',
      name,
      '--restart',
      'always',
      '--stop-timeout',
      '0',
      image,
      'sh',
      '-c',
      everySecondStart,
    );
    await until(async () => (await inspect(name, '{{.RestartCount}} {{.State.Running}}')) === '1 true', `${name} up`);
    const service = await stopped(name);
    const deps = lifecycleDeps();
    await stopServices([service], deps);
    assert.deepEqual((await startServices([service], deps)).failures, []);
    assert.deepEqual(await awaitHealth([service], { askedSeconds: null, untilFirstFailure: true }, deps), []);
    await restoreAutostart([service], deps);
    assert.equal((await stateOf(name)).state, 'running  always');
  });

  test('what lies at a path of a container, also behind its mounts', async (t) => {
    const { prefix, folder } = await makeDockerScene(t);
    const name = `${prefix}-paths`;
    await docker('run', '-d', '--name', name, '-v', `${folder}/data:/data:ro`, image, 'sleep', '600');
    const engine = createDockerEngine(dockerHost);
    const { size, mtimeNs } = statSync(path.join(folder, 'data', 'shop.db'), { bigint: true });
    const changedAt = Temporal.Instant.fromEpochNanoseconds(mtimeNs);
    assert.deepEqual(await engine.pathStat(name, '/data/shop.db'), {
      mayBeFolder: false,
      bytes: Number(size),
      changedAt,
    });
    assert.equal((await engine.pathStat(name, '/data'))?.mayBeFolder, true);
    assert.equal(await engine.pathStat(name, '/data/none'), null);
    assert.equal(await engine.pathStat(`${prefix}-none`, '/data'), null);
    await assert.rejects(engine.pathStat(name, '/data/shop.db/none'), { code: 'DOCKER_FAILED' });
  });

  test('an engine that breaks off in the middle of an answer, or never answers, is unreachable', async (t) => {
    const { folder } = await makeDockerScene(t);
    const broken = createDockerEngine(await dyingDocker(t, folder, { answer: /"Swarm"/ }), 2);
    await assert.rejects(broken.swarmServices(), ({ code, message }: Failure) => {
      assert.equal(code, 'DOCKER_UNREACHABLE');
      assert.match(message, /dying.sock does not answer \(/);
      return true;
    });
    const silent = createServer(() => {}).listen(path.join(folder, 'silent.sock'));
    await once(silent, 'listening');
    t.after(() => silent.close());
    await assert.rejects(createDockerEngine(`unix://${folder}/silent.sock`, 1).containers(), {
      code: 'DOCKER_UNREACHABLE',
      message: `Docker at unix://${folder}/silent.sock does not answer (no answer within 1 s).`,
    });
  });
});

test('a question before anything is stopped ends at once on a request to stop, with its connection', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stop = new AbortController();
  const closed = Promise.withResolvers<void>();
  const silent = createHttpServer((request) => {
    request.once('close', closed.resolve);
    stop.abort(interruptedFailure('SIGTERM'));
  }).listen(path.join(folder, 'docker.sock'));
  await once(silent, 'listening');
  t.after(() => silent.close());
  const engine = createDockerEngine(`unix://${folder}/docker.sock`, 3600).until(stop.signal);
  await assert.rejects(engine.containers(), { code: 'INTERRUPTED' });
  await closed.promise;
  for (const ask of [() => engine.swarmServices(), () => engine.container('a'), () => engine.pathStat('a', '/data')])
    await assert.rejects(ask(), { code: 'INTERRUPTED' });
});

/** A fake engine that answers the first request with 500 and the others with 200. */
async function failsOnce(t: TestContext, message: string, headers: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(asked.length === 1 ? 500 : 200, headers).end(JSON.stringify({ message }));
  }).listen(path.join(folder, 'docker.sock'));
  await once(server, 'listening');
  t.after(() => server.close());
  return { asked, engine: createDockerEngine(`unix://${folder}/docker.sock`) };
}

for (const message of [
  'Cannot update container a: cannot update a stopped container: unknown',
  'Cannot update container a: runc did not terminate successfully: exit status 1: container not running\n: unknown',
]) {
  test(`a container that crashes in the moment of the change (${message.slice(27, 60)}…) is changed at the next try`, async (t) => {
    const { asked, engine } = await failsOnce(t, message);
    await engine.setRestartPolicy('a', { Name: 'no', MaximumRetryCount: 0 });
    assert.deepEqual(asked, ['POST /containers/a/update', 'POST /containers/a/update']);
  });
}

test('a container that crashes in the moment of the stop is stopped at the next try', async (t) => {
  const { asked, engine } = await failsOnce(t, 'cannot stop container: a: did not receive an exit event');
  await engine.stop('a', 10);
  assert.deepEqual(asked, ['POST /containers/a/stop', 'POST /containers/a/stop']);
});

test('what a container that crashes in that moment has at a path is known at the next try', async (t) => {
  const found = { size: 5, mode: 0o644, mtime: '2025-11-30T02:00:00Z' };
  const header = Buffer.from(JSON.stringify(found)).toString('base64');
  const { asked, engine } = await failsOnce(t, '', { 'x-docker-container-path-stat': header });
  const changedAt = Temporal.Instant.from(found.mtime);
  assert.deepEqual(await engine.pathStat('a', '/data/shop.db'), { mayBeFolder: false, bytes: 5, changedAt });
  assert.equal(asked.length, 2);
});

test('an address that restore cannot use is an error in the settings', () => {
  assert.throws(() => createDockerEngine('ssh://vps'), { code: 'ARGUMENT_INVALID' });
});
