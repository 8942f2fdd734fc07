import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../../free-port.ts';
import { needs } from '../../lab/parts.ts';
import { composeFile, composeServices } from '../compose-file.ts';
import { removeProduction } from './containers.ts';
import { docker } from './deployment-fixture.ts';
import { lockProductionNames } from './production-lock.ts';
import { createShopDatabase } from './shop-database.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

// infra/compose.yaml as a person uses it: beside a `.env` and the compiled images, with the real Compose on a real engine.
describe('both services with Docker Compose', needs('docker', 'compose', 'root'), () => {
  let folder = '';
  let settings: Record<string, string> = {};
  let unlock = async () => {};

  /** Standard output and error of `docker compose` in that folder. */
  async function compose(...args: string[]): Promise<string> {
    const { stdout, stderr } = await run(process.env['LAB_COMPOSE'] ?? '', ['-f', 'infra/compose.yaml', ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: process.env['LAB_DOCKER_HOST'] },
    });
    return stdout + stderr;
  }
  const backups = () =>
    readdirSync(path.join(folder, 'var/store/sqlite-backups/daily')).filter((name) => !name.startsWith('.'));
  const inspect = async (name: string) => JSON.parse(await docker('container', 'inspect', name))[0];

  before(async () => {
    unlock = await lockProductionNames();
    await removeProduction();
    folder = mkdtempSync(path.join(tmpdir(), 'compose-'));
    const at = (name: string) => path.join(folder, name);
    for (const name of ['infra', 'etc', 'var']) mkdirSync(at(name));
    copyFileSync(composeFile, at('infra/compose.yaml'));
    execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), at('dist')]);
    createShopDatabase(at('shop/shop.db'));
    makeFolders(at('var'), at('etc'));
    for (const service of ['sqlite-backup', 'backend-dailysummary'])
      makeSecret(at(`etc/secrets/${service}/SMTP_PASSWORD`), 'not tried here');
    settings = {
      DATA_FOLDER: at('shop'),
      STATE_FOLDER: at('var'),
      CONFIG_FOLDER: at('etc'),
      BACKUP_IMAGE: `nightshift-test/compose-backup:${process.pid}`,
      SUMMARY_IMAGE: `nightshift-test/compose-summary:${process.pid}`,
      SITE_PORT: String(await freePort()),
      DATABASE_PATH: '/data/shop.db',
      BACKUP_STORE: 'file:///store',
      SUMMARY_RECIPIENTS: 'owner@example.com',
      SMTP_HOST: 'mail.example.com',
      SMTP_USER: 'shop@example.com',
      SMTP_PASSWORD_FILE: '/run/secrets/SMTP_PASSWORD',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(at('infra/.env'), lines.join(''));
  });
  after(async () => {
    await removeProduction();
    await docker('rmi', '-f', settings['BACKUP_IMAGE'] ?? '', settings['SUMMARY_IMAGE'] ?? '').catch(() => {});
    rmSync(folder, { recursive: true, force: true });
    await unlock();
  });

  test('`up` builds both images, brings both services up, and waits until they are healthy', async () => {
    await compose('up', '--build', '--detach', '--wait', '--wait-timeout', '120');
    for (const name of ['sqlite-backup', 'backend-dailysummary'])
      assert.equal((await inspect(name)).State.Health.Status, 'healthy');
    const page = await fetch(`http://127.0.0.1:${settings['SITE_PORT']}/healthz`);
    assert.equal(page.status, 200);
  });

  test('the first backup is made, verified and in the store; status says so', async () => {
    const logs = await compose('logs', '--no-log-prefix', 'sqlite-backup');
    assert.match(logs, /Backup completed successfully\n.*Backup uploaded to Object Storage\n/);
    const [stored = ''] = backups();
    assert.match(stored, /^shop_\d{4}-\d\d-\d\d_\d{6}\.db\.gz$/);
    assert.match(await compose('exec', '--no-TTY', 'sqlite-backup', 'nightshift', 'status'), /^shop: ok/);
  });

  test('each container is hardened as its service says', async () => {
    for (const [name, service] of Object.entries(composeServices(settings))) {
      const { Config, HostConfig, Mounts } = await inspect(name);
      assert.deepEqual(
        {
          user: Config.User,
          readOnly: HostConfig.ReadonlyRootfs,
          dropped: HostConfig.CapDrop,
          added: HostConfig.CapAdd,
          privileged: HostConfig.Privileged,
          security: HostConfig.SecurityOpt,
          init: HostConfig.Init,
          memory: `${HostConfig.Memory / 1_048_576}m`,
          restart: HostConfig.RestartPolicy.Name,
          stopTimeout: `${Config.StopTimeout}s`,
          logs: HostConfig.LogConfig.Config,
        },
        {
          user: service['user'],
          readOnly: true,
          dropped: ['ALL'],
          added: null,
          privileged: false,
          security: ['no-new-privileges'],
          init: true,
          memory: service['mem_limit'],
          restart: 'unless-stopped',
          stopTimeout: service['stop_grace_period'],
          logs: { 'max-size': '10m', 'max-file': '3' },
        },
      );
      const mounted = (Mounts as { Destination: string }[]).map(({ Destination }) => Destination);
      assert.deepEqual(mounted.toSorted(), service.volumes.map(({ target }) => target).toSorted());
    }
  });

  test('Compose fills in the file as the comparison with Pulumi does', async () => {
    const config = JSON.parse(await compose('config', '--format', 'json'));
    for (const [name, { environment, volumes }] of Object.entries(composeServices(settings))) {
      const { services } = config;
      assert.deepEqual(services[name].environment, environment);
      assert.deepEqual(
        services[name].volumes.map(({ source, target }: Record<string, string>) => [source, target]),
        volumes.map(({ source, target }) => [source, target]),
      );
    }
  });

  test('`stop` lets both end in order; `down` leaves history and backups', async () => {
    await compose('stop');
    for (const name of ['sqlite-backup', 'backend-dailysummary']) assert.equal((await inspect(name)).State.ExitCode, 0);
    await compose('down');
    await assert.rejects(inspect('sqlite-backup'));
    assert.equal(backups().length, 1);
    assert.ok(statSync(path.join(folder, 'var/state/history.db')).isFile());
  });

  test('a folder that is not there stops the service; none is made', async () => {
    rmSync(path.join(folder, 'shop'), { recursive: true });
    await assert.rejects(compose('up', '--detach'), /bind source path does not exist/);
    assert.ok(!readdirSync(folder).includes('shop'));
  });
});

/** Runs the commands of the file's own instructions, with other folders than those of a real host. */
function makeFolders(state: string, config: string): void {
  const commands = [...readFileSync(composeFile, 'utf8').matchAll(/^# +sudo (install -d .*)$/gm)].map(
    ([, line]) => line,
  );
  assert.equal(commands.length, 3);
  for (const command of commands) {
    const words = (command ?? '').replaceAll('/var/lib/nightshift', state).replaceAll('/etc/nightshift', config);
    execFileSync('sh', ['-c', words]);
  }
}

function makeSecret(file: string, text: string): void {
  execFileSync('sh', ['-c', `printf %s "$TEXT" | install -o 1000 -g 1000 -m 0400 /dev/stdin ${file}`], {
    env: { ...process.env, TEXT: text },
  });
}
