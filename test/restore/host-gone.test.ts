import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { freePort } from '../free-port.ts';
import { needs } from '../lab/parts.ts';
import { startSmtpServer } from '../smtp-server.ts';
import { makeBucket } from '../store/buckets.ts';
import { buildImages } from './docker-image.ts';
import { docker, socketPath, until } from './docker-scene.ts';

let images = { backup: '', summary: '' };

/** A machine with nothing but Docker, folders, and the two keys of the bucket. */
type TestMachine = {
  readonly folder: string;
  readonly database: string;
  /** A one-off command of the backup's image, as the service runs; what it prints. */
  nightshift(...args: string[]): Promise<string>;
  /** A one-off command of the summary's image. */
  summary(...args: string[]): Promise<string>;
  /** `docker run … restore` of the runbook. */
  restore(...args: string[]): Promise<string>;
  startServices(): Promise<void>;
  /** It burns down: containers and disk. */
  destroy(): Promise<void>;
};

type Shared = { readonly settings: Readonly<Record<string, string>>; readonly keys: Readonly<Record<string, string>> };

async function makeMachine(t: TestContext, { settings, keys }: Shared): Promise<TestMachine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'host-gone-'));
  const prefix = `gone-${randomBytes(4).toString('hex')}`;
  for (const name of ['data', 'state', 'staging', 'etc']) {
    mkdirSync(path.join(folder, name));
    chownSync(path.join(folder, name), 1000, 1000);
  }
  for (const [name, key] of Object.entries(keys)) {
    const file = path.join(folder, 'etc', name);
    writeFileSync(file, key, { mode: 0o400 });
    chownSync(file, 1000, 1000);
  }
  const given = (more: Readonly<Record<string, string>>) =>
    Object.entries({ ...settings, ...more }).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const store = {
    LINODE_ACCESS_KEY_FILE: '/run/secrets/access-key',
    LINODE_SECRET_KEY_FILE: '/run/secrets/secret-key',
  };
  const bucket = ['-v', `${folder}/etc:/run/secrets:ro`, ...given(store)];
  const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'host'];
  const state = ['-v', `${folder}/state:/state`];
  const data = ['-v', `${folder}/data:/data`, '-e', 'DATABASE_PATH=/data/shop.db'];
  const backupOptions = [...hardened, ...data, ...state, '-v', `${folder}/staging:/staging`, ...bucket];
  const summaryOptions = [...hardened, '--tmpfs', '/tmp', ...data, ...state, ...given({})];
  const caps = ['SYS_PTRACE', 'CHOWN', 'FOWNER', 'DAC_OVERRIDE'].flatMap((name) => ['--cap-add', name]);
  const destroy = async () => {
    const left = await docker('ps', '-aq', '--filter', `name=${prefix}`);
    if (left !== '') await docker('rm', '-f', ...left.split('\n'));
    rmSync(folder, { recursive: true, force: true });
  };
  t.after(destroy);
  const printed = (args: readonly string[]) =>
    docker('run', '--rm', ...args).catch((error) => `${error.stdout}${error.stderr}exit code ${error.code}`);
  return {
    folder,
    database: path.join(folder, 'data', 'shop.db'),
    nightshift: (...args) => printed([...backupOptions, images.backup, ...args]),
    summary: (...args) => printed([...summaryOptions, images.summary, 'summary', ...args]),
    restore: (...args) =>
      printed([
        ...['--pid=host', '--user', '0:0', ...hardened, '--security-opt', 'apparmor=unconfined', ...caps],
        ...['-v', `${socketPath}:/var/run/docker.sock`, ...state, ...bucket],
        ...['-v', `${folder}/data:${folder}/data`, '-e', `DATABASE_PATH=${folder}/data/shop.db`],
        ...[images.backup, 'restore', ...args],
      ]),
    async startServices() {
      const [health, site] = [await freePort(), await freePort()];
      await docker(
        'run',
        '-d',
        '--name',
        `${prefix}-backup`,
        ...backupOptions,
        '-e',
        `HTTP_PORT=${health}`,
        images.backup,
      );
      await docker(
        'run',
        '-d',
        '--name',
        `${prefix}-summary`,
        ...summaryOptions,
        '-e',
        `SUMMARY_PORT=${site}`,
        images.summary,
      );
      const isUp = async (name: string, line: string) => (await docker('logs', `${prefix}-${name}`)).includes(line);
      await until(() => isUp('backup', 'next backup'), 'the backup service is up');
      await until(() => isUp('summary', 'next summary'), 'the summary service is up');
    },
    destroy,
  };
}

/** An hour that was due on this side of midnight, within the catch-up of the summary. */
function scheduleOfToday() {
  const offset = 12 - new Date().getUTCHours();
  return { TIME_ZONE: `Etc/GMT${offset < 0 ? '+' : '-'}${Math.abs(offset)}`, SUMMARY_SCHEDULE_HOUR: '12' };
}

describe('the host is gone', needs('docker', 's3', 'root'), () => {
  before(async () => {
    images = await buildImages(['sqlite-backup', 'backend-dailysummary']);
  });
  after(() => docker('rmi', '-f', images.backup, images.summary));

  test('from the bucket alone: history, what was accepted, ledger, report and database are as before, and nobody gets a day twice', async (t) => {
    const server = await startSmtpServer({ security: 'plain' });
    const bucket = await makeBucket();
    t.after(() => Promise.all([server.close(), bucket.remove()]));
    const { endpoint, bucket: name, accessKey, secretKey } = bucket.location;
    const settings = {
      LINODE_ENDPOINT: endpoint,
      LINODE_BUCKET: name,
      ...scheduleOfToday(),
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(server.smtp.port),
      SMTP_FROM: 'nightshift@example.com',
      SUMMARY_RECIPIENTS: 'owner@example.com,second@example.com',
      SUMMARY_REPORT: '/state/report.yaml',
    };
    const shared = { settings, keys: { 'access-key': accessKey, 'secret-key': secretKey } };

    const old = await makeMachine(t, shared);
    const report =
      'title: Shop, yesterday\nblocks:\n  - kind: text\n    title: Rows\n    sql: SELECT count(*) FROM orders\n';
    writeFileSync(path.join(old.folder, 'state', 'report.yaml'), report, { mode: 0o644 });
    const sql = (file: string, statements: string) => new Sqlite(file).exec(statements).close();
    sql(
      old.database,
      'PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY); CREATE TABLE notes (text TEXT); INSERT INTO orders VALUES (1), (2), (3); INSERT INTO notes VALUES (1)',
    );
    for (const file of readdirSync(path.join(old.folder, 'data')))
      chownSync(path.join(old.folder, 'data', file), 1000, 1000);
    await old.startServices();
    assert.match(await old.summary('send'), /owner@example\.com +sent/);
    assert.equal(server.mails.length, 2);
    sql(old.database, 'DELETE FROM notes');
    await old.nightshift('backup');
    const [suspect] = JSON.parse(await old.nightshift('list', '--json'));
    await old.nightshift('accept', suspect.key);
    assert.match(await old.nightshift('backup'), /Backup completed successfully/);
    const before = { list: await old.nightshift('list'), summary: await old.summary('status') };
    await old.destroy();

    const began = performance.now();
    const fresh = await makeMachine(t, shared);
    const early = await fresh.nightshift('backup');
    assert.match(
      early,
      /DATABASE_MISSING: .* The store has 3 backups of shop, the newest sqlite-backups\/daily\/shop_/,
    );
    assert.match(
      await fresh.restore('--state', '--yes'),
      /\nRestored the state sqlite-backups\/state\/shop-state_\S+ into \/state\./,
    );
    assert.match(await fresh.restore('latest', '--yes'), /\nRestored sqlite-backups\/daily\/shop_/);
    writeFileSync(path.join(fresh.folder, 'state', 'report.yaml'), report);
    await fresh.startServices();
    t.diagnostic(`from an empty machine to running services: ${((performance.now() - began) / 1000).toFixed(0)} s`);

    const db = new Sqlite(fresh.database, { readonly: true });
    assert.deepEqual(
      db.prepare('SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM notes) AS notes').get(),
      {
        orders: 3,
        notes: 0,
      },
    );
    db.close();
    const states = (list: string) =>
      list.split('\n').flatMap((line) => {
        const [, name = '', , , state = ''] = line.split(/ {2,}/);
        return name.startsWith('shop_') ? [`${name} ${state}`] : [];
      });
    const [, ...asBefore] = states(await fresh.nightshift('list'));
    assert.deepEqual(asBefore, states(before.list));
    assert.deepEqual(
      asBefore.map((line) => line.split(' ').slice(1).join(' ')),
      ['verified', 'verified, accepted', 'verified'],
    );
    assert.match(await fresh.nightshift('status'), /^shop: ok, /);
    assert.equal((await fresh.summary('status')).split('\n\nnext ')[0], before.summary.split('\n\nnext ')[0]);
    assert.equal(server.mails.length, 2);
    assert.match(await fresh.summary('send'), /owner@example\.com +sent/);
    assert.equal(server.mails.length, 2);
    const owners = readdirSync(fresh.folder, { recursive: true }).map(
      (file) => statSync(path.join(fresh.folder, String(file))).uid,
    );
    assert.deepEqual(new Set(owners), new Set([0, 1000]));
  });
});
