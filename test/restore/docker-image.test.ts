import assert from 'node:assert/strict';
import { chmodSync, chownSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { startWriter } from '../backup/writer.ts';
import { needs } from '../lab/parts.ts';
import { buildImage } from './docker-image.ts';
import { type DockerScene, docker, makeDockerScene, socketPath, stateOf, until } from './docker-scene.ts';

let image = '';
const capabilities = ['SYS_PTRACE', 'CHOWN', 'FOWNER', 'DAC_OVERRIDE'];

/** As on the server: the folders are for uid 1000 alone, and so is the secret; the folder of the data is sticky. */
async function makeServer(t: TestContext): Promise<DockerScene> {
  const scene = await makeDockerScene(t);
  writeFileSync(path.join(scene.folder, 'secret'), 'http://127.0.0.1:9/ping', { mode: 0o400 });
  chownSync(path.join(scene.folder, 'secret'), 1000, 1000);
  for (const name of readdirSync(scene.folder, { recursive: true }))
    chownSync(path.join(scene.folder, String(name)), 1000, 1000);
  for (const name of ['state', 'store']) chmodSync(path.join(scene.folder, name), 0o700);
  chmodSync(path.join(scene.folder, 'data'), 0o1700);
  return scene;
}

/** Arguments of the `docker run` line of the README. */
function restoreLine(
  { folder }: DockerScene,
  options: readonly string[],
  args: readonly string[],
  caps = capabilities,
) {
  return [
    ...['run', ...options, '--pid=host', '--user', '0:0', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...caps.flatMap((name) => ['--cap-add', name]),
    ...['--security-opt', 'no-new-privileges', '--security-opt', 'apparmor=unconfined'],
    ...[
      '-v',
      `${socketPath}:/var/run/docker.sock`,
      '-v',
      `${folder}/data:${folder}/data`,
      '-v',
      `${folder}/state:/state`,
    ],
    ...['-v', `${folder}/store:/store`, '-v', `${folder}/secret:/run/secrets/ping:ro`],
    ...['-e', `DATABASE_PATH=${folder}/data/shop.db`, '-e', 'BACKUP_STORE=file:///store'],
    ...['-e', 'LINODE_SECRET_KEY_FILE=/run/secrets/ping', image, 'restore', ...args],
  ];
}

/** Returns all that it prints. */
function restoreInContainer(scene: DockerScene, args: readonly string[], caps = capabilities): Promise<string> {
  return docker(...restoreLine(scene, ['--rm'], args, caps)).catch(
    (error) => `${error.stdout}${error.stderr}exit code ${error.code}`,
  );
}

const ownedByOthers = ({ folder }: DockerScene) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(path.join(folder, name)).uid !== 1000);

describe('restore from the backup image', needs('docker', 'root'), () => {
  before(async () => {
    image = await buildImage();
  });
  after(() => docker('rmi', '-f', image));

  test('stops and starts what uses the database, brings it back, undoes it, and leaves nothing of root', async (t) => {
    const scene = await makeServer(t);
    const service = await scene.service('backend', { with: ['--restart', 'always'] });
    const nightly = `${scene.prefix}-nightly`;
    await docker(
      ...['run', '-d', '--name', nightly, '-v', `${scene.folder}/data:/data`, '-e', 'DATABASE_PATH=/data/shop.db'],
      ...['-v', `${scene.folder}/store:/store`, '-e', 'BACKUP_STORE=file:///store', image, 'backup', '--schedule'],
    );
    const before = await stateOf(nightly);

    const said = await restoreInContainer(scene, ['--at', '2100-01-01', '--yes']);
    assert.match(
      said,
      new RegExp(`again, in this order:\n  1. ${service} \\(mounts ${scene.folder}/data writable at /data\\)\n\n`),
    );
    assert.match(said, new RegExp(`Left alone:\n  - ${nightly}: one of nightshift's own, never stopped.\n\n`));
    assert.match(said, /\nRestored sqlite-backups.*safety copy .*shop.db.backup-/s);
    assert.equal((await stateOf(service)).state, 'running healthy always');
    assert.deepEqual(await stateOf(nightly), before);
    assert.deepEqual(ownedByOthers(scene), []);

    assert.match(await restoreInContainer(scene, ['--undo', '--yes']), /\nRestored .*shop.db.backup-/);
    assert.equal(scene.era(), 'current');
    assert.equal((await stateOf(service)).state, 'running healthy always');
    assert.deepEqual(ownedByOthers(scene), []);
  });

  test('its container killed while a service is stopping: the next one sees to it that the service runs', async (t) => {
    const scene = await makeServer(t);
    const service = await scene.service('backend', { slowStopMs: 5000, with: ['--restart', 'always'] });
    const restorer = `${scene.prefix}-restorer`;
    await docker(...restoreLine(scene, ['-d', '--name', restorer], ['latest', '--yes']));
    const isLeaving = () =>
      docker('exec', service, 'test', '-e', '/tmp/leaving').then(
        () => true,
        () => false,
      );
    await until(isLeaving, `${service} stopping`).catch(async (error) => {
      throw new Error(`${error.message}\n${await docker('logs', restorer)}`);
    });
    await docker('kill', restorer);

    const said = await restoreInContainer(scene, []);
    assert.match(said, /It had begun to stop services; the database was not touched\. Stopping and starting them\.\n/);
    assert.equal(await isLeaving(), false);
    assert.match((await stateOf(service)).state, /^running \w+ always$/);
    assert.equal(scene.era(), 'current');
    assert.deepEqual(scene.files(), ['shop.db']);
    assert.deepEqual(ownedByOthers(scene), []);
  });

  test('a process of the host that has the database open is found and refused by name', async (t) => {
    const scene = await makeServer(t);
    const writer = await startWriter(path.join(scene.folder, 'data', 'shop.db'), { perSecond: 5 });
    t.after(() => writer.kill());
    const said = await restoreInContainer(scene, ['latest', '--yes']);
    assert.match(
      said,
      new RegExp(`DATABASE_IN_USE: .* is open in process ${writer.pid} \\(\\S*node .*exit code 1$`, 's'),
    );
  });

  test('without SYS_PTRACE it says that it cannot see who has the database open', async (t) => {
    const scene = await makeServer(t);
    const said = await restoreInContainer(scene, ['latest', '--dry-run'], ['CHOWN', 'FOWNER', 'DAC_OVERRIDE']);
    assert.match(
      said,
      /NOTE: only containers were checked: \d+ processes, such as \d+, \d+, \d+, could not be inspected \(root with --cap-add SYS_PTRACE can\)\./,
    );
  });

  for (const { needed, fails } of [
    { needed: 'CHOWN', fails: /STATE_UNWRITABLE: The lock file .* EPERM: operation not permitted, chown/ },
    { needed: 'FOWNER', fails: /DATABASE_UNMOVABLE: .* has the sticky bit, .* --cap-add FOWNER/s },
    {
      needed: 'DAC_OVERRIDE',
      fails: /SETTINGS_INVALID: .*LINODE_SECRET_KEY_FILE names .* which cannot be read \(EACCES\)/s,
    },
  ]) {
    test(`without ${needed} it fails before anything is stopped`, async (t) => {
      const scene = await makeServer(t);
      const others = capabilities.filter((name) => name !== needed);
      const said = await restoreInContainer(scene, ['latest', '--yes'], others);
      assert.match(said, fails);
      assert.doesNotMatch(said, /Put the restored file in place/);
      assert.equal(scene.era(), 'current');
    });
  }
});
