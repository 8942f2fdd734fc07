import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { makeScene } from '../backup/scene.ts';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { failureOf, filesBeside, restore, restoreArgs } from './restore-scene.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
  return () => databases.remove();
});

/** Puts the database away, makes one with these statements, backs it up, and puts the database back. */
async function storeBackupOf(statements: string): Promise<Record<string, string>> {
  const store = path.join(databases.folder, `store-${randomBytes(4).toString('hex')}`);
  mkdirSync(store);
  const environment = { ...databases.environment, BACKUP_STORE: pathToFileURL(store).href };
  databases.reset();
  for (const part of ['', '-wal', '-shm']) rmSync(databases.database + part);
  new Sqlite(databases.database).exec(statements).close();
  const { code, err } = await nightshift(['backup'], environment);
  assert.equal(code, 0, err);
  databases.reset();
  return environment;
}

for (const [what, statements, message] of [
  ['no table', 'PRAGMA user_version = 1', 'it has no tables'],
  ['tables and no row', 'CREATE TABLE era (name TEXT); CREATE TABLE orders (id)', 'it has 2 tables and no rows'],
] as const) {
  test(`a backup with ${what} never takes the place of the database by --yes alone, and the plan says it`, async () => {
    const environment = await storeBackupOf(statements);
    const run = (...args: string[]) => nightshift([...restoreArgs, 'latest', ...args], environment);
    const plan = await run('--dry-run');
    assert.equal(plan.code, 0, plan.err);
    assert.match(
      plan.out,
      new RegExp(
        `^  WARNING: by its metadata, sqlite-backups/daily/shop_.* is EMPTY: ${message}\\. If that is confirmed`,
        'm',
      ),
    );
    for (const flags of [[], ['--allow-other-database'], ['--ignore-open-files'], ['--allow-unseen']]) {
      const refusal = await run('--yes', ...flags);
      assert.equal(failureOf(refusal), 'BACKUP_EMPTY, exit 1');
      assert.match(refusal.err, new RegExp(`is EMPTY: ${message}\\.\n.*or add --allow-empty\\. Nothing`));
    }
    assert.equal(holds(databases.database), complete.old);
    assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);

    const allowed = await run('--yes', '--allow-empty');
    assert.equal(allowed.code, 0, allowed.out + allowed.err);
    await restore(databases, '--undo', '--yes');
    const back = await restore(databases, '--undo', '--yes');
    assert.equal(failureOf(back), 'BACKUP_EMPTY, exit 1');
    assert.match(back.err, /shop\.db\.backup-[\d_-]+ is EMPTY: /);
    assert.equal(holds(databases.database), complete.old);
  });
}

test(
  'a backup whose tables need a collation that is not here is not taken for an empty one',
  needs('tools'),
  async (t) => {
    const { environment, database } = await makeScene(t);
    const python = (statements: string) =>
      execFileSync('python3', [
        '-c',
        `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.create_collation('GERMAN', lambda a, b: (a > b) - (a < b))
db.executescript(sys.argv[2])`,
        database.path,
        statements,
      ]);
    rmSync(database.path);
    python(
      `CREATE TABLE people (name TEXT COLLATE GERMAN PRIMARY KEY) WITHOUT ROWID; INSERT INTO people VALUES ('Ada');`,
    );
    const backup = await nightshift(['backup'], environment);
    assert.equal(backup.code, 0, backup.err);
    python("INSERT INTO people VALUES ('Bob')");
    const { code, out, err } = await nightshift([...restoreArgs, 'latest', '--yes'], environment);
    assert.equal(code, 0, out + err);
    assert.doesNotMatch(out, /EMPTY|GONE/);
    assert.match(out, /^ {2}NOTE: not counted, because an extension or collation is missing: people$/m);
  },
);

test('one emptied table of many: a line in the plan that stands out, and no refusal', async () => {
  const environment = await storeBackupOf(
    "CREATE TABLE era (name TEXT); INSERT INTO era VALUES ('new'); CREATE TABLE visits (text TEXT); CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)",
  );
  const { code, out, err } = await nightshift([...restoreArgs, 'latest', '--yes'], environment);
  assert.equal(code, 0, out + err);
  assert.match(out, /^ {2}WARNING: table orders will be EMPTY: 800 rows now, 0 in the backup$/m);
});
