import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { journalModeOf } from '../../jobs/restore/files/journal-mode.ts';
import { nightshift } from '../nightshift.ts';
import { failureOf, filesBeside, restore, restoreArgs } from './restore-scene.ts';
import { complete, foldWal, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

function safetyCopies({ database }: TestDatabases): string[] {
  const folder = path.dirname(database);
  return readdirSync(folder)
    .filter((name) => /^shop\.db\.backup-[\d_-]+$/.test(name))
    .toSorted()
    .map((name) => path.join(folder, name));
}

async function storedName({ environment }: TestDatabases): Promise<string> {
  const [newest] = JSON.parse((await nightshift(['list', '--json'], environment)).out);
  return newest.name;
}

/** The last write to an idle database. */
const oldChange = new Date('2025-11-01T02:00:00Z');
const oldChangeText = '2025-11-01 10:00:00';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
  return () => databases.remove();
});

test('restore latest: the backup is in place, in WAL mode, for the owner asked; the old one with its -wal is the safety copy', async () => {
  databases.reset();
  const { code, out, err } = await restore(databases, 'latest', '--yes', '--owner', '1001:1002', '--mode', '640');
  assert.equal(code, 0, out + err);
  assert.equal(holds(databases.database), complete.new);
  assert.equal(journalModeOf(databases.database), 'wal');
  assert.deepEqual(filesBeside(databases), [
    'shop.db.backup-STAMP',
    'shop.db.backup-STAMP-shm',
    'shop.db.backup-STAMP-wal',
    'shop.db.backup-STAMP.nightshift-restore',
  ]);
  assert.deepEqual(safetyCopies(databases).map(holds), [complete.old]);
  assert.equal(statSync(databases.database).mode & 0o777, 0o640);
  if (process.getuid?.() === 0) assert.equal(statSync(databases.database).uid, 1001);
  const [safety = ''] = safetyCopies(databases);
  const report = out.slice(out.indexOf('\nRestored '));
  const key = `sqlite-backups/daily/${await storedName(databases)}`;
  assert.equal(
    report.replace(/taken .* ago/, 'taken WHEN'),
    `
Restored ${key}, taken WHEN
  into         ${databases.database}
  rows         era 1
               orders 2,000
               visits 0
  downtime     none: no service was stopped
  safety copy  ${safety}
  undo         nightshift restore --undo
`,
  );
});

/** A plan without what differs from run to run. `times`: those that are the same, and their names. */
function plainPlan(out: string, times: Readonly<Record<string, string>> = {}): string {
  const named = Object.entries(times).reduce((text, [time, name]) => text.replaceAll(time, name), out);
  return named
    .replace(/\d{4}-\d\d-\d\d_\d{6}/g, 'STAMP')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/[\d.]+ (s|min \d\d s) ago/, 'AGE ago')
    .replace(/[\d.]+ KiB/g, 'SIZE')
    .replace(/ +NOTE: .*process.* could not be inspected.*\n/, '')
    .replaceAll(databases.folder, 'FOLDER')
    .replace(/ owner .*/, ' owner OWNER')
    .replace(/ +NOTE: not looked at, for want of a tool .*\n/, '')
    .replace(/ +/g, ' ');
}

test('the plan shows what is kept, and what differs in size and rows of each table; when a backup was taken is not when its data last changed', async () => {
  databases.reset();
  for (const part of ['', '-wal']) utimesSync(databases.database + part, oldChange, oldChange);
  const { code, out } = await restore(databases, 'latest', '--dry-run');
  assert.equal(code, 0);
  const taken = /taken +([\d: -]{19}) \(/.exec(out)?.[1] ?? '';
  assert.equal(
    plainPlan(out, { [oldChangeText]: 'CHANGED', [taken]: 'TAKEN' }),
    `
Restore sqlite-backups/daily/shop_STAMP.db.gz
 from file://FOLDER/store
 taken TAKEN (Asia/Kuala_Lumpur), AGE ago
 verified not yet: before anything stops
 into FOLDER/data/shop.db
 owner OWNER
 old file kept as FOLDER/data/shop.db.backup-STAMP
 with its -shm and -wal
 downtime none: no service is stopped, the files move within a moment

 NOW AFTER
 size SIZE SIZE
 last change CHANGED ?
 rows of era 1 1
 rows of orders 800 2,000 +1,200
 rows of visits 0 0

Nothing was done (--dry-run).
`,
  );
  assert.equal(holds(databases.database), complete.old);
  assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);
});

test('the plan of an undo shows when each of the two files last changed', async () => {
  databases.reset();
  for (const part of ['', '-wal']) utimesSync(databases.database + part, oldChange, oldChange);
  await restore(databases, 'latest', '--yes');
  const { code, out } = await restore(databases, '--undo', '--dry-run');
  assert.equal(code, 0);
  assert.equal(
    plainPlan(out.slice(out.indexOf(' NOW ')), { [oldChangeText]: 'CHANGED' }),
    ` NOW AFTER
 size SIZE SIZE
 last change TIME CHANGED
 rows of era 1 ?
 rows of orders 2,000 ?
 rows of visits 0 ?
 NOTE: nothing was written to the current database since sqlite-backups/daily/shop_STAMP.db.gz was restored, TIME

Nothing was done (--dry-run).
`,
  );
});

test('undo brings the old database back with all that was committed, and undoing that the restored one', async () => {
  databases.reset();
  foldWal(databases.database);
  await restore(databases, 'latest', '--yes');
  const undone = await restore(databases, '--undo', '--yes');
  assert.equal(undone.code, 0, undone.out + undone.err);
  assert.equal(holds(databases.database), complete.old);
  assert.equal(journalModeOf(databases.database), 'wal');
  const again = await restore(databases, '--undo', '--yes');
  assert.equal(again.code, 0, again.out + again.err);
  assert.equal(holds(databases.database), complete.new);
  assert.deepEqual(safetyCopies(databases).map(holds), [complete.old]);
});

test('undo needs neither the bucket nor its keys', async () => {
  databases.reset();
  await restore(databases, 'latest', '--yes');
  const { BACKUP_STORE: _, ...environment } = databases.environment as Record<string, string>;
  const { code, out, err } = await nightshift([...restoreArgs, '--undo', '--yes'], environment);
  assert.equal(code, 0, out + err);
  assert.equal(holds(databases.database), complete.old);
});

test('safety copies are listed, and removed only when asked by name', async () => {
  databases.reset();
  assert.match((await restore(databases, '--safety-copies')).out, /^No safety copies of /);
  assert.equal(failureOf(await restore(databases, '--undo', '--yes')), 'SAFETY_COPY_MISSING, exit 1');
  await restore(databases, 'latest', '--yes');
  const [copy = ''] = safetyCopies(databases);
  assert.match(
    (await restore(databases, '--safety-copies')).out,
    new RegExp(
      `^${path.basename(copy)} .* about 801 +replaced by sqlite-backups/daily/${await storedName(databases)}$`,
      'm',
    ),
  );
  const absent = await restore(databases, '--safety-copies', '--remove', 'shop.db', '--yes');
  assert.equal(failureOf(absent), 'SAFETY_COPY_MISSING, exit 1');
  const unasked = await restore(databases, '--safety-copies', '--remove', path.basename(copy));
  assert.equal(failureOf(unasked), 'ARGUMENT_INVALID, exit 2');
  assert.deepEqual(safetyCopies(databases), [copy]);
  const { code } = await restore(databases, '--safety-copies', '--remove', path.basename(copy), '--yes');
  assert.equal(code, 0);
  assert.deepEqual(filesBeside(databases), []);
  assert.equal(holds(databases.database), complete.new);
});

test('by file name with or without its folder, by date, and as a copy elsewhere that touches nothing', async () => {
  databases.reset();
  const name = await storedName(databases);
  for (const [index, args] of [
    [name, 'daily'],
    [name],
    [`sqlite-backups/daily/${name}`],
    ['--at', '2099-01-01'],
  ].entries()) {
    const copy = path.join(databases.folder, `look-${index}.db`);
    const { code, out, err } = await restore(databases, ...args, '--to', copy);
    assert.equal(code, 0, out + err);
    assert.equal(holds(copy), complete.new);
  }
  assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);
  assert.equal(holds(databases.database), complete.old);
  const { code } = await restore(databases, name, 'daily', '--yes');
  assert.equal(code, 0);
  assert.equal(holds(databases.database), complete.new);
});

test('a copy never overwrites a file, nor lands beside a -wal that SQLite would replay into it', async () => {
  databases.reset();
  const taken = path.join(databases.folder, 'store');
  assert.equal(failureOf(await restore(databases, 'latest', '--to', taken)), 'ARGUMENT_INVALID, exit 2');
  assert.equal(failureOf(await restore(databases, 'latest', '--to', databases.database)), 'ARGUMENT_INVALID, exit 2');
  const besideWal = path.join(path.dirname(databases.database), 'shop.db');
  assert.equal(failureOf(await restore(databases, 'latest', '--to', besideWal)), 'ARGUMENT_INVALID, exit 2');
});

test('a database that is not there yet is restored too, and undo says that there is nothing to undo', async () => {
  databases.reset();
  for (const part of ['', '-wal', '-shm']) rmSync(databases.database + part);
  const { code, out, err } = await restore(databases, 'latest', '--yes');
  assert.equal(code, 0, out + err);
  assert.match(out, /safety copy {2}none: there was no database before/);
  assert.equal(holds(databases.database), complete.new);
  assert.equal(failureOf(await restore(databases, '--undo', '--yes')), 'SAFETY_COPY_MISSING, exit 1');
});

const refused: readonly [string, string, readonly string[]][] = [
  ['nobody to ask and no --yes', 'ARGUMENT_INVALID, exit 2', ['latest']],
  ['nothing named and nothing unfinished', 'ARGUMENT_INVALID, exit 2', []],
  ['a name and --undo at once', 'ARGUMENT_INVALID, exit 2', ['latest', '--undo', '--yes']],
  ['--remove without --safety-copies', 'ARGUMENT_INVALID, exit 2', ['--remove', 'x']],
  ['a date that is none', 'ARGUMENT_INVALID, exit 2', ['--at', '2025-02-30', '--yes']],
  ['a database of another name', 'ARGUMENT_INVALID, exit 2', ['latest', '--database', 'other', '--yes']],
  ['a backup that is not there', 'OBJECT_MISSING, exit 1', ['shop_2001-01-01_020000.db.gz', 'daily', '--yes']],
  ['a day before the first backup', 'OBJECT_MISSING, exit 1', ['--at', '2001-01-01', '--yes']],
];
for (const [what, expected, args] of refused) {
  test(`${what}: a clear error, and nothing is changed`, async () => {
    databases.reset();
    assert.equal(failureOf(await restore(databases, ...args)), expected);
    assert.equal(holds(databases.database), complete.old);
    assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);
  });
}

test('another database in the place is never overwritten by --yes alone', async () => {
  databases.reset();
  for (const part of ['', '-wal', '-shm']) rmSync(databases.database + part);
  new Sqlite(databases.database).exec('CREATE TABLE songs (title TEXT)').close();
  const refusal = await restore(databases, 'latest', '--yes');
  assert.equal(failureOf(refusal), 'DATABASE_DIFFERENT, exit 1');
  assert.match(refusal.err, /not a backup of the database that is there now: the backup has no table songs/);
  assert.deepEqual(filesBeside(databases), []);
  assert.equal((await restore(databases, 'latest', '--yes', '--allow-other-database')).code, 0);
  assert.equal(holds(databases.database), complete.new);
});

test('there is no --force: each danger has a flag of its own', async () => {
  databases.reset();
  const { code, err } = await restore(databases, 'latest', '--yes', '--force');
  assert.equal(code, 2);
  assert.match(err, /unknown option '--force'/);
  assert.equal(holds(databases.database), complete.old);
});

test('the history remembers restores, and how they ended', async () => {
  databases.reset();
  await restore(databases, 'latest', '--yes');
  const history = new Sqlite(path.join(databases.folder, 'state', 'history.db'), { readonly: true });
  const newest = history
    .prepare("SELECT job, database, outcome, rows FROM runs WHERE job = 'restore' ORDER BY id DESC")
    .get();
  history.close();
  assert.deepEqual(newest, { job: 'restore', database: 'shop', outcome: 'succeeded', rows: 2001 });
});

test('--to never writes where SQLite, a restore or nightshift itself would take it for their own', async () => {
  databases.reset();
  const places = [`${databases.database}-journal`, `${databases.database}.backup-2025-01-01_000000`];
  const own = ['store/sqlite-backups/daily/copy.db', 'state/copy.db'].map((name) => path.join(databases.folder, name));
  for (const to of [...places, ...own]) {
    assert.equal(failureOf(await restore(databases, 'latest', '--to', to)), 'ARGUMENT_INVALID, exit 2', to);
  }
});
