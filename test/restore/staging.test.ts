import assert from 'node:assert/strict';
import fs, {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { journalModeOf } from '../../jobs/restore/files/journal-mode.ts';
import { assertReplaceable, removeLeftovers } from '../../jobs/restore/staging/preflight.ts';
import { stageBackup } from '../../jobs/restore/staging/stage.ts';
import { stageSafetyCopy } from '../../jobs/restore/staging/stage-safety-copy.ts';
import { undoBytes } from '../../jobs/restore/staging/undo-room.ts';
import { verifySafetyCopy } from '../../jobs/restore/staging/verify-safety-copy.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { noProgress } from '../../jobs/runtime/progress.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';

const asRoot = process.getuid?.() === 0;

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-staging-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function depsOf(t: TestContext, checkpoint: (name: string) => void = () => {}) {
  const log = createLog(systemClock, 'UTC', { out() {}, err() {} });
  return { clock: systemClock, log, progress: noProgress, signal: t.signal, checkpoint };
}

/** A store whose one object is a database of the old shell script, without metadata, gzipped. */
function storedShop(folder: string, change: (bytes: Buffer) => Buffer = (same) => same): Partial<ObjectStore> {
  const file = path.join(folder, 'source.db');
  new Sqlite(file).exec("CREATE TABLE orders (total); INSERT INTO orders VALUES ('1.5')").close();
  const bytes = gzipSync(change(readFileSync(file)));
  rmSync(file);
  return { read: async () => Readable.from([bytes]) };
}

const backup = { key: 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz', bytes: 100, facts: null, details: null };

test('a backup is staged where nobody else may read it, then gets the mode, owner and journal mode that it shall have', async (t) => {
  const folder = makeFolder(t);
  const file = path.join(folder, 'shop.db.restore-staged');
  const modes: string[] = [];
  const deps = depsOf(t, (name) => {
    if (name === 'staged file verified') modes.push((statSync(`${file}.part`).mode & 0o777).toString(8));
  });
  const owner = { uid: asRoot ? 1000 : (process.getuid?.() ?? 0), gid: asRoot ? 1001 : (process.getgid?.() ?? 0) };
  const place = { file, owner: { ...owner, mode: 0o640, attributesOf: null }, journalMode: 'wal' } as const;
  const staged = await stageBackup(backup, storedShop(folder) as ObjectStore, null, place, deps);
  assert.deepEqual(modes, ['600']);
  const { uid, gid, mode, size, ino } = statSync(file);
  assert.deepEqual({ uid, gid, mode: mode & 0o777 }, { ...owner, mode: 0o640 });
  assert.deepEqual([staged.bytes, staged.inode, staged.verifiedBy], [size, String(ino), 'integrity check passed']);
  assert.deepEqual(staged.fingerprint?.tables, { orders: 1 });
  assert.equal(journalModeOf(file), 'wal');
  assert.deepEqual(readdirSync(folder), ['shop.db.restore-staged']);
});

for (const [what, change, message] of [
  ['no database', () => Buffer.from('customer,total\n'.repeat(500)), /it is not a SQLite database\.$/],
  [
    'a damaged one',
    (bytes: Buffer) => bytes.fill(0x5a, 4096),
    /The integrity check of sqlite-backups\/daily\/\S+ found /,
  ],
] as const) {
  test(`a backup that holds ${what} is refused, and leaves nothing beside the database`, async (t) => {
    const folder = makeFolder(t);
    const place = {
      file: path.join(folder, 'shop.db.restore-staged'),
      owner: { uid: 0, gid: 0, mode: 0o644, attributesOf: null },
    };
    const store = storedShop(folder, change) as ObjectStore;
    await assert.rejects(stageBackup(backup, store, null, { ...place, journalMode: null }, depsOf(t)), {
      code: 'BACKUP_WRONG',
      message,
    });
    assert.deepEqual(readdirSync(folder), []);
  });
}

test('what another process left beside the staged file is not taken into the database’s place', async (t) => {
  const folder = makeFolder(t);
  const file = path.join(folder, 'shop.db.restore-staged');
  const place = { file, owner: { uid: 0, gid: 0, mode: 0o644, attributesOf: null }, journalMode: null };
  const deps = depsOf(t, (name) => {
    if (name === 'staged file verified') writeFileSync(`${file}.part-wal`, 'foreign');
  });
  await assert.rejects(stageBackup(backup, storedShop(folder) as ObjectStore, null, place, deps), {
    code: 'BACKUP_WRONG',
    message: `${file}.part is not a good backup: SQLite left -wal beside it.`,
  });
  assert.deepEqual(readdirSync(folder), []);
});

/** Rows of a database left by a process that died in the middle: with a hot rollback journal, or with a -wal. */
function leftBehind(folder: string, mode: 'DELETE' | 'WAL'): string {
  const live = path.join(folder, 'live.db');
  const connection = new Sqlite(live);
  connection.pragma(`journal_mode = ${mode}`);
  connection.exec(`CREATE TABLE orders (text); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO orders SELECT printf('committed%100s', '') FROM n`);
  if (mode === 'WAL') {
    connection.pragma('wal_autocheckpoint = 0');
    connection.exec("INSERT INTO orders VALUES ('committed too')");
  } else {
    // A small cache: what is not committed is in the file already, and only the journal knows what was there.
    connection.pragma('cache_size = 5');
    connection.exec("BEGIN; UPDATE orders SET text = printf('unfinished%99s', '')");
  }
  const copy = path.join(folder, 'shop.db.backup-2025-11-30_020000');
  for (const part of ['', '-wal', '-journal']) {
    if (existsSync(live + part)) writeFileSync(copy + part, readFileSync(live + part));
  }
  connection.close();
  for (const name of readdirSync(folder)) if (name.startsWith('live.db')) rmSync(path.join(folder, name));
  return copy;
}

for (const [mode, sidecar, rows] of [
  ['DELETE', '-journal', ['committed']],
  ['WAL', '-wal', ['committed', 'committed too']],
] as const) {
  test(`--undo brings back what was committed, with what lies in the ${sidecar} of the safety copy`, async (t) => {
    const folder = makeFolder(t);
    const copy = leftBehind(folder, mode);
    assert.ok(statSync(copy + sidecar).size > 0, 'the safety copy needs its sidecar');
    const before = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
    const file = path.join(folder, 'shop.db.restore-staged');
    const place = { file, owner: { uid: 0, gid: 0, mode: 0o600, attributesOf: null }, journalMode: null };
    await stageSafetyCopy(copy, place, false, depsOf(t));
    const connection = new Sqlite(file, { readonly: true });
    assert.deepEqual(connection.prepare('SELECT DISTINCT trim(text) FROM orders ORDER BY 1').pluck().all(), rows);
    connection.close();
    rmSync(file);
    const after = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]));
    assert.deepEqual(after, before, 'the safety copy stays as it is');
  });
}

test('a safety copy that something writes to while it is verified is refused, and left as it is', async (t) => {
  const folder = makeFolder(t);
  const copy = leftBehind(folder, 'WAL');
  const place = {
    file: path.join(folder, 'shop.db.restore-staged'),
    owner: { uid: 0, gid: 0, mode: 0o600, attributesOf: null },
    journalMode: null,
  };
  const before = readdirSync(folder);
  const deps = depsOf(t);
  const line = (text: string) => {
    if (text.startsWith(`Copied ${copy}`)) appendFileSync(`${copy}-wal`, 'late');
  };
  await assert.rejects(verifySafetyCopy(copy, place, false, { ...deps, log: { ...deps.log, line } }), {
    code: 'BACKUP_WRONG',
    message: `${copy} was written to since it was verified.`,
  });
  assert.deepEqual(readdirSync(folder), before);
});

test('a download stops before it takes the room that services need, and leaves nothing', async (t) => {
  const folder = makeFolder(t);
  const file = path.join(folder, 'shop.db.restore-staged');
  const place = { file, owner: { uid: 0, gid: 0, mode: 0o644, attributesOf: null }, journalMode: null };
  const large = storedShop(folder, (bytes) => Buffer.concat([bytes, Buffer.alloc(40_000_000)])) as ObjectStore;
  const { statfsSync } = fs;
  t.mock.method(fs, 'statfsSync', (where: string) => ({ ...statfsSync(where), bavail: 1024, bsize: 1024 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await assert.rejects(stageBackup(backup, large, null, place, depsOf(t)), { code: 'DISK_FULL' });
  assert.deepEqual(readdirSync(folder), []);
});

test('--undo needs room for a copy of the database and of what its -wal and -journal bring into it', (t) => {
  const database = path.join(makeFolder(t), 'shop.db');
  assert.equal(undoBytes(database), 0);
  for (const [part, bytes] of [
    ['', 1000],
    ['-wal', 200],
    ['-journal', 30],
  ] as const)
    writeFileSync(database + part, Buffer.alloc(bytes));
  assert.equal(undoBytes(database), 1000 + 2 * 200 + 30 + 16 * 1024 * 1024);
});

test('leftovers of a dead staging are removed, but none while a journal says that a restore is unfinished', (t) => {
  const folder = makeFolder(t);
  const database = path.join(folder, 'shop.db');
  const leftovers = ['shop.db.restore-journal.new', 'shop.db.restore-staged', 'shop.db.restore-staged.part'];
  for (const name of ['shop.db', 'shop.db.backup-2025-11-30_020000', ...leftovers])
    writeFileSync(path.join(folder, name), '');
  writeFileSync(`${database}.restore-journal`, '{}');
  assert.deepEqual(removeLeftovers(database, systemClock.now()), []);
  assert.equal(readdirSync(folder).length, 6);
  rmSync(`${database}.restore-journal`);
  assert.deepEqual(removeLeftovers(database, systemClock.now()).toSorted(), leftovers);
  assert.deepEqual(readdirSync(folder).toSorted(), ['shop.db', 'shop.db.backup-2025-11-30_020000']);
});

test('a database that is a symbolic link or a folder, or whose folder is not there, is refused before anything is downloaded', async (t) => {
  const folder = makeFolder(t);
  const [real, link] = [path.join(folder, 'real.db'), path.join(folder, 'shop.db')];
  writeFileSync(real, '');
  symlinkSync(real, link);
  mkdirSync(path.join(folder, 'dir'));
  await assertReplaceable(real);
  await assertReplaceable(path.join(folder, 'absent.db'));
  await assert.rejects(assertReplaceable(link), { code: 'DATABASE_UNMOVABLE', message: `${link} is a symbolic link.` });
  await assert.rejects(assertReplaceable(path.join(folder, 'dir')), { code: 'DATABASE_NOT_A_FILE' });
  await assert.rejects(assertReplaceable(path.join(folder, 'no', 'shop.db')), { code: 'DATABASE_MISSING' });
  chmodSync(folder, 0o555);
  if (!asRoot) await assert.rejects(assertReplaceable(real), { code: 'DATABASE_UNMOVABLE' });
  chmodSync(folder, 0o755);
});
