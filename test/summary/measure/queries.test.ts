import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { openQueries } from '../../../jobs/summary/measure/queries.ts';
import type { Question } from '../../../jobs/summary/measure/question.ts';
import { needs } from '../../lab/parts.ts';

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';

/** A database with two orders, and a way to ask it. */
function shop(t: TestContext, signal = new AbortController().signal) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-queries-'));
  const file = path.join(folder, 'shop.db');
  const db = new Sqlite(file);
  db.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at, total, email);
    INSERT INTO orders VALUES (1, '31/12/2025', 'RM 1,234.50', 'a@example.com'), (2, 1767196800, '(3)', NULL)`);
  db.close();
  const queries = openQueries(file, 'Asia/Kuala_Lumpur', signal);
  t.after(() => {
    queries.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (sql: string, limits: Partial<Question> = {}) =>
    queries.ask({
      sql,
      dates: { day: '2025-12-31', from: '2025-12-02', to: '2025-12-31' },
      rows: 10,
      timeLimitMs: 20_000,
      ...limits,
    });
  return { file, ask };
}

test('a query gets the dates it names, and day_of, num and day_start', async (t) => {
  const { ask } = shop(t);
  const sql = 'SELECT id, day_of(ordered_at) AS day, num(total), :day, :from, :to, day_start(:day) FROM orders';
  const computed = (name: string) => ({ name, column: null, table: null });
  assert.deepEqual(await ask(sql), {
    kind: 'rows',
    columns: [
      { name: 'id', column: 'id', table: 'orders' },
      ...['day', 'num(total)', ':day', ':from', ':to', 'day_start(:day)'].map(computed),
    ],
    rows: [
      [1, '2025-12-31', 1234.5, '2025-12-31', '2025-12-02', '2025-12-31', 1_767_110_400],
      [2, '2026-01-01', -3, '2025-12-31', '2025-12-02', '2025-12-31', 1_767_110_400],
    ],
    left: 0,
  });
});

for (const [what, sql, reason] of [
  ['deletes', 'DELETE FROM orders', /^it would change something/],
  ['inserts and returns', "INSERT INTO orders VALUES (3, 1, 1, '') RETURNING id", /^it would change something/],
  ['makes a table', 'CREATE TABLE x (y)', /^it would change something/],
  ['attaches another database', "ATTACH 'other.db' AS other", /^it would change something/],
  ['allows itself to write', 'PRAGMA query_only = OFF', /^it would change something/],
  ['vacuums', 'VACUUM', /^it would change something/],
  ['is two statements', 'SELECT 1; DROP TABLE orders', /^it holds more than one statement/],
  ['is only a comment', '-- nothing', /^it is empty/],
  ['names a parameter there is none of', 'SELECT :week', /^it asks for :week; there are :day, :from and :to$/],
  ['names no table of this database', 'SELECT * FROM invoices', /^no such table: invoices$/],
  ['is no SQL', 'SELEKT 1', /syntax error/],
  ['asks day_of for an order it does not know', "SELECT day_of('1', 'ymd')", /'UTC' or 'mdy', not "ymd"/],
] as const) {
  test(`a query that ${what} is refused with the reason, and the next one answered`, async (t) => {
    const { ask, file } = shop(t);
    const before = readFileSync(file);
    const answer = await ask(sql);
    assert.equal(answer.kind, 'failed');
    assert.match(answer.kind === 'failed' ? answer.reason : '', reason);
    assert.deepEqual(readFileSync(file), before);
    const next = await ask('SELECT count(*) FROM orders');
    assert.deepEqual(next.kind === 'rows' ? next.rows : next, [[2]]);
  });
}

test('a query that never ends is stopped at its time limit, and the rest are answered', async (t) => {
  const { ask } = shop(t);
  const answers = await Promise.all([ask('SELECT 1'), ask(endless, { timeLimitMs: 300 }), ask('SELECT 2')]);
  const told = answers.map((answer) => (answer.kind === 'rows' ? answer.rows : answer.reason));
  assert.deepEqual(told, [[[1]], 'it was not done after 0.3 s, its time limit, and was stopped', [[2]]]);
});

test('of a million rows the first are kept and the rest are counted', async (t) => {
  const { ask } = shop(t);
  const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT i FROM n';
  const answer = await ask(sql, { rows: 2 });
  assert.deepEqual(answer.kind === 'rows' ? [answer.rows, answer.left] : answer, [[[1], [2]], 999_998]);
});

test('what JavaScript cannot hold, or no page could show, is told as text', async (t) => {
  const { ask } = shop(t);
  const answer = await ask("SELECT 9007199254740993, x'00ff', NULL, 0.5, printf('%.600c', 'x')");
  assert.deepEqual(answer.kind === 'rows' ? answer.rows : answer, [
    ['9007199254740993', '(2 bytes)', null, 0.5, `${'x'.repeat(500)}…`],
  ]);
});

test('a sort that needs more space than there is says so', needs('root'), async (t) => {
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
  const { ask } = shop(t);
  const sql =
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT hex(randomblob(100)) AS x FROM n ORDER BY x';
  assert.deepEqual(await ask(sql), {
    kind: 'failed',
    reason:
      'sorting its rows needs more space than /tmp has: ask for fewer, or set SQLITE_TMPDIR to a folder on a larger disk',
    code: 'SQLITE_FULL',
  });
});

test('stopping ends a running query at once', async (t) => {
  const stop = new AbortController();
  const { ask } = shop(t, stop.signal);
  const running = ask(endless);
  setTimeout(() => stop.abort(), 200);
  await assert.rejects(running, { name: 'AbortError' });
  await assert.rejects(ask('SELECT 1'), { name: 'AbortError' });
});
