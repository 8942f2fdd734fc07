import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import Sqlite from 'better-sqlite3';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';
import { openStore } from '../../jobs/store/open.ts';
import { needs } from '../lab/parts.ts';
import { type FinishedCommand, nightshift, startNightshift } from '../nightshift.ts';
import { failureOf } from './restore-scene.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
let daily: string;
before(() => {
  databases = makeTestDatabases();
  daily = path.join(databases.folder, 'store', 'sqlite-backups', 'daily');
});
after(() => databases.remove());

const restore = (environment = {}, ...args: string[]): Promise<FinishedCommand> =>
  nightshift(['restore', ...(args.length > 0 ? args : ['latest']), '--yes'], {
    ...databases.environment,
    ...environment,
  });

/** The old database is there whole, with its own files and the lock beside it and nothing else. */
function requireUntouched(): void {
  assert.equal(holds(databases.database), complete.old);
  const names = readdirSync(path.dirname(databases.database)).filter((name) => !name.endsWith('.nightshift-lock'));
  assert.deepEqual(names, ['shop.db', 'shop.db-shm', 'shop.db-wal']);
}

/** Lets a test spoil the stored backup, and mends it afterwards. Returns the backup's path. */
function withObject(t: TestContext): string {
  const saved = path.join(databases.folder, 'saved-store');
  cpSync(path.join(databases.folder, 'store'), saved, { recursive: true, preserveTimestamps: true });
  t.after(() => {
    rmSync(path.join(databases.folder, 'store'), { recursive: true });
    cpSync(saved, path.join(databases.folder, 'store'), { recursive: true, preserveTimestamps: true });
    rmSync(saved, { recursive: true });
  });
  // On a Sunday there is a copy of it.
  rmSync(path.join(databases.folder, 'store/sqlite-backups/weekly'), { recursive: true, force: true });
  return path.join(daily, readdirSync(daily).find((name) => !name.startsWith('.')) ?? '');
}

test('a truncated object is refused before anything is changed', async (t) => {
  databases.reset();
  truncateSync(withObject(t), 700);
  const refused = await restore();
  assert.equal(failureOf(refused), 'ARCHIVE_UNREADABLE, exit 1');
  assert.match(refused.err, /is cut short/);
  requireUntouched();
});

test('an object that holds another database than its metadata says is refused', async (t) => {
  databases.reset();
  withObject(t);
  const other = path.join(databases.folder, 'other.db');
  new Sqlite(other).exec('CREATE TABLE era (name)').close();
  execFileSync('gzip', ['-9', other]);
  const store = await openStore({ kind: 'directory', folder: path.join(databases.folder, 'store') });
  const [listed] = await store.list('sqlite-backups/daily/');
  const key = listed?.key ?? '';
  await store.put(key, `${other}.gz`, (await store.head(key))?.metadata ?? {});
  store.close();
  const refused = await restore();
  assert.equal(failureOf(refused), 'BACKUP_WRONG, exit 1');
  assert.match(refused.err, /its sha256 is [0-9a-f]{64}, but its metadata says [0-9a-f]{64}/);
  requireUntouched();
});

for (const [what, spoil, message] of [
  [
    'is no database',
    (file: string) => writeFileSync(file, 'customer,total\n'.repeat(500)),
    /it is not a SQLite database/,
  ],
  ['is damaged', (file: string) => damage(file), /integrity check/],
] as const) {
  test(`an object without metadata that ${what} is found out and refused`, async (t) => {
    databases.reset();
    withObject(t);
    const file = path.join(databases.folder, 'shop_2025-01-01_020000.db');
    execFileSync('sqlite3', [
      file,
      'CREATE TABLE t (x); CREATE INDEX i ON t (x); INSERT INTO t SELECT value FROM generate_series(1, 9000);',
    ]);
    spoil(file);
    writeFileSync(path.join(daily, 'shop_2025-01-01_020000.db.gz'), execFileSync('gzip', ['-9', '-c', file]));
    rmSync(file);
    const refused = await restore({}, 'shop_2025-01-01_020000.db.gz');
    assert.equal(failureOf(refused), 'BACKUP_WRONG, exit 1');
    assert.match(refused.err, message);
    requireUntouched();
  });
}

/** Overwrites a page in the middle. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4096 * 6 + 100, 4096 * 7);
  writeFileSync(file, bytes);
}

test('an encrypted backup without an identity, with a wrong one, and with the right one', async () => {
  databases.reset();
  const [own, other] = await Promise.all([generateIdentity(), generateIdentity()]);
  const files = { own: path.join(databases.folder, 'own.txt'), other: path.join(databases.folder, 'other.txt') };
  writeFileSync(files.own, `${own}\n`);
  writeFileSync(files.other, `${other}\n`);
  const store = path.join(databases.folder, 'encrypted');
  mkdirSync(store, { recursive: true });
  const environment = { BACKUP_STORE: `file://${store}`, BACKUP_AGE_RECIPIENTS: await identityToRecipient(own) };
  assert.equal((await nightshift(['backup'], { ...databases.environment, ...environment })).code, 0);
  databases.reset();
  assert.equal(failureOf(await restore(environment)), 'ARCHIVE_IDENTITY_MISSING, exit 1');
  assert.equal(
    failureOf(await restore(environment, 'latest', '--identity', files.other)),
    'ARCHIVE_IDENTITY_WRONG, exit 1',
  );
  const planned = await restore(environment, 'latest', '--dry-run');
  assert.equal(failureOf(planned), 'ARCHIVE_IDENTITY_MISSING, exit 1');
  assert.match(planned.out, /NOTE: it is encrypted and no key was given: it will be refused without --identity\n/);
  const plannedWithKey = await restore(environment, 'latest', '--dry-run', '--identity', files.own);
  assert.equal(plannedWithKey.code, 0, plannedWithKey.err);
  assert.doesNotMatch(plannedWithKey.out, /it is encrypted/);
  requireUntouched();
  const { code, out, err } = await restore(environment, 'latest', '--identity', files.own);
  assert.equal(code, 0, out + err);
});

test('with services named and no Docker there, it fails before anything is downloaded or changed', async () => {
  databases.reset();
  const nowhere = { RESTORE_SERVICES: 'backend', DOCKER_HOST: `unix://${databases.folder}/no.sock` };
  const refused = await restore(nowhere);
  assert.equal(failureOf(refused), 'DOCKER_UNREACHABLE, exit 1');
  assert.doesNotMatch(refused.out, /Downloaded/);
  requireUntouched();
});

test('a backup that holds the lock is waited for, and named', async (t) => {
  databases.reset();
  const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
  const signal = t.signal;
  const lock = await acquireLock(databases.database, databases.folder, { holder: 'backup', wait: true, log, signal });
  const waiting = startNightshift(['restore', 'latest', '--yes', '--no-docker'], databases.environment);
  await waiting.printed(/waiting for the backup that process \d+ on host \S+ has been running for/);
  assert.equal(holds(databases.database), complete.old);
  lock.release();
  assert.equal((await waiting.finished).code, 0);
  assert.equal(holds(databases.database), complete.new);
});

test('a process that has the database open is named and nothing is changed; --ignore-open-files continues', {
  skip: process.platform !== 'linux',
}, async (t) => {
  databases.reset();
  const holder = spawn('sh', ['-c', 'exec 3<"$1"; echo open; read -r _', 'sh', databases.database]);
  t.after(() => holder.kill());
  await once(holder.stdout, 'data');
  const refused = await restore({}, 'latest', '--no-docker');
  assert.equal(failureOf(refused), 'DATABASE_IN_USE, exit 1');
  assert.match(refused.err, new RegExp(`open in process ${holder.pid} \\(sh -c exec 3<`));
  requireUntouched();
  for (const flag of ['--allow-unseen', '--allow-other-database', '--allow-empty']) {
    assert.equal(failureOf(await restore({}, 'latest', '--no-docker', flag)), 'DATABASE_IN_USE, exit 1');
  }
  requireUntouched();
  const forced = await restore({}, 'latest', '--no-docker', '--ignore-open-files');
  assert.equal(forced.code, 0, forced.err);
  assert.match(forced.out, /NOTE: process \d+ .* will go on writing into the old file \(--ignore-open-files\)/);
});

test(
  'a disk too full for the backup is found before the download, and one that fills up meanwhile leaves no rest',
  needs('root'),
  async (t) => {
    databases.reset();
    const folder = path.join(databases.folder, 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', folder]);
    t.after(() => execFileSync('umount', [folder]));
    const database = path.join(folder, 'shop.db');
    for (const part of ['', '-wal']) cpSync(databases.database + part, database + part);
    writeFileSync(path.join(folder, 'filler'), Buffer.alloc(30 * 2 ** 20));
    const full = await restore({ DATABASE_PATH: database });
    assert.equal(failureOf(full), 'DISK_FULL, exit 1');
    assert.doesNotMatch(full.out, /Downloaded/);
    rmSync(path.join(folder, 'filler'));

    withObject(t);
    const large = path.join(databases.folder, 'large.db');
    execFileSync('sqlite3', [
      large,
      'CREATE TABLE t (x); INSERT INTO t SELECT zeroblob(1000000) FROM generate_series(1, 60);',
    ]);
    writeFileSync(path.join(daily, 'shop_2025-01-01_020000.db.gz'), execFileSync('gzip', ['-9', '-c', large]));
    rmSync(large);
    const filled = await restore({ DATABASE_PATH: database }, 'shop_2025-01-01_020000.db.gz');
    assert.equal(failureOf(filled), 'DISK_FULL, exit 1');
    assert.equal(holds(database), complete.old);
    const left = readdirSync(folder).filter((name) => name.includes('restore'));
    assert.deepEqual(left, []);
  },
);

test(
  'a database mounted alone (EXDEV), a read-only folder and a symbolic link are refused with the hint',
  needs('root'),
  async (t) => {
    databases.reset();
    const folder = path.join(databases.folder, 'mounts');
    mkdirSync(folder);
    const alone = path.join(folder, 'shop.db');
    writeFileSync(alone, '');
    execFileSync('mount', ['--bind', databases.database, alone]);
    t.after(() => execFileSync('umount', [alone]));
    assert.equal(failureOf(await restore({ DATABASE_PATH: alone })), 'DATABASE_MOUNTED_ALONE, exit 1');

    const readOnly = path.join(folder, 'read-only');
    mkdirSync(readOnly);
    execFileSync('mount', ['--bind', path.dirname(databases.database), readOnly]);
    t.after(() => execFileSync('umount', [readOnly]));
    execFileSync('mount', ['-o', 'remount,ro,bind', readOnly]);
    const refused = await restore({ DATABASE_PATH: path.join(readOnly, 'shop.db') });
    assert.equal(failureOf(refused), 'DATABASE_READ_ONLY_MOUNT, exit 1');

    const link = path.join(folder, 'link', 'shop.db');
    mkdirSync(path.dirname(link));
    symlinkSync(databases.database, link);
    assert.equal(failureOf(await restore({ DATABASE_PATH: link })), 'DATABASE_UNMOVABLE, exit 1');
    requireUntouched();
  },
);
