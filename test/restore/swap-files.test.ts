import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { noCheckpoint } from '../../jobs/restore/files/checkpoint.ts';
import { fileIdentity } from '../../jobs/restore/files/database-files.ts';
import { fileState } from '../../jobs/restore/files/file-state.ts';
import { moveDatabase, removeSidecars } from '../../jobs/restore/swap/move-database.ts';
import { checkInPlace, removeRemnants, swapBack, swapIn } from '../../jobs/restore/swap/swap-files.ts';
import { Failure } from '../../jobs/runtime/errors.ts';

const stamp = '2025-11-30_020000';
const copy = `shop.db.backup-${stamp}`;
const rejected = `shop.db.rejected-${stamp}`;
const staged = 'shop.db.restore-staged';
const notMoved = { stagedState: null, moved: null };
const notInPlace = { staged: { inode: 'another' }, ...notMoved };

type Files = Readonly<Record<string, string>>;

/** A folder with these files, each holding its text. */
function folderWith(t: TestContext, files: Files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-swap-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  const found = (): Files =>
    Object.fromEntries(
      readdirSync(folder)
        .toSorted()
        .map((name) => [name, readFileSync(at(name), 'utf8')]),
    );
  return { at, database: at('shop.db'), found, inodeOf: (name: string) => String(statSync(at(name)).ino) };
}

/** `DATABASE_UNMOVABLE: …` of what is thrown, without the folder; `done` when nothing is. */
async function ending(work: Promise<unknown>, at: (name: string) => string): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return 'done';
  assert.ok(error instanceof Failure, String(error));
  return `${error.code}: ${error.message}`.replaceAll(`${path.dirname(at('x'))}/`, '');
}

test('the switch keeps the old database with all that belongs to it, and leaves the restored one alone in its place', async (t) => {
  const { at, database, found } = folderWith(t, {
    'shop.db': 'old',
    'shop.db-wal': 'what is not in the old one yet',
    'shop.db-shm': 's',
    'shop.db-journal': 'j',
    'shop.db2': 'another',
    [staged]: 'restored',
  });
  assert.equal(await ending(swapIn({ database, stamp, ...notInPlace }, noCheckpoint), at), 'done');
  assert.deepEqual(found(), {
    'shop.db': 'restored',
    [copy]: 'old',
    [`${copy}-journal`]: 'j',
    [`${copy}-shm`]: 's',
    [`${copy}-wal`]: 'what is not in the old one yet',
    'shop.db2': 'another',
  });
});

test('without a staged file nothing moves', async (t) => {
  const files = { 'shop.db': 'old', 'shop.db-wal': 'w' };
  const { at, database, found } = folderWith(t, files);
  assert.equal(
    await ending(swapIn({ database, stamp, ...notInPlace }, noCheckpoint), at),
    'BACKUP_WRONG: shop.db.restore-staged, the file to put in place, is gone.',
  );
  assert.deepEqual(found(), files);
});

test('a file that lies at the name of the safety copy is not overwritten', async (t) => {
  const files = { 'shop.db': 'old', [copy]: 'somebody’s', [staged]: 'restored' };
  const { at, database, found } = folderWith(t, files);
  assert.equal(
    await ending(swapIn({ database, stamp, ...notInPlace }, noCheckpoint), at),
    `DATABASE_UNMOVABLE: shop.db cannot move to ${copy}: something is there that restore did not put there.`,
  );
  assert.deepEqual(found(), files);
});

test('the way back brings the old database back with its files, and keeps what services wrote', async (t) => {
  const { at, database, found, inodeOf } = folderWith(t, {
    'shop.db': 'restored',
    'shop.db-wal': 'written since',
    [copy]: 'old',
    [`${copy}-wal`]: 'w',
  });
  const files = { database, stamp, staged: { inode: inodeOf('shop.db') }, ...notMoved };
  assert.equal(await ending(swapBack(files, noCheckpoint), at), 'done');
  await removeRemnants({ ...files, oldState: 'old' }, noCheckpoint);
  assert.deepEqual(found(), {
    'shop.db': 'old',
    'shop.db-wal': 'w',
    [rejected]: 'restored',
    [`${rejected}-wal`]: 'written since',
  });
});

test('the way back overwrites no database that appeared meanwhile', async (t) => {
  const { at, database, found } = folderWith(t, { 'shop.db': 'made by a service', [copy]: 'old' });
  const files = { database, stamp, ...notInPlace };
  assert.equal(await ending(swapBack(files, noCheckpoint), at), 'done');
  assert.deepEqual(found(), { 'shop.db': 'old', [rejected]: 'made by a service' });
});

test('the way back before anything moved leaves the old database where it is', async (t) => {
  const files = { 'shop.db': 'old', 'shop.db-wal': 'w', [staged]: 'restored' };
  const { at, database, found, inodeOf } = folderWith(t, files);
  assert.equal(
    await ending(swapBack({ database, stamp, staged: { inode: inodeOf(staged) }, ...notMoved }, noCheckpoint), at),
    'done',
  );
  assert.deepEqual(found(), files);
});

test('a database that appeared meanwhile is kept under a name of its own, and one without a byte goes', async (t) => {
  const kept = { 'shop.db': 'made by a service', [copy]: 'old', [rejected]: 'restored' };
  const { at, database, found } = folderWith(t, kept);
  const files = { database, stamp, ...notInPlace };
  const next = 'shop.db.rejected-2025-11-30_020001';
  assert.equal(await swapBack(files, noCheckpoint), at(next));
  assert.deepEqual(found(), { 'shop.db': 'old', [rejected]: 'restored', [next]: 'made by a service' });

  const opened = folderWith(t, { 'shop.db': '', [copy]: 'old' });
  assert.equal(await swapBack({ ...files, database: opened.database }, noCheckpoint), null);
  assert.deepEqual(opened.found(), { 'shop.db': 'old' });
});

test('at each moment of a move the database is complete under one of its names, also where there are no hard links', async (t) => {
  const refuse = () => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' });
  };
  for (const link of [undefined, refuse]) {
    const { at, found } = folderWith(t, { 'shop.db': 'old', 'shop.db-wal': 'w', 'shop.db-journal': 'j' });
    const seen: string[] = [];
    const look = (moment: string) => {
      const files = found();
      const whole = ['shop.db', copy].filter(
        (name) => files[name] === 'old' && files[`${name}-wal`] === 'w' && files[`${name}-journal`] === 'j',
      );
      seen.push(`${moment.replaceAll(`${path.dirname(at('x'))}/`, '')}: ${whole}`);
    };
    await moveDatabase(at('shop.db'), at(copy), look, link);
    await removeSidecars(at('shop.db'), look);
    assert.deepEqual(seen, [
      'before linking shop.db-wal: shop.db',
      'linked shop.db-wal: shop.db',
      'before linking shop.db-journal: shop.db',
      'linked shop.db-journal: shop.db',
      'before moving shop.db: shop.db',
      `moved shop.db: ${copy}`,
      `before removing shop.db-wal: ${copy}`,
      `removed shop.db-wal: ${copy}`,
      `before removing shop.db-journal: ${copy}`,
      `removed shop.db-journal: ${copy}`,
    ]);
    assert.deepEqual(found(), { [copy]: 'old', [`${copy}-wal`]: 'w', [`${copy}-journal`]: 'j' });
  }
});

test('a database whose sidecars could not be linked stays where it is', async (t) => {
  const files = { 'shop.db': 'old', 'shop.db-wal': 'w' };
  const { at, found } = folderWith(t, files);
  const full = () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  };
  await assert.rejects(moveDatabase(at('shop.db'), at(copy), noCheckpoint, full), /full/);
  assert.deepEqual(found(), files);
});

test('sidecars whose database is gone are kept as well, and come back', async (t) => {
  const files = { 'shop.db-wal': 'w', [staged]: 'restored' };
  const { at, database, found, inodeOf } = folderWith(t, files);
  const swap = { database, stamp, staged: { inode: inodeOf(staged) }, ...notMoved };
  assert.equal(await ending(swapIn(swap, noCheckpoint), at), 'done');
  assert.deepEqual(found(), { 'shop.db': 'restored', [`${copy}-wal`]: 'w' });
  assert.equal(await swapBack(swap, noCheckpoint), null);
  assert.deepEqual(found(), { 'shop.db-wal': 'w', [rejected]: 'restored' });
});

test('a sidecar that lies at the name of the safety copy is not overwritten', async (t) => {
  const files = { 'shop.db': 'old', [`${copy}-wal`]: 'somebody’s', [staged]: 'restored' };
  const { at, database, found } = folderWith(t, files);
  assert.equal(
    await ending(swapIn({ database, stamp, ...notInPlace }, noCheckpoint), at),
    `DATABASE_UNMOVABLE: shop.db cannot move to ${copy}-wal: something is there that restore did not put there.`,
  );
  assert.deepEqual(found(), files);
});

test('a safety copy takes the place with its empty sidecars, which a reader leaves, and gets them back', async (t) => {
  const older = 'shop.db.backup-2025-11-01_020000';
  const files = {
    'shop.db': 'restored',
    'shop.db-wal': 'w',
    [older]: 'old',
    [`${older}-shm`]: 's',
    [`${older}-wal`]: '',
  };
  const { at, database, found, inodeOf } = folderWith(t, files);
  const undo = {
    ...{ database, stamp, staged: { inode: inodeOf(older) } },
    ...{ stagedState: fileState(at(older)), moved: { name: older } },
  };
  assert.equal(await ending(swapIn(undo, noCheckpoint), at), 'done');
  const switched = {
    'shop.db': 'old',
    'shop.db-shm': 's',
    'shop.db-wal': '',
    [copy]: 'restored',
    [`${copy}-wal`]: 'w',
  };
  assert.deepEqual(found(), switched);
  assert.equal(await swapBack(undo, noCheckpoint), null);
  await removeRemnants({ ...undo, oldState: 'restored' }, noCheckpoint);
  assert.deepEqual(found(), files);
});

test('what lies in the database’s place is the restored file, whole and readable, or it is said what is wrong', (t) => {
  const { at, database } = folderWith(t, {});
  const say = (wanted: Partial<{ inode: string; bytes: number }> = {}, served = false) =>
    checkInPlace(database, { ...fileIdentity(database), ...wanted }, served)?.replaceAll(database, 'shop.db') ?? 'well';
  assert.equal(checkInPlace(database, { inode: '1', bytes: 1 }, false), `${database} is not there`);
  new Sqlite(database).exec('CREATE TABLE orders (id)').close();
  const { bytes } = fileIdentity(database);
  assert.equal(say(), 'well');
  assert.equal(say({ inode: '1' }), 'shop.db is another file');
  assert.equal(say({ bytes: 7 }), `shop.db has ${bytes} bytes, not 7`);
  assert.equal(say({ bytes: 7 }, true), 'well', 'services have written since');
  writeFileSync(`${database}-wal`, '');
  assert.equal(say(), 'well', 'there is nothing in it');
  writeFileSync(`${database}-wal`, 'w');
  assert.equal(say(), 'shop.db-wal is there and should not be');
  assert.equal(say({}, true), 'well', 'services run on it');
  rmSync(`${database}-wal`);
  writeFileSync(database, 'x'.repeat(bytes));
  assert.equal(say(), 'SQLite cannot read its schema (file is not a database)');
  symlinkSync(database, at('link'));
  assert.equal(checkInPlace(at('link'), fileIdentity(database), false), `${at('link')} is another file`);
});
