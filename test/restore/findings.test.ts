import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { makeScene } from '../backup/scene.ts';
import { nightshift } from '../nightshift.ts';
import { rowsOf } from '../sqlite/sqlite-files.ts';

const note = 'integrity check found no damage, but rows that break the schema';

/** A table with a row that its own CHECK refuses. */
const shop = `CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL); CREATE TABLE notes (text TEXT);
  INSERT INTO orders VALUES (1, 1.5); INSERT INTO notes VALUES ('first');`;
const broken = `PRAGMA ignore_check_constraints = ON; CREATE TABLE stock (pieces CHECK (pieces >= 0)); INSERT INTO stock VALUES (-1), (4);`;

function bytesOf(sql: string): Buffer {
  const connection = new Sqlite(':memory:');
  connection.exec(sql);
  return connection.serialize();
}

test('a backup of the old script whose rows break a CHECK comes back, and the plan says so', async (t) => {
  const { folder, environment, database } = await makeScene(t);
  const daily = path.join(folder, 'store', 'sqlite-backups', 'daily');
  mkdirSync(daily, { recursive: true });
  writeFileSync(path.join(daily, 'shop_2025-11-30_020000.db.gz'), gzipSync(bytesOf(shop + broken)));
  const restored = ['restore', 'shop_2025-11-30_020000.db.gz', 'daily', '--no-docker', '--yes'];
  const { code, out, err } = await nightshift(restored, environment);
  assert.equal(code, 0, out + err);
  assert.equal(
    /^ {2}verified .*$/m.exec(out)?.[0],
    `  verified    ${note}'s own rules: CHECK constraint failed in stock (1 row)`,
  );
  assert.deepEqual(rowsOf(database.path, 'SELECT pieces FROM stock'), [[-1], [4]]);
});

test('written elsewhere, and restored from a safety copy, it is reported too', async (t) => {
  const { folder, environment, database, sql } = await makeScene(t);
  sql(broken);
  const restored = await nightshift(['backup'], environment);
  assert.equal(restored.code, 0, restored.err);
  const daily = path.join(folder, 'store', 'sqlite-backups', 'daily');
  writeFileSync(path.join(daily, 'shop_2025-11-30_020000.db.gz'), gzipSync(bytesOf(shop + broken)));
  const to = path.join(folder, 'elsewhere.db');
  const written = await nightshift(['restore', 'shop_2025-11-30_020000.db.gz', 'daily', '--to', to], environment);
  assert.deepEqual(
    written.out.split('\n').filter((line) => line.includes('NOTE')),
    [`  NOTE: ${note}'s own rules: CHECK constraint failed in stock (1 row)`],
  );
  for (const args of [['latest'], ['--undo']]) {
    const { code, out, err } = await nightshift(['restore', ...args, '--no-docker', '--yes'], environment);
    assert.equal(code, 0, out + err);
    if (args[0] === '--undo') assert.match(out, new RegExp(`^ {2}verified {4}${note}`, 'm'));
  }
  assert.deepEqual(rowsOf(database.path, 'SELECT pieces FROM stock'), [[-1], [4]]);
});
