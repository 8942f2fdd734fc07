import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { compareContents } from '../../jobs/restore/compare/compare-contents.ts';
import type { DatabaseDifference, TableDifference } from '../../jobs/restore/compare/difference.ts';
import { differenceText } from '../../jobs/restore/compare/difference-text.ts';
import type { CompareBudget } from '../../jobs/restore/compare/walk-rows.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const endless: CompareBudget = { isOver: () => false, isPauseDue: () => false, async pause() {} };
type ComparedOptions = {
  readonly budget?: CompareBudget;
  readonly rows?: Record<string, number>;
};

let made = 0;
function makeDatabase(sql: string): string {
  made += 1;
  const file = path.join(folder, `${made}.db`);
  new Sqlite(file).exec(sql).close();
  return file;
}

function openBoth(now: string, backup: string): Sqlite.Database {
  const connection = new Sqlite(now, { readonly: true });
  connection.defaultSafeIntegers();
  connection.prepare('ATTACH ? AS backup').run(backup);
  return connection;
}

/** Compares two databases that are made by SQL: `both` on each side, then each its own. */
async function compared(
  { both = '', now = '', backup = '' }: { both?: string; now?: string; backup?: string },
  { budget = endless, rows = {} }: ComparedOptions = {},
): Promise<DatabaseDifference> {
  const connection = openBoth(makeDatabase(both + now), makeDatabase(both + backup));
  try {
    return await compareContents(connection, { budget, rows });
  } finally {
    connection.close();
  }
}

type Counts = readonly [onlyNow: string, onlyBackup: string, changed: string];
/** Key, then the numbers and keys of the rows of each kind. */
function countsOf(table: TableDifference | undefined): readonly [string, ...Counts] | string {
  if (table?.kind !== 'compared') return table?.kind === 'not compared' ? table.why : 'absent';
  const texts = [table.onlyNow, table.onlyBackup, table.changed].map(
    ({ count, examples }) => `${count}: ${examples.join(' ')}`,
  );
  const [onlyNow = '', onlyBackup = '', changed = ''] = texts;
  return [table.key, onlyNow, onlyBackup, changed];
}

const numbers = (count: number) =>
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO t SELECT i, 'x' FROM n;`;

const cases: readonly [string, string, string, string, ReturnType<typeof countsOf>][] = [
  [
    'by an integer primary key, with the first three keys of each kind',
    `CREATE TABLE t (id INTEGER PRIMARY KEY, v); ${numbers(20)}`,
    "DELETE FROM t WHERE id IN (2, 20); UPDATE t SET v = 'y' WHERE id < 7; INSERT INTO t VALUES (30, 0)",
    'DELETE FROM t WHERE id = 9',
    ['id', '2: 9 30', '2: 2 20', '5: 1 3 4'],
  ],
  [
    'by a text key, its collation included, and a key that only differs in case is a change',
    "CREATE TABLE t (code TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 1), ('c', 1);",
    "UPDATE t SET code = 'A' WHERE code = 'a'; DELETE FROM t WHERE code = 'b'",
    "UPDATE t SET v = 2 WHERE code = 'c'",
    ['code', '0: ', '1: "b"', '2: "A" "c"'],
  ],
  [
    'by a composite key',
    "CREATE TABLE t (a INTEGER, b TEXT, v, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 1), (2, 'x', 1);",
    "UPDATE t SET v = 2 WHERE b = 'y'",
    'DELETE FROM t WHERE a = 2',
    ['a, b', '1: (2, "x")', '0: ', '1: (1, "y")'],
  ],
  [
    'WITHOUT ROWID',
    "CREATE TABLE t (a TEXT, b BLOB, v, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO t VALUES ('x', x'01', 1), ('y', x'02', 1);",
    "UPDATE t SET v = 2 WHERE a = 'x'",
    "INSERT INTO t VALUES ('z', x'03', 1)",
    ['b, a', '0: ', `1: (x'03', "z")`, `1: (x'01', "x")`],
  ],
  [
    'by rowid where there is no key',
    'CREATE TABLE t (v); INSERT INTO t VALUES (1), (2), (3);',
    'UPDATE t SET v = 20 WHERE v = 2',
    'DELETE FROM t WHERE v = 3',
    ['rowid', '1: 3', '0: ', '1: 2'],
  ],
  [
    'by its other name where a column is called rowid',
    'CREATE TABLE t (rowid TEXT, v); INSERT INTO t VALUES (NULL, 1), (NULL, 2);',
    'UPDATE t SET v = 20 WHERE v = 2',
    '',
    ['rowid', '0: ', '0: ', '1: 2'],
  ],
  [
    'values that collation or affinity would take for the same',
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, v);INSERT INTO t VALUES (1, 'a', 0), (2, 'a', 1), (3, 'a', NULL), (4, 'a', '1');",
    "UPDATE t SET name = 'A' WHERE id = 1; UPDATE t SET v = 1.0 WHERE id = 2",
    "UPDATE t SET v = 0 WHERE id = 3; UPDATE t SET v = x'31' WHERE id = 4",
    ['id', '0: ', '0: ', '4: 1 2 3'],
  ],
  [
    'generated columns follow from the others',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v, twice AS (v * 2), half AS (v / 2) STORED); INSERT INTO t (id, v) VALUES (1, 2), (2, 2);',
    'UPDATE t SET v = 3 WHERE id = 2',
    '',
    ['id', '0: ', '0: ', '1: 2'],
  ],
  [
    'a generated column that is computed otherwise is a matter of the definition',
    '',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v, w AS (v * 2)); INSERT INTO t (id, v) VALUES (1, 2)',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v, w AS (v * 3)); INSERT INTO t (id, v) VALUES (1, 2)',
    ['id', '0: ', '0: ', '0: '],
  ],
  [
    'whole numbers beyond those of JavaScript',
    'CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (9007199254740993, 9007199254740993), (9007199254740994, 1);',
    'UPDATE t SET v = 9007199254740992 WHERE id = 9007199254740993',
    '',
    ['id', '0: ', '0: ', '1: 9007199254740993'],
  ],
  [
    'a virtual table is not',
    'CREATE VIRTUAL TABLE t USING fts5 (text);',
    '',
    '',
    'a virtual table: its rows are what its module makes of them',
  ],
  [
    'another primary key is not',
    '',
    'CREATE TABLE t (a INTEGER PRIMARY KEY, b)',
    'CREATE TABLE t (a, b INTEGER PRIMARY KEY)',
    'its primary key is not the same',
  ],
  [
    'another type of the key is not',
    '',
    'CREATE TABLE t (a TEXT PRIMARY KEY)',
    'CREATE TABLE t (a INT PRIMARY KEY)',
    'its primary key is not the same',
  ],
  [
    'another collation of the key is not',
    '',
    'CREATE TABLE t (a TEXT PRIMARY KEY)',
    'CREATE TABLE t (a TEXT COLLATE NOCASE PRIMARY KEY)',
    'its primary key is not the same',
  ],
  [
    'a table with all names of the rowid taken is not',
    'CREATE TABLE t (rowid, oid, _rowid_);',
    '',
    '',
    'nothing tells its rows apart',
  ],
];
for (const [what, both, now, backup, expected] of cases) {
  test(`rows are compared: ${what}`, async () => {
    const { tables } = await compared({ both, now, backup });
    assert.deepEqual(countsOf(tables.find(({ table }) => table === 't')), expected);
  });
}

test('the same when a writer gets its turn after every few rows', async () => {
  for (const [, both, now, backup, expected] of cases) {
    const budget = { ...endless, isPauseDue: () => true };
    const { tables, isMoving } = await compared({ both, now, backup }, { budget });
    assert.equal(isMoving, false);
    assert.deepEqual(countsOf(tables.find(({ table }) => table === 't')), expected);
  }
  const { tables } = await compared(
    {
      both: `CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID; ${numbers(1000)}`,
      now: 'DELETE FROM t WHERE a = 700',
      backup: 'DELETE FROM t WHERE a IN (1, 1000)',
    },
    { budget: { ...endless, isPauseDue: () => true } },
  );
  assert.deepEqual(countsOf(tables[0]), ['a, b', '2: (1, "x") (1000, "x")', '1: (700, "x")', '0: ']);
});

test('equal databases: said to be, and only because every row was read', async () => {
  const difference = await compared({ both: `CREATE TABLE t (id INTEGER PRIMARY KEY, v); ${numbers(300)}` });
  assert.equal(
    differenceText(difference, 120),
    `
  TABLE  ROWS NOW  IN BACKUP  ONLY NOW  ONLY IN BACKUP  CHANGED
  t      300       300        0         0               0

No difference: every row of 1 table was compared.
`,
  );
});

test('what differs beside rows is named: tables, columns, indexes, pragmas; rows without a key are not compared', async () => {
  const difference = await compared(
    {
      both: "CREATE TABLE t (id TEXT PRIMARY KEY, v, gone); INSERT INTO t (id, v) VALUES ('a', 1), (NULL, 1), (NULL, 2);",
      now: 'ALTER TABLE t DROP COLUMN gone; ALTER TABLE t ADD COLUMN added DEFAULT 7; CREATE TABLE fresh (id INTEGER PRIMARY KEY); PRAGMA user_version = 3',
      backup:
        'CREATE INDEX by_v ON t (v); CREATE TABLE lost (id INTEGER PRIMARY KEY); INSERT INTO lost VALUES (1), (2)',
    },
    { rows: { t: 3, lost: 2 } },
  );
  assert.equal(
    differenceText(difference, 120),
    `
  TABLE  ROWS NOW  IN BACKUP  ONLY NOW  ONLY IN BACKUP  CHANGED
  t      3         3          0         0               0

  NOTE: table fresh is only in the database now
  NOTE: table lost is only in the backup, with 2 rows
  NOTE: t: column added only in the database now
  NOTE: t: column gone only in the backup
  NOTE: user_version is 3 now and 0 in the backup
  NOTE: table t is defined differently
  NOTE: index by_v is only in the backup

  NOT COMPARED: t: 2 rows now and 2 in the backup have NULL in their key

They differ, and not all was compared.
`,
  );
});

/** Over after so many looks. */
function overAfter(looks: number): CompareBudget {
  let looked = 0;
  return {
    ...endless,
    isOver() {
      looked += 1;
      return looked > looks;
    },
  };
}

test('when the time is over, nothing that was not read counts as equal', async () => {
  const both = `CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, v); ${numbers(1000)}`;
  const rows = { u: 0, t: 1000 };
  // Two looks for the small table, which comes first; then one before the first row, and one after each 256.
  const partly = await compared({ both }, { rows, budget: overAfter(2 + 2) });
  assert.equal(
    differenceText(partly, 5),
    `
  TABLE  ROWS NOW  IN BACKUP  ONLY NOW  ONLY IN BACKUP  CHANGED
  t      >=512     >=0        >=0       >=0             >=0
  u      0         0          0         0               0

  NOT COMPARED: t after the first 512 rows now and 0 in the backup: the time was over, 5 seconds (--compare-limit SECONDS)

No difference in what was compared, and not all was.
`,
  );
  // Four looks for the rows now; the first of those in the backup is too late.
  const half = await compared({ both }, { rows, budget: overAfter(2 + 4) });
  assert.match(differenceText(half, 5), /t after the first 1,000 rows now and 0 in the backup: the time was over/);
  const nothing = await compared({ both }, { rows, budget: overAfter(0) });
  assert.equal(
    differenceText(nothing, 1),
    `
  NOT COMPARED: table t: the time was over, 1 second (--compare-limit SECONDS)
  NOT COMPARED: table u: the time was over, 1 second (--compare-limit SECONDS)

No difference in what was compared, and not all was.
`,
  );
});

/** Compares 1000 rows with themselves while another connection changes the last and removes another at each pause. */
async function comparedWhileWritten(pragmas: string): Promise<DatabaseDifference> {
  const file = makeDatabase(`${pragmas}; CREATE TABLE t (id INTEGER PRIMARY KEY, v); ${numbers(1000)}`);
  const backup = makeDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, v); ${numbers(1000)}`);
  const connection = openBoth(file, backup);
  // Refused at once where the comparison keeps it out.
  const writer = new Sqlite(file, { timeout: 0 });
  const budget: CompareBudget = {
    ...endless,
    isPauseDue: () => true,
    pause: async () => void writer.exec("UPDATE t SET v = 'y' WHERE id = 1000; DELETE FROM t WHERE id = 999"),
  };
  try {
    return await compareContents(connection, { budget, rows: {} });
  } finally {
    connection.close();
    writer.close();
  }
}

test('without WAL a writer is kept out only for moments, and it is said that it wrote', async () => {
  const difference = await comparedWhileWritten('PRAGMA journal_mode = DELETE');
  assert.match(differenceText(difference, 9), /NOTE: the database was written to meanwhile: rows of that time may be/);
  assert.deepEqual(countsOf(difference.tables[0]), ['id', '0: ', '1: 999', '1: 1000']);
});

test('where it was written to meanwhile, not every row was compared', () => {
  const difference = { tables: [], schema: [], isMoving: true };
  assert.equal(
    differenceText(difference, 9).trimEnd().split('\n').at(-1),
    'No difference in what was compared, and not all was.',
  );
});

test('in WAL mode a writer is never kept out, and one state is compared', async () => {
  const difference = await comparedWhileWritten('PRAGMA journal_mode = WAL');
  assert.match(differenceText(difference, 9), /\nNo difference: every row of 1 table was compared\.\n$/);
});

test('a table that needs what is not loaded here is not compared, and the others are', async () => {
  const both = 'CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);';
  const [now, backup] = [makeDatabase(both), makeDatabase(both)];
  for (const file of [now, backup]) {
    const connection = new Sqlite(file);
    connection.unsafeMode();
    connection.pragma('writable_schema = ON');
    connection.exec(
      "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (id TEXT COLLATE icu PRIMARY KEY, v TEXT) WITHOUT ROWID' WHERE name = 't'",
    );
    connection.close();
  }
  const connection = openBoth(now, backup);
  const { tables } = await compareContents(connection, { budget: endless, rows: {} });
  connection.close();
  assert.deepEqual(tables.map(countsOf), [['id', '0: ', '0: ', '0: '], 'no such collation sequence: icu']);
});
