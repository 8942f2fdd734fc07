import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { startWriter } from '../backup/writer.ts';
import { needs } from '../lab/parts.ts';
import { buildImage } from './docker-image.ts';
import {
  type DockerScene,
  docker,
  dockerHost,
  makeDockerScene,
  serviceArguments,
  socketPath,
  stateOf,
  until,
} from './docker-scene.ts';

let image = '';

/** Output of a command that may fail, with its exit code at the end. */
const output = (work: Promise<string>) =>
  work.then((text) => `${text}\nexit code 0`).catch((error) => `${error.stdout}${error.stderr}exit code ${error.code}`);

/** A container that idles as the backup service does between its runs; the data is at /data in it. Returns its name. */
async function startIdle(scene: DockerScene, options: readonly string[] = [], as = 'sqlite-backup'): Promise<string> {
  const name = `${scene.prefix}-${as}`;
  await docker(
    ...['run', '-d', '--name', name, '--user', '1000:1000', ...options, '--entrypoint', 'sleep'],
    ...['-v', `${scene.folder}/data:/data`, '-v', `${scene.folder}/state:/state`, '-v', `${scene.folder}/store:/store`],
    ...['-e', 'DATABASE_PATH=/data/shop.db', '-e', 'BACKUP_STORE=file:///store', image, '600'],
  );
  return name;
}

const withSocket = ['--user', '0:0', '-v', `${socketPath}:/var/run/docker.sock`];
const restoreIn = (container: string, ...args: string[]) =>
  output(docker('exec', container, 'nightshift', 'restore', ...args));
const stamped = (text: string) => text.replace(/\d{4}-\d\d-\d\d_\d{6}/g, 'STAMP');

/** Starts a service that sees the database by these options of docker run, at /data/shop.db. */
async function startService(scene: DockerScene, name: string, mount: readonly string[]): Promise<string> {
  const container = `${scene.prefix}-${name}`;
  const [user = '', id = '', , , ...more] = serviceArguments(name, 'unused', { with: ['--restart', 'always'] });
  await docker('run', '-d', '--name', container, user, id, ...mount, ...more);
  await until(async () => (await stateOf(container)).state === 'running healthy always', `${container} up`);
  return container;
}

/** Another path of the host to the folder above the database's, by a bind mount. */
function bindElsewhere(t: TestContext, { folder }: DockerScene): string {
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'restore-elsewhere-'));
  execFileSync('mount', ['--bind', folder, elsewhere]);
  t.after(() => {
    execFileSync('umount', [elsewhere]);
    rmdirSync(elsewhere);
  });
  return elsewhere;
}

describe('restore from within a container on a real Docker engine', needs('docker', 'root'), () => {
  before(async () => {
    image = await buildImage();
  });
  after(() => docker('rmi', '-f', image));

  test('docker exec without a socket and without the host’s processes: refused, nothing changed, and the printed command works', async (t) => {
    const scene = await makeDockerScene(t);
    const service = await scene.service('backend', { with: ['--restart', 'always'] });
    const before = await stateOf(service);
    const idle = await startIdle(scene);
    const said = await restoreIn(idle, 'latest', '--yes');
    assert.match(
      said,
      /DATABASE_USE_UNSEEN: It cannot be determined from here whether anything uses \/data\/shop\.db: processes outside of this container cannot be seen/,
    );
    assert.match(said, /and Docker was not queried\. The kernel says that another process has it open\.\n/);
    assert.match(said, /^ +nightshift restore latest --yes$/m);
    assert.match(said, /exit code 1$/);
    assert.doesNotMatch(said, /no service is stopped/);
    assert.equal(scene.era(), 'current');
    assert.deepEqual(scene.files(), ['shop.db']);
    assert.deepEqual(await stateOf(service), before);

    const line = /^ +(docker run .*)$/m.exec(said)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', line.replace('-v /var/run/docker.sock:', `-v ${socketPath}:`)],
      {
        env: { ...process.env, DOCKER_HOST: dockerHost },
      },
    );
    assert.match(
      stdout,
      new RegExp(`again, in this order:\n  1. ${service} \\(mounts ${scene.folder}/data writable at /data\\)\n\n`),
    );
    assert.match(stdout, /\nRestored sqlite-backups\/daily\//);
    assert.equal(scene.era(), 'backup');
    assert.equal((await stateOf(service)).state, 'running healthy always');
  });

  test('so is it when nobody has it open at that moment; the dry run says so; --allow-unseen continues', async (t) => {
    const scene = await makeDockerScene(t);
    const idle = await startIdle(scene);
    for (const args of [[], ['--ignore-open-files'], ['--no-docker'], ['--allow-empty'], ['--allow-other-database']]) {
      assert.match(await restoreIn(idle, 'latest', '--yes', ...args), /DATABASE_USE_UNSEEN: .*exit code 1$/s);
    }
    assert.equal(scene.era(), 'current');
    assert.deepEqual(scene.files(), ['shop.db']);
    const plan = await restoreIn(idle, 'latest', '--dry-run');
    assert.match(
      plan,
      / downtime +not known: it cannot be determined from here what uses the database, and nothing is stopped\n/,
    );
    assert.match(
      plan,
      / WARNING: It cannot be determined from here whether anything uses \/data\/shop\.db: .*exit code 0$/s,
    );
    assert.match(
      await restoreIn(idle, 'latest', '--yes', '--allow-unseen'),
      /\nRestored .*\n {2}not known {4}whether anything uses the database: processes outside of this container .*exit code 0$/s,
    );
    assert.equal(scene.era(), 'backup');
  });

  test('no database in place, or a copy elsewhere: no question', async (t) => {
    const scene = await makeDockerScene(t);
    const idle = await startIdle(scene);
    assert.match(await restoreIn(idle, 'latest', '--to', '/tmp/look.db'), /\nWrote .*exit code 0$/s);
    execFileSync('find', [path.join(scene.folder, 'data'), '-name', 'shop.db*', '-delete']);
    assert.match(await restoreIn(idle, 'latest', '--yes'), /\nRestored .*exit code 0$/s);
    assert.equal(scene.era(), 'backup');
  });

  test('with the socket alone: services that mount the data in any way are found, stopped and started again', async (t) => {
    const scene = await makeDockerScene(t);
    const data = path.join(scene.folder, 'data');
    const elsewhere = bindElsewhere(t, scene);
    const link = path.join(scene.folder, 'link');
    symlinkSync(data, link);
    const volume = `${scene.prefix}-volume`;
    await docker('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${link}`, volume);
    t.after(() => docker('volume', 'rm', volume));
    const services = [
      await startService(scene, 'a-same-path', ['-v', `${data}:/data`]),
      await startService(scene, 'b-by-bind', ['-v', `${elsewhere}/data:/data`]),
      await startService(scene, 'c-by-link', ['-v', `${link}:/data`]),
      await startService(scene, 'd-by-volume', ['-v', `${volume}:/data`]),
      await startService(scene, 'e-parent', [
        '-v',
        `${elsewhere}:/all`,
        '--mount',
        `type=bind,source=${elsewhere}/data,target=/data`,
      ]),
    ];
    const idle = await startIdle(scene, withSocket);
    const before = await Promise.all(services.map(stateOf));

    const said = await restoreIn(idle, 'latest', '--yes');
    assert.match(said, /exit code 0$/, said);
    const listed = /in this order:\n(.*?)\n\n/s
      .exec(stamped(said))?.[1]
      ?.split('\n')
      .map((line) => line.trim());
    assert.deepEqual(listed, [
      `1. ${services[0]} (mounts ${data} writable at /data)`,
      `2. ${services[1]} (mounts ${elsewhere}/data writable at /data)`,
      `3. ${services[2]} (mounts ${link} writable at /data)`,
      `4. ${services[3]} (mounts ${await docker('volume', 'inspect', '-f', '{{.Mountpoint}}', volume)} writable at /data)`,
      `5. ${services[4]} (mounts ${elsewhere} writable at /all)`,
    ]);
    assert.match(
      said,
      /NOTE: only containers were checked: processes outside of this container cannot be seen \(`docker run --pid=host` shows them\)\.\n/,
    );
    assert.equal(scene.era(), 'backup');
    assert.deepEqual(scene.files(), ['shop.db', 'shop.db.backup-DATE']);
    const after = await Promise.all(services.map(stateOf));
    assert.deepEqual(
      after.map(({ state }) => state),
      services.map(() => 'running healthy always'),
    );
    for (const [index, { startedAt }] of after.entries()) assert.notEqual(startedAt, before[index]?.startedAt);
  });

  test('a service that has the folder above alone, by another path, is found; one that has another folder of that name is not', async (t) => {
    const scene = await makeDockerScene(t);
    const elsewhere = bindElsewhere(t, scene);
    mkdirSync(path.join(scene.folder, 'other', 'data'), { recursive: true });
    const [above, other] = [`${scene.prefix}-above`, `${scene.prefix}-other`];
    const idling = ['--stop-timeout', '0', 'node:26-bookworm-slim', 'sleep', '600'];
    await docker('run', '-d', '--name', above, '-v', `${elsewhere}:/srv`, ...idling);
    await docker('run', '-d', '--name', other, '-v', `${scene.folder}/other:/srv`, ...idling);
    const idle = await startIdle(scene, withSocket);
    const plan = await restoreIn(idle, 'latest', '--dry-run');
    assert.match(
      plan,
      new RegExp(`again, in this order:\n  1. ${above} \\(mounts ${elsewhere} writable at /srv\\)\n\n`),
    );
    assert.doesNotMatch(plan, new RegExp(other));
    assert.deepEqual(scene.files(), ['shop.db']);
  });

  test('a service that has the database file alone, by another path, is found while it writes all the time', async (t) => {
    const scene = await makeDockerScene(t);
    new Sqlite(path.join(scene.folder, 'data', 'shop.db')).exec('PRAGMA journal_mode = DELETE').close();
    const file = path.join(bindElsewhere(t, scene), 'data', 'shop.db');
    const busy = `const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync('/one/shop.db');
      db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
      const visit = db.prepare('INSERT INTO visits (name) VALUES (?)');
      setInterval(() => visit.run('busy'), 4);`;
    const name = `${scene.prefix}-busy`;
    const mounts = ['--tmpfs', '/one:uid=1000', '-v', `${file}:/one/shop.db`];
    const run = ['run', '-d', '--name', name, '--user', '1000:1000', ...mounts];
    await docker(...run, 'node:26-bookworm-slim', 'node', '-e', busy);
    const idle = await startIdle(scene, withSocket);
    for (let looks = 0; looks < 4; looks += 1) {
      assert.match(
        await restoreIn(idle, 'latest', '--dry-run'),
        new RegExp(`again, in this order:\n  1. ${name} \\(mounts ${file} writable at /one/shop.db\\)\n\n`),
      );
    }
  });

  test('with the socket alone: a process of the host that still has it open is noticed once the services are down, and they start again', async (t) => {
    const scene = await makeDockerScene(t);
    const service = await scene.service('backend', { with: ['--restart', 'always'] });
    const writer = await startWriter(path.join(scene.folder, 'data', 'shop.db'), { perSecond: 5, busyTimeoutMs: 5000 });
    t.after(() => writer.kill());
    const idle = await startIdle(scene, [...withSocket, '--cap-add', 'LEASE']);
    const said = await restoreIn(idle, 'latest', '--yes');
    assert.match(
      said,
      /RESTORE_ROLLED_BACK: The restore was rolled back: \/data\/shop\.db is open in a process that cannot be seen from here\. /,
    );
    assert.match(said, /exit code 1$/);
    assert.equal(scene.era(), 'current');
    assert.equal((await stateOf(service)).state.replace(/ \w* /, ' '), 'running always');
  });

  for (const [what, hasService, code] of [
    ['nothing to stop', false, 'DATABASE_IN_USE'],
    ['a service stopped', true, 'RESTORE_ROLLED_BACK'],
  ] as const) {
    test(`with the socket alone, ${what}: a process of the host is not taken for a container of nightshift that is up`, async (t) => {
      const scene = await makeDockerScene(t);
      const service = hasService ? await scene.service('backend', { with: ['--restart', 'always'] }) : null;
      const summary = await startIdle(scene, [], 'dailysummary');
      const file = path.join(scene.folder, 'data', 'shop.db');
      const writer = await startWriter(file, { perSecond: 5, busyTimeoutMs: 5000 });
      t.after(() => writer.kill());
      const idle = await startIdle(scene, [...withSocket, '--cap-add', 'LEASE']);
      const said = await restoreIn(idle, 'latest', '--yes');
      const who = `in ${summary}, which stays up, or in a process that cannot be seen from here`;
      assert.match(said, new RegExp(`${code}: .*/data/shop\\.db is open ${who}\\.\\s.*exit code 1$`, 's'));
      if (service !== null) {
        assert.match(
          said,
          new RegExp(
            `NOTE: the kernel says that the database is open: in ${service}, which stops, or ${who}\\. If it still is once services are down, everything is rolled back\\.\n`,
          ),
        );
        assert.equal((await stateOf(service)).state.replace(/ \w* /, ' '), 'running always');
      }
      assert.equal(scene.era(), 'current');
      assert.deepEqual(scene.files(), ['shop.db']);

      const ignored = await restoreIn(idle, 'latest', '--yes', '--ignore-open-files');
      assert.match(
        ignored,
        /NOTE: the kernel says that the database is open: .*old file \(--ignore-open-files\)\.\n.*exit code 0$/s,
      );
      assert.equal(scene.era(), 'backup');
    });
  }

  test('with the host’s processes and no socket: a process of the host that has it open is named', async (t) => {
    const scene = await makeDockerScene(t);
    const writer = await startWriter(path.join(scene.folder, 'data', 'shop.db'), { perSecond: 5 });
    t.after(() => writer.kill());
    const idle = await startIdle(scene, [
      '--user',
      '0:0',
      '--pid=host',
      '--cap-add',
      'SYS_PTRACE',
      '--security-opt',
      'apparmor=unconfined',
    ]);
    assert.match(
      await restoreIn(idle, 'latest', '--yes'),
      new RegExp(`DATABASE_IN_USE: .* is open in process ${writer.pid} \\(\\S*node .*exit code 1$`, 's'),
    );
    assert.equal(scene.era(), 'current');
  });

  test('with the host’s processes and no socket: the plan says that containers were not checked', async (t) => {
    const scene = await makeDockerScene(t);
    await startIdle(scene, [], 'opens-it-per-request');
    const rights = ['--cap-add', 'SYS_PTRACE', '--security-opt', 'apparmor=unconfined'];
    const idle = await startIdle(scene, ['--user', '0:0', '--pid=host', ...rights, '--cap-add', 'LEASE']);
    assert.match(
      await restoreIn(idle, 'latest', '--dry-run'),
      /NOTE: only processes were checked, not containers: Docker was not queried\. A container that opens the database only now and then is not seen, and not stopped\.\n/,
    );
  });

  test('a safety copy that a process has open is not removed; asked from where that cannot be seen, refused', async (t) => {
    const scene = await makeDockerScene(t);
    assert.equal((await scene.restore()).code, 0);
    const idle = await startIdle(scene);
    const withoutLease = await startIdle(scene, ['--user', '0:0'], 'without-lease');
    const listed = await restoreIn(idle, '--safety-copies');
    const copy = /shop\.db\.backup-[\d_-]+/.exec(listed)?.[0] ?? '';
    const file = path.join(scene.folder, 'data', copy);
    const reader = spawn('sh', ['-c', 'exec 3<"$1"; echo open; read -r _', 'sh', file]);
    t.after(() => reader.kill());
    await once(reader.stdout, 'data');
    const removal = ['--safety-copies', '--remove', copy, '--yes'];
    const { code, err } = await scene.restore(removal);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`DATABASE_IN_USE: ${file} is open in process ${reader.pid} `));
    assert.match(
      await restoreIn(idle, ...removal),
      /DATABASE_IN_USE: .* in a process that cannot be seen from here\..*exit code 1$/s,
    );
    reader.kill();
    await once(reader, 'exit');
    assert.match(await restoreIn(withoutLease, ...removal), /DATABASE_USE_UNSEEN: .*exit code 1$/s);
    assert.deepEqual(scene.files(), ['shop.db', 'shop.db.backup-DATE']);
    assert.match(await restoreIn(idle, ...removal), /^Removed .*exit code 0$/s);
    assert.deepEqual(scene.files(), ['shop.db']);
  });
});
