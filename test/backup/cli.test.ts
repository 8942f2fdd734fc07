import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { nightshift } from '../nightshift.ts';
import { makeScene } from './scene.ts';

/** The code that the last line of a failure begins with, and the exit code. */
function failure({ code, err }: { code: number | null; err: string }): string {
  return `${/([A-Z_]+): .*\n {4}What to do: /.exec(err)?.[1]}, exit ${code}`;
}

test('a backup by hand prints the promised lines alone on stdout lines of their own, and exits 0', async (t) => {
  const { environment } = await makeScene(t);
  const { code, out, err } = await nightshift(['backup'], environment);
  assert.equal(code, 0);
  assert.equal(err, '');
  const local = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]`;
  assert.match(out, new RegExp(`^${local} Backup completed successfully$`, 'm'));
  assert.match(out, new RegExp(`^${local} Backup uploaded to Object Storage$`, 'm'));
});

test('wrong settings are all named at once, nothing is done, exit 2', async (t) => {
  const { environment, keys } = await makeScene(t);
  const wrong = { ...environment, TIME_ZONE: 'Mars/Base', BACKUP_SCHEDULE_HOUR: '24', BACKUP_RETENTION_DAILY: '-1' };
  const { code, out, err } = await nightshift(['backup'], wrong);
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.equal(
    err,
    `SETTINGS_INVALID: 3 settings are not usable; nothing was done.
    What to do: TIME_ZONE is "Mars/Base": set it to an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin, or leave it out for Asia/Kuala_Lumpur
    BACKUP_SCHEDULE_HOUR is "24": set it to a whole number from 0 to 23, or leave it out for 2
    BACKUP_RETENTION_DAILY is "-1": set it to a whole number from 1 to 10,000, or leave it out for 20
`,
  );
  assert.deepEqual(await keys(), []);
});

const badDatabases: [string, string, (file: string) => unknown][] = [
  ['is absent', 'DATABASE_MISSING', (file) => rmSync(file)],
  ['is empty', 'DATABASE_EMPTY', (file) => writeFileSync(file, '')],
  ['is a folder', 'DATABASE_NOT_A_FILE', (file) => [rmSync(file), mkdirSync(file)]],
  ['is not SQLite', 'DATABASE_NOT_SQLITE', (file) => writeFileSync(file, 'customer,total\n'.repeat(500))],
];
for (const [what, code, spoil] of badDatabases) {
  test(`a database that ${what} is a clear error, and nothing is stored`, async (t) => {
    const scene = await makeScene(t);
    rmSync(`${scene.database.path}-wal`, { force: true });
    spoil(scene.database.path);
    assert.equal(failure(await nightshift(['backup'], scene.environment)), `${code}, exit 1`);
    assert.deepEqual(await scene.keys(), []);
  });
}

test('a staging folder that is not there is named', async (t) => {
  const { environment } = await makeScene(t);
  const absent = { ...environment, STAGING_DIR: '/nowhere/staging' };
  assert.equal(failure(await nightshift(['backup'], absent)), 'STAGING_UNWRITABLE, exit 1');
});

test('one of several databases failing does not stop the others; the exit code shows it', async (t) => {
  const scene = await makeScene(t);
  const other = path.join(scene.folder, 'data', 'other.db');
  new Sqlite(other).exec('CREATE TABLE one (x)').close();
  const environment = { ...scene.environment, DATABASE_PATH: `/nowhere/gone.db,${scene.database.path},${other}` };
  assert.equal(failure(await nightshift(['backup'], environment)), 'DATABASE_MISSING, exit 1');
  const names = (await scene.keys()).map((key) => key.replace(/_\d{4}.*/, ''));
  // On a Sunday there are weekly copies, too.
  const dailies = names.filter((name) => name.startsWith('daily/'));
  assert.deepEqual(dailies, ['daily/other', 'daily/shop']);
});

test('list, status, health, prune and check report what is there, as text and as JSON', async (t) => {
  const scene = await makeScene(t);
  const { environment } = scene;
  const elsewhere = { ...environment, STATE_DIR: path.join(scene.folder, 'elsewhere') };
  assert.equal(failure(await nightshift(['status'], elsewhere)), 'HISTORY_MISSING, exit 1');
  await nightshift(['backup'], environment);
  const [key = ''] = await scene.keys();
  const name = key.slice('daily/'.length);

  const list = await nightshift(['list', 'daily'], environment);
  assert.match(
    list.out,
    new RegExp(`^KIND .*\n daily  ${name} .* verified  shop      -           [\\d.]+ s ago\n$`.replaceAll('\n ', '\n')),
  );
  const [listed] = JSON.parse((await nightshift(['list', 'daily', '--json'], environment)).out);
  assert.deepEqual(
    {
      ...listed,
      takenAt: typeof listed.takenAt,
      storedAt: typeof listed.storedAt,
      lastVerifiedAt: typeof listed.lastVerifiedAt,
      bytes: null,
    },
    {
      kind: 'daily',
      name,
      key: `sqlite-backups/${key}`,
      database: 'shop',
      takenAt: 'string',
      misdated: false,
      storedAt: 'string',
      bytes: null,
      state: 'verified',
      lastVerifiedAt: 'string',
      suspect: null,
      suspectStatus: null,
      findings: 0,
      findingTexts: [],
      encrypted: false,
      rows: 2001,
      problem: null,
      host: hostname(),
      otherHost: false,
    },
  );
  // One on a Sunday, else none.
  const weekly = JSON.parse((await nightshift(['list', 'weekly', '--json'], environment)).out);
  assert.deepEqual(
    weekly.map(({ kind, name }: { kind: string; name: string }) => `${kind}/${name}`),
    (await scene.keys()).filter((stored) => stored.startsWith('weekly/')),
  );

  const status = await nightshift(['status'], environment);
  assert.equal(status.code, 0);
  assert.match(status.out, /^shop: ok, newest good backup is .* old\n {2}last backup /);
  assert.match((await nightshift(['health'], environment)).out, /^shop: newest good backup is .* old\n$/);
  assert.match(
    (await nightshift(['prune', '--dry-run'], environment)).out,
    /^keep {3}.* \(the newest\)\n(?:keep {3}.*\/weekly\/.*\n)?0 backups would be removed; nothing was\n$/,
  );
  const check = await nightshift(['check'], environment);
  assert.equal(check.code, 0);
  assert.deepEqual(
    check.out.split('\n').map((line) => line.split(':')[0]),
    [
      'ok    database shop',
      'ok    STAGING_DIR',
      'ok    STATE_DIR',
      'ok    archive',
      'ok    store, reading',
      'ok    store, cleaning up',
      'ok    store, writing',
      'ok    store, reading back',
      'ok    store, copying on the server',
      'ok    store, removing',
      'ok    clock',
      'WARN  alerts',
      '',
    ],
  );
});

test('check tries every part and names each that does not work', async (t) => {
  const scene = await makeScene(t);
  const environment = { ...scene.environment, DATABASE_PATH: '/nowhere/shop.db', STAGING_DIR: '/nowhere/staging' };
  const { code, out, err } = await nightshift(['check'], environment);
  assert.equal(code, 1);
  assert.deepEqual(out.match(/^FAIL {2}.*?: [A-Z_]+/gm), [
    'FAIL  database shop: DATABASE_MISSING',
    'FAIL  STAGING_DIR: STAGING_UNWRITABLE',
    'FAIL  archive: STAGING_UNWRITABLE',
  ]);
  assert.match(err, /^CHECK_FAILED: 3 parts cannot be used: database shop, STAGING_DIR, archive\./);
});

test('an unknown command, option or database exits 2 and says what there is', async (t) => {
  const { environment } = await makeScene(t);
  for (const args of [['bakcup'], ['backup', '--now'], ['list', 'quarterly'], ['backup', '--database', 'nope']]) {
    const { code, err } = await nightshift(args, environment);
    assert.equal(code, 2, args.join(' '));
    assert.notEqual(err, '');
  }
});
