import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { asFailure } from '../../jobs/runtime/errors.ts';
import { checkIntegrity } from '../../jobs/sqlite/integrity/integrity.ts';
import { nightshift } from '../nightshift.ts';
import { temporaryFolder } from '../sqlite/sqlite-files.ts';
import { makeScene } from './scene.ts';

/** Rows are laid down by `rows`, under `was`; then the schema says `is` of them, as when an application changed its mind. */
type Changed = { readonly was: string; readonly rows: string; readonly is: string };

function makeFile(file: string, sql: string, { was, is }: Pick<Changed, 'was' | 'is'> = { was: '', is: '' }): void {
  const connection = new Sqlite(file);
  connection.unsafeMode();
  connection.function('sound', { deterministic: true }, (name) => name);
  connection.exec(sql);
  connection.close();
  schemaSays(file, was, is);
}

function schemaSays(file: string, was: string, is: string): void {
  const connection = new Sqlite(file);
  connection.unsafeMode();
  connection.pragma('writable_schema = ON');
  connection.prepare('UPDATE sqlite_schema SET sql = ? WHERE sql = ?').run(is, was);
  connection.close();
}

async function databaseFile(t: TestContext): Promise<string> {
  return path.join(await temporaryFolder(t), 'copy.db');
}

/** What the check says of `file`: its findings, and the tables that it left out; or the failure's message. */
async function checkedContents(file: string) {
  try {
    const {
      findings,
      findingKinds: kinds,
      unchecked,
      tables,
    } = await checkIntegrity(file, {
      signal: new AbortController().signal,
    });
    return { findings, kinds, unchecked, rows: Object.values(tables).reduce((sum, rows) => sum + rows, 0) };
  } catch (error) {
    const { code, message } = asFailure(error);
    return { code, message: message.replace(file, 'FILE') };
  }
}

const many = (count: number, insert: string) =>
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) ${insert}`;

const cases: readonly (Changed & {
  readonly about: string;
  readonly findings: readonly string[];
  readonly count: number;
})[] = [
  {
    about: 'a NULL where the schema says NOT NULL',
    was: 'CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)',
    rows: 'INSERT INTO orders (total) VALUES (NULL), (1.5), (NULL)',
    is: 'CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL NOT NULL)',
    findings: ['NULL value in orders.total (2 rows)'],
    count: 3,
  },
  {
    about: 'two rows that a UNIQUE index should not both have',
    was: 'CREATE INDEX by_mail ON people (mail)',
    rows: "INSERT INTO people VALUES ('a@b.c'), ('a@b.c')",
    is: 'CREATE UNIQUE INDEX by_mail ON people (mail)',
    findings: ['non-unique entry in index by_mail (1 row)'],
    count: 2,
  },
  {
    about: 'a row that its CHECK refuses',
    was: 'CREATE TABLE stock (pieces)',
    rows: 'INSERT INTO stock VALUES (-1), (4)',
    is: 'CREATE TABLE stock (pieces CHECK (pieces >= 0))',
    findings: ['CHECK constraint failed in stock (1 row)'],
    count: 2,
  },
  {
    about: 'texts in a column of numbers, and numbers in one of texts',
    was: 'CREATE TABLE mixed (amount, note)',
    rows: "INSERT INTO mixed VALUES ('12', 'fine'), (12, 12)",
    is: 'CREATE TABLE mixed (amount INTEGER, note TEXT)',
    findings: ['TEXT value in mixed.amount (1 row)', 'NUMERIC value in mixed.note (1 row)'],
    count: 2,
  },
  {
    about: 'a type that a STRICT table does not take',
    was: 'CREATE TABLE firm (amount)',
    rows: "INSERT INTO firm VALUES ('twelve')",
    is: 'CREATE TABLE firm (amount INTEGER) STRICT',
    findings: ['non-INTEGER value in firm.amount (1 row)'],
    count: 1,
  },
  {
    about: 'an index of a computed number whose last bits differ',
    was: 'CREATE INDEX by_price ON prices (price * 1.0)',
    rows: 'INSERT INTO prices VALUES (1), (0)',
    is: 'CREATE INDEX by_price ON prices (price * 1.0000000000000002)',
    findings: ['index by_price stores an imprecise floating-point value (1 row)'],
    count: 2,
  },
];

const tables = 'CREATE TABLE people (mail); CREATE TABLE prices (price);';

for (const { about, was, rows, is, findings, count } of cases) {
  test(`${about} is a finding, and no damage`, async (t) => {
    const file = await databaseFile(t);
    makeFile(file, `${tables} ${was}; ${rows};`, { was, is });
    assert.deepEqual(await checkedContents(file), { findings, kinds: findings.length, unchecked: [], rows: count });
  });
}

const order = { was: 'CREATE TABLE orders (total, id)', is: 'CREATE TABLE orders (total NOT NULL, id)' };

test('more findings than SQLite lists at once are all counted', async (t) => {
  const file = await databaseFile(t);
  makeFile(file, `${order.was}; ${many(2500, 'INSERT INTO orders SELECT NULL, i FROM n')};`, order);
  assert.deepEqual(await checkedContents(file), {
    findings: ['NULL value in orders.total (2,500 rows)'],
    kinds: 1,
    unchecked: [],
    rows: 2500,
  });
});

test('damage behind a hundred findings is found', async (t) => {
  const file = await databaseFile(t);
  const forget = `PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'by_id'; PRAGMA writable_schema = RESET;`;
  makeFile(
    file,
    `${order.was}; CREATE INDEX by_id ON orders (id); ${many(150, 'INSERT INTO orders SELECT NULL, i FROM n')};`,
  );
  makeFile(file, `${forget} UPDATE orders SET id = 1000 WHERE id = 150;`);
  makeFile(
    file,
    `PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('index', 'by_id', 'orders', 3, 'CREATE INDEX by_id ON orders (id)');`,
    order,
  );
  assert.deepEqual(await checkedContents(file), {
    code: 'DATABASE_CORRUPT',
    message: 'The integrity check of FILE found 1 problem: row 150 missing from index by_id.',
  });
});

test('of twenty-three kinds of findings twenty are listed, and all are counted', async (t) => {
  const file = await databaseFile(t);
  const columns = Array.from({ length: 23 }, (_, index) => `c${index + 1}`);
  const was = `CREATE TABLE wide (${columns.join(', ')})`;
  const is = `CREATE TABLE wide (${columns.join(' NOT NULL, ')} NOT NULL)`;
  makeFile(file, `${was}; INSERT INTO wide DEFAULT VALUES;`, { was, is });
  const listed = columns.slice(0, 20).map((column) => `NULL value in wide.${column} (1 row)`);
  assert.deepEqual(await checkedContents(file), { findings: listed, kinds: 23, unchecked: [], rows: 1 });
});

test('where tables must be checked one by one, one whose findings do not end is named as not checked', async (t) => {
  const file = await databaseFile(t);
  const people = 'CREATE TABLE people (name); CREATE INDEX by_sound ON people (sound(name));';
  makeFile(file, `${people} ${order.was}; ${many(99, 'INSERT INTO orders SELECT NULL, i FROM n')};`, order);
  const findings = ['NULL value in orders.total (99 rows)'];
  assert.deepEqual(await checkedContents(file), { findings, kinds: 1, unchecked: ['people'], rows: 99 });
  schemaSays(file, order.is, order.was);
  makeFile(file, 'INSERT INTO orders VALUES (NULL, 100)', order);
  assert.deepEqual(await checkedContents(file), {
    findings: ['NULL value in orders.total (100 rows)'],
    kinds: 1,
    unchecked: ['orders', 'people'],
    rows: 100,
  });
});

test('where tables must be checked one by one, the list of free pages is checked too', async (t) => {
  const file = await databaseFile(t);
  const people = 'CREATE TABLE people (name); CREATE INDEX by_sound ON people (sound(name));';
  makeFile(file, `${people} CREATE TABLE gone (x); INSERT INTO gone VALUES (1); DROP TABLE gone;`);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.from([0, 0, 0, 9]), 0, 4, 36); // so many free pages: https://www.sqlite.org/fileformat2.html
  await handle.close();
  assert.deepEqual(await checkedContents(file), {
    code: 'DATABASE_CORRUPT',
    message: 'The integrity check of FILE found 1 problem: Freelist: size is 1 but should be 9.',
  });
});

test('a CHECK of the application’s own function is not tried, and nothing else is left out for it', async (t) => {
  const file = await databaseFile(t);
  const people = 'CREATE TABLE people (name CHECK (sound(name)))';
  makeFile(file, `${order.was}; INSERT INTO orders VALUES (NULL, 1); ${people}; INSERT INTO people VALUES (1);`, order);
  assert.deepEqual(await checkedContents(file), {
    findings: ['NULL value in orders.total (1 row)'],
    kinds: 1,
    unchecked: [],
    rows: 2,
  });
});

test('a backup of a database with findings is stored, read back and prints both promised lines', async (t) => {
  const { environment, sql } = await makeScene(t);
  sql(
    'PRAGMA ignore_check_constraints = ON; CREATE TABLE stock (pieces CHECK (pieces >= 0)); INSERT INTO stock VALUES (-1);',
  );
  sql("CREATE TABLE firm (amount); INSERT INTO firm VALUES ('12')");
  schemaSays(
    environment['DATABASE_PATH'] ?? '',
    'CREATE TABLE firm (amount)',
    'CREATE TABLE firm (amount INTEGER NOT NULL)',
  );
  const { code, out, err } = await nightshift(['backup'], environment);
  assert.equal(code, 0, err);
  assert.match(out, /read back: equal to the checked snapshot/);
  assert.match(out, /Backup completed successfully\n.*Backup uploaded to Object Storage\n$/);
  const [{ state }] = JSON.parse((await nightshift(['list', '--json'], environment)).out);
  assert.equal(state, 'verified');
});
