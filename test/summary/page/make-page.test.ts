import assert from 'node:assert/strict';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseWith, outline, pageOf } from '../database.ts';

/** Eight weeks and a day of a shop: 10 orders a day of RM 100, on Mondays 14, and 12 on the last Monday. */
const shop = `CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at TEXT, total TEXT, customer_email TEXT, channel TEXT);
  WITH RECURSIVE days(day) AS (SELECT '2025-09-29' UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '2025-11-24'),
    n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 14)
  INSERT INTO orders (ordered_at, total, customer_email, channel)
  SELECT day || ' 12:00:00', 'RM 100.00', i || '@example.com', CASE i % 2 WHEN 0 THEN 'web' ELSE 'shopee' END FROM days, n
  WHERE i <= CASE WHEN day = '2025-11-24' THEN 12 WHEN strftime('%w', day) = '1' THEN 14 ELSE 10 END ORDER BY day, i;`;

const yaml = `title: Shop, yesterday
currency: MYR
locale: en-MY
blocks:
  - kind: kpi
    title: Sales
    format: money
    sql: SELECT day_of(ordered_at) AS day, sum(num(total)) AS value FROM orders WHERE day_of(ordered_at) BETWEEN :from AND :to GROUP BY 1
  - kind: kpi
    title: Orders
    unit: orders
    sql: SELECT day_of(ordered_at) AS day, count(*) AS value FROM orders WHERE day_of(ordered_at) BETWEEN :from AND :to GROUP BY 1
  - kind: kpi
    title: All orders
    sql: SELECT count(*) FROM orders
  - kind: series
    title: Sales by day
    format: money
    days: 3
    sql: SELECT day_of(ordered_at) AS day, sum(num(total)) AS value FROM orders WHERE day_of(ordered_at) BETWEEN :from AND :to GROUP BY 1
  - kind: table
    title: Channels
    rows: 1
    formats: { amount: money }
    sql: SELECT channel, sum(num(total)) AS amount FROM orders WHERE day_of(ordered_at) = :day GROUP BY 1 ORDER BY 1
  - kind: exceptions
    title: Without a total
    none: Every order has its total.
    sql: SELECT id FROM orders WHERE num(total) IS NULL
  - kind: text
    title: From to
    sql: SELECT 'From ' || :from || ' to ' || :to
`;

/** A report with one block more. */
const withBlock = (block: string) => `${yaml}${block.replaceAll(/^/gm, '  ')}\n`;

test('a page contains what its report defines, and compares it', async (t) => {
  const page = await pageOf(databaseWith(t, shop), { yaml });
  assert.deepEqual(
    { ...page, blocks: outline(page) },
    {
      version: 1,
      title: 'Shop, yesterday',
      locale: 'en-MY',
      zone: 'Asia/Kuala_Lumpur',
      day: '2025-11-24',
      madeAt: '2025-11-25T00:00:00Z',
      opening: 'Yesterday: RM 1,200 from 12 orders, 14 % below a usual Monday.',
      warnings: [],
      blocks: [
        'Sales; RM 1,200; +20 % the day before; −14 % the Monday before; +14 % 7-day average',
        'Orders; 12; +20 % the day before; −14 % the Monday before; +14 % 7-day average',
        'All orders; 604',
        'Sales by day, 22 Nov to 24 Nov: RM 1,200 on 24 Nov; highest RM 1,200 on 24 Nov, lowest RM 1,000 on 22 Nov, RM 1,067 a day on average.',
        'Channels: channel | amount / shopee | RM 600.00 / 1 more',
        'Without a total: id',
        'From to: From 2025-10-26 to 2025-11-24',
      ],
      assumptions: [],
      backup: { ok: true, message: 'The last backup is 6 h old.' },
    },
  );
});

test('a KPI carries its last thirty days, and a table its raw values', async (t) => {
  const page = await pageOf(databaseWith(t, shop), { yaml });
  const [sales] = page.blocks;
  const channels = page.blocks[4];
  assert.equal(sales?.kind, 'kpi');
  assert.deepEqual(sales?.kind === 'kpi' ? [sales.id, sales.sparkline.length, sales.sparkline.slice(-3)] : null, [
    'sales',
    30,
    [1000, 1000, 1200],
  ]);
  assert.deepEqual(channels, {
    id: 'channels',
    kind: 'table',
    title: 'Channels',
    emptyText: 'No rows.',
    columns: [
      { title: 'channel', align: 'left' },
      { title: 'amount', align: 'right' },
    ],
    rows: [['shopee', 'RM 600.00']],
    values: [['shopee', 600]],
    omittedRows: 1,
  });
});

test('an unusual day is marked', async (t) => {
  const file = databaseWith(t, `${shop} DELETE FROM orders WHERE ordered_at > '2025-11-24' AND id % 4 > 0;`);
  const page = await pageOf(file, { yaml });
  assert.equal(page.opening, 'Yesterday: RM 300.00 from 3 orders, 79 % below a usual Monday.');
  assert.equal(
    outline(page)[1],
    'Orders; 3; −70 % the day before; −79 % the Monday before; −72 % 7-day average; unusually low: below all of the last 8 Mondays, usually 14',
  );
});

test('when data stopped arriving, that comes first', async (t) => {
  const file = databaseWith(t, `${shop} DELETE FROM orders WHERE ordered_at > '2025-11-22';`);
  const page = await pageOf(file, { yaml });
  const message = 'No orders for 3 days, since Friday, 21 November 2025: data may have stopped arriving.';
  assert.deepEqual([page.opening, page.warnings], [message, [message]]);
});

test('a row dated in the future does not hide that data stopped arriving', async (t) => {
  const statements = `${shop} DELETE FROM orders WHERE ordered_at > '2025-11-22'; INSERT INTO orders (ordered_at) VALUES ('2099-01-01')`;
  const newest = 'newest: SELECT max(day_of(ordered_at)) FROM orders\n';
  const page = await pageOf(databaseWith(t, statements), { yaml: `${newest}${yaml}` });
  assert.equal(
    page.warnings[0],
    'No orders for 3 days, since Friday, 21 November 2025: data may have stopped arriving.',
  );
});

test('an empty day does not count as stopped when there is data of today', async (t) => {
  const statements = `${shop} DELETE FROM orders WHERE ordered_at > '2025-11-24'; INSERT INTO orders (ordered_at) VALUES ('2025-11-25 07:00')`;
  const newest = 'newest: SELECT max(day_of(ordered_at)) FROM orders\n';
  const page = await pageOf(databaseWith(t, statements), { yaml: `${newest}${yaml}` });
  assert.deepEqual([page.opening, page.warnings], ['Yesterday: no orders.', []]);
});

for (const [what, block, expected, warning] of [
  [
    'writes',
    '- kind: table\n  title: Clean\n  sql: DELETE FROM orders RETURNING id',
    'Clean FAILED: it would change the database, and reports are read-only: write one SELECT',
    'One block is missing: “Clean”. The reason is shown in its place.',
  ],
  [
    'never ends',
    '- kind: table\n  title: Loop\n  time_limit: 1\n  sql: WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n',
    'Loop FAILED: it was stopped at its time limit of 1.0 s',
    'One block is missing: “Loop”. The reason is shown in its place.',
  ],
  [
    'gives texts for numbers',
    '- kind: kpi\n  title: Texts\n  sql: SELECT day_of(ordered_at), total FROM orders',
    'Texts FAILED: its second column is "RM 100.00", not a number: use num(…)',
    'One block is missing: “Texts”. The reason is shown in its place.',
  ],
  [
    'gives no days',
    '- kind: series\n  title: Days\n  sql: SELECT ordered_at, 1 FROM orders',
    'Days FAILED: its first column is "2025-09-29 12:00:00", not a day such as 2025-11-30: use day_of(…)',
    'One block is missing: “Days”. The reason is shown in its place.',
  ],
  [
    'gives every day there ever was',
    "- kind: kpi\n  title: Ever\n  sql: WITH RECURSIVE d(day) AS (SELECT '1990-01-01' UNION ALL SELECT date(day, '+1 day') FROM d LIMIT 20000) SELECT day, 1 FROM d",
    'Ever FAILED: it returns more than 1000 days: select those from :from to :to',
    'One block is missing: “Ever”. The reason is shown in its place.',
  ],
  ['gives no rows', '- kind: kpi\n  title: None\n  sql: SELECT :day, 1 WHERE 0', 'None; 0', null],
  ['gives no value', '- kind: kpi\n  title: Nothing\n  sql: SELECT NULL', 'Nothing; no data', null],
  [
    'gives a million rows',
    '- kind: table\n  title: Many\n  rows: 2\n  sql: WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT i FROM n',
    'Many: i / 1 / 2 / 999998 more',
    null,
  ],
  [
    'gives nulls and fractions',
    '- kind: table\n  title: Odd\n  sql: SELECT NULL AS a, 0.1 + 0.2 AS b, 2025 AS c',
    'Odd: a | b | c / – | 0.3 | 2025',
    null,
  ],
] as const) {
  test(`a query that ${what} affects nothing but its own block`, async (t) => {
    const page = await pageOf(databaseWith(t, shop), { yaml: withBlock(block) });
    const lines = outline(page);
    if (expected === 'None; 0') assert.match(lines[7] ?? '', /^None; 0/);
    else assert.equal(lines[7], expected);
    assert.deepEqual([lines.length, page.warnings], [8, warning === null ? [] : [warning]]);
    assert.equal(page.opening, 'Yesterday: RM 1,200 from 12 orders, 14 % below a usual Monday.');
  });
}

test('a column that looks personal is shown only when the report allows it', async (t) => {
  const file = databaseWith(t, shop);
  const block =
    '- kind: table\n  title: Big\n  sql: SELECT id, customer_email AS buyer FROM orders ORDER BY id LIMIT 1';
  const page = await pageOf(file, { yaml: withBlock(block) });
  assert.equal(outline(page)[7], 'Big: id / 1');
  assert.deepEqual(page.assumptions, [
    'The column buyer of “Big” looks personal and is not shown; `show: [buyer]` in the report shows it.',
  ]);
  assert.equal(JSON.stringify(page).includes('@example.com'), false);
  const allowed = await pageOf(file, { yaml: `show: [customer_email]\n${withBlock(block)}` });
  assert.deepEqual([outline(allowed)[7], allowed.assumptions], ['Big: id | buyer / 1 | 1@example.com', []]);
});

test('a value that looks personal needs `show` for its column, whatever that is called; the rest is sent', async (t) => {
  const file = databaseWith(
    t,
    `${shop} CREATE TABLE calls (Phone TEXT, note TEXT); INSERT INTO calls VALUES ('012-345 6789', 'none'), ('-', 'IC 850101-14-5678'), ('013-345 6789', '202511240001');`,
  );
  const block = '- kind: table\n  title: Calls\n  sql: SELECT substr(Phone, 1) AS number, note AS line FROM calls';
  const page = await pageOf(file, { yaml: withBlock(block) });
  assert.equal(outline(page)[7], 'Calls: number | line / (hidden) | none / - | (hidden) / (hidden) | 202511240001');
  assert.deepEqual(page.assumptions, [
    '2 cells of number in “Calls” look like a phone number and are not shown; `show: [number]` in the report shows the column.',
    '1 cell of line in “Calls” looks like an IC number and is not shown; `show: [line]` in the report shows the column.',
  ]);
  assert.equal(/345 6789|850101/.test(JSON.stringify(page)), false);
  const allowed = await pageOf(file, { yaml: `show: [number, line]\n${withBlock(block)}` });
  assert.match(outline(allowed)[7] ?? '', /012-345 6789 . none/);
});

test('an error about a value does not say it when it looks personal', async (t) => {
  const block = "- kind: kpi\n  title: Wrong\n  sql: SELECT 'ali@example.com', 1";
  const page = await pageOf(databaseWith(t, shop), { yaml: withBlock(block) });
  assert.equal(
    outline(page)[7],
    'Wrong FAILED: its first column is a value that looks personal, not a day such as 2025-11-30: use day_of(…)',
  );
});

test('an empty database gives a page with a warning', async (t) => {
  const message = 'The database is empty: it has no tables yet.';
  const made = databaseWith(t, '');
  const empty = path.join(path.dirname(made), 'zero.db');
  writeFileSync(empty, '');
  for (const file of [made, empty]) {
    const page = await pageOf(file);
    assert.deepEqual([page.opening, page.warnings, page.blocks], [message, [message], []]);
  }
  const withReport = await pageOf(made, { yaml });
  assert.deepEqual(
    [withReport.opening, outline(withReport)[0]],
    ['Yesterday: no figures.', 'Sales FAILED: no such table: orders'],
  );
});

test('a database of a framework’s tables alone is not called empty; a business may call its table as a framework does', async (t) => {
  const sessions = 'CREATE TABLE sessions (id TEXT PRIMARY KEY, payload TEXT, last_activity INTEGER)';
  const framework = databaseWith(t, `${sessions}; CREATE TABLE cache (key TEXT, value TEXT, expiration INTEGER);`);
  const { opening } = await pageOf(framework);
  assert.equal(opening, 'No figures: all of its 2 tables are of the kind that frameworks and indexes make.');
  const charging = databaseWith(
    t,
    'CREATE TABLE sessions (id INTEGER PRIMARY KEY, started_at TEXT, kwh REAL, fee REAL)',
  );
  assert.doesNotMatch((await pageOf(charging)).opening, /empty|frameworks/);
});

test('a missing file, or one that is no database, is an error', async (t) => {
  const file = databaseWith(t, shop);
  await assert.rejects(pageOf(`${file}.gone`), { code: 'DATABASE_MISSING' });
  writeFileSync(`${file}.txt`, 'no database, but long enough to check'.repeat(100));
  await assert.rejects(pageOf(`${file}.txt`), { code: 'DATABASE_NOT_SQLITE' });
});

/** Resolves once a process that this one started has the file open. */
async function untilOpenInChild(file: string): Promise<void> {
  const real = realpathSync(file);
  const children = () => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  const isOpenIn = (pid: string) => {
    try {
      const folder = `/proc/${pid}/fd`;
      return readdirSync(folder).some((name) => readlinkSync(path.join(folder, name)) === real);
    } catch {
      return false; // It ended while it was looked at.
    }
  };
  while (!children().some(isOpenIn)) await sleep(5);
}

test('when a restore puts another database in place meanwhile, the page is of the new one', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const file = databaseWith(t, shop);
  const next = databaseWith(t, `${shop} DELETE FROM orders WHERE id % 2 = 0;`);
  const staged = path.join(path.dirname(file), 'staged.db');
  copyFileSync(next, staged);
  const slow =
    '- kind: text\n  title: Slow\n  sql: WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 6000000) SELECT max(i) FROM n';
  const inode = statSync(file).ino;
  const making = pageOf(file, { yaml: withBlock(slow) });
  await untilOpenInChild(file);
  for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  renameSync(staged, file);
  const page = await making;
  assert.notEqual(statSync(file).ino, inode);
  assert.equal(outline(page)[2], 'All orders; 302');
});

test('a restore under way is waited for', async (t) => {
  const file = databaseWith(t, shop);
  writeFileSync(`${file}.restore-journal`, '{}');
  setTimeout(() => rmSync(`${file}.restore-journal`), 300);
  const page = await pageOf(file, { yaml });
  assert.deepEqual(page.warnings, []);
});

test('one that does not end is the first warning, and the page is made all the same', async (t) => {
  const file = databaseWith(t, shop);
  writeFileSync(`${file}.restore-journal`, '{}');
  const page = await pageOf(file, { yaml, restoreWaitMs: 100 });
  assert.deepEqual(page.warnings, [
    'A restore of this database has been unfinished for more than 0.1 s; the figures may be from before or after it.',
  ]);
  assert.equal(page.opening, 'Yesterday: RM 1,200 from 12 orders, 14 % below a usual Monday.');
});

test('making a page leaves the database as it was', async (t) => {
  const file = databaseWith(t, shop);
  const before = readFileSync(file);
  await pageOf(file);
  assert.deepEqual(readFileSync(file), before);
});

test('stopping stops it', async (t) => {
  const stop = new AbortController();
  const making = pageOf(databaseWith(t, shop), { yaml, signal: stop.signal });
  stop.abort();
  await assert.rejects(making, { name: 'AbortError' });
});

test('a figure or a chart whose query gives two rows for a day shows that in its place, not one of them', async (t) => {
  const twice = 'sql: SELECT :day, 5 UNION ALL SELECT :day, 7';
  const blocks = ['kpi', 'series'].map((kind) => `  - kind: ${kind}\n    title: Sales by ${kind}\n    ${twice}\n`);
  const page = await pageOf(databaseWith(t, shop), { yaml: `title: Shop\nblocks:\n${blocks.join('')}` });
  const reason = 'it returns 2 rows for 2025-11-24: return one a day, with GROUP BY';
  assert.deepEqual(page.blocks, [
    { id: 'sales-by-kpi', kind: 'failed', title: 'Sales by kpi', reason },
    { id: 'sales-by-series', kind: 'failed', title: 'Sales by series', reason },
  ]);
  assert.deepEqual(page.warnings, [
    '2 blocks are missing: “Sales by kpi”, “Sales by series”. The reasons are shown in their places.',
  ]);
});
