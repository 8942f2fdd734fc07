import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { Query } from '../../../jobs/summary/queries/query.ts';
import { startQueryRunner } from '../../../jobs/summary/queries/query-runner.ts';
import { needs } from '../../lab/parts.ts';

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';

/** A database with two orders, and a function that queries it. */
function shop(t: TestContext, signal = new AbortController().signal) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-queries-'));
  const file = path.join(folder, 'shop.db');
  const db = new Sqlite(file);
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at, total, email);
    INSERT INTO orders VALUES (1, '31/12/2025', 'RM 1,234.50', 'a@example.com'), (2, 1767196800, '(3)', NULL)`);
  db.close();
  const queries = startQueryRunner(file, 'Asia/Kuala_Lumpur', signal);
  t.after(() => {
    queries.close();
    rmSync(folder, { recursive: true });
  });
  const run = (sql: string, limits: Partial<Query> = {}) =>
    queries.run({
      sql,
      dates: { day: '2025-12-31', from: '2025-12-02', to: '2025-12-31' },
      maxRows: 10,
      timeLimitMs: 20_000,
      ...limits,
    });
  return { file, run };
}

test('a query gets the dates it names, and day_of, num and day_start', async (t) => {
  const { run } = shop(t);
  const sql = 'SELECT id, day_of(ordered_at) AS day, num(total), :day, :from, :to, day_start(:day) FROM orders';
  const computed = (name: string) => ({ name, column: null, table: null });
  assert.deepEqual(await run(sql), {
    kind: 'rows',
    columns: [
      { name: 'id', column: 'id', table: 'orders' },
      ...['day', 'num(total)', ':day', ':from', ':to', 'day_start(:day)'].map(computed),
    ],
    rows: [
      [1, '2025-12-31', 1234.5, '2025-12-31', '2025-12-02', '2025-12-31', 1_767_110_400],
      [2, '2026-01-01', -3, '2025-12-31', '2025-12-02', '2025-12-31', 1_767_110_400],
    ],
    omittedRows: 0,
  });
});

for (const [what, sql, reason] of [
  ['deletes', 'DELETE FROM orders', /^it would change the database/],
  ['inserts and returns', "INSERT INTO orders VALUES (3, 1, 1, '') RETURNING id", /^it would change the database/],
  ['makes a table', 'CREATE TABLE x (y)', /^it would change the database/],
  ['attaches another database', "ATTACH 'other.db' AS other", /^it would change the database/],
  ['allows itself to write', 'PRAGMA query_only = OFF', /^it would change the database/],
  ['vacuums', 'VACUUM', /^it would change the database/],
  ['is two statements', 'SELECT 1; DROP TABLE orders', /^it has more than one statement/],
  ['is only a comment', '-- nothing', /^it is empty/],
  ['names a parameter there is none of', 'SELECT :week', /^it uses :week; there are only :day, :from and :to$/],
  ['names no table of this database', 'SELECT * FROM invoices', /^no such table: invoices$/],
  ['is no SQL', 'SELEKT 1', /syntax error/],
  ['gives day_of an order it does not know', "SELECT day_of('1', 'ymd')", /'UTC', 'mdy' or 'mdy UTC', not "ymd"/],
] as const) {
  test(`a query that ${what} is refused with the reason, and the next one runs`, async (t) => {
    const { run, file } = shop(t);
    const before = readFileSync(file);
    const result = await run(sql);
    assert.equal(result.kind, 'failed');
    assert.match(result.kind === 'failed' ? result.reason : '', reason);
    assert.deepEqual(readFileSync(file), before);
    const next = await run('SELECT count(*) FROM orders');
    assert.deepEqual(next.kind === 'rows' ? next.rows : next, [[2]]);
  });
}

test('a query that never ends is stopped at its time limit, and the rest run', async (t) => {
  const { run } = shop(t);
  const results = await Promise.all([run('SELECT 1'), run(endless, { timeLimitMs: 300 }), run('SELECT 2')]);
  const outcomes = results.map((result) => (result.kind === 'rows' ? result.rows : result.reason));
  assert.deepEqual(outcomes, [[[1]], 'it was stopped at its time limit of 0.3 s', [[2]]]);
});

test('of a million rows the first are kept and the rest are counted', async (t) => {
  const { run } = shop(t);
  const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT i FROM n';
  const result = await run(sql, { maxRows: 2 });
  assert.deepEqual(result.kind === 'rows' ? [result.rows, result.omittedRows] : result, [[[1], [2]], 999_998]);
});

test('what JavaScript cannot hold, or no page could show, is given as text', async (t) => {
  const { run } = shop(t);
  const result = await run("SELECT 9007199254740993, x'00ff', NULL, 0.5, printf('%.600c', 'x')");
  assert.deepEqual(result.kind === 'rows' ? result.rows : result, [
    ['9007199254740993', '(2 bytes)', null, 0.5, `${'x'.repeat(500)}…`],
  ]);
});

test('a sort that needs more space than there is fails with the reason', needs('root'), async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  const before = process.env['SQLITE_TMPDIR'];
  process.env['SQLITE_TMPDIR'] = folder;
  t.after(() => {
    if (before === undefined) delete process.env['SQLITE_TMPDIR'];
    else process.env['SQLITE_TMPDIR'] = before;
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  const { run } = shop(t);
  const sql =
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT hex(randomblob(100)) AS x FROM n ORDER BY x';
  assert.deepEqual(await run(sql), {
    kind: 'failed',
    reason:
      'sorting its rows needs more space than /tmp has: select fewer, or set SQLITE_TMPDIR to a folder on a larger disk',
    code: 'SQLITE_FULL',
  });
});

test('a query that needs too much memory fails with the reason, and the next one runs', async (t) => {
  const { run } = shop(t);
  const endlessText = endless.replace('max(i)', "group_concat(printf('%.*c', 1000000, 'x'))");
  assert.deepEqual(await run(endlessText), {
    kind: 'failed',
    reason: 'it needs more than 384 MiB of memory: select fewer rows, or shorter values',
    code: null,
  });
  assert.equal((await run('SELECT 1')).kind, 'rows');
});

test('long texts that are cut take no memory: many rows of them are as many rows', async (t) => {
  const { run } = shop(t);
  const sql = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200)
    SELECT printf('%.*c', 1000000, 'é') FROM n`;
  assert.deepEqual(await run(sql, { maxRows: 1000 }), {
    kind: 'rows',
    columns: [{ name: "printf('%.*c', 1000000, 'é')", column: null, table: null }],
    rows: Array.from({ length: 200 }, () => [`${'é'.repeat(500)}…`]),
    omittedRows: 0,
  });
});

test('stopping ends a running query at once', async (t) => {
  const stop = new AbortController();
  const { run } = shop(t, stop.signal);
  const running = run(endless);
  setTimeout(() => stop.abort(), 200);
  await assert.rejects(running, { name: 'AbortError' });
  await assert.rejects(run('SELECT 1'), { name: 'AbortError' });
});
