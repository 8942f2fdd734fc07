import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseWith, outline, pageOf } from '../database.ts';

/** Rows for `days` (day) times `n` (i), from 20 September to 24 November 2025. */
const daysTimes = (times: number) =>
  `WITH RECURSIVE days(day) AS (SELECT '2025-09-20' UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '2025-11-24'),
    n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${times})`;
const last = [
  'Texts are shown only where nightshift knows the words: statuses, payment methods, currencies, sales channels.',
  'To change any of this, write a report with `nightshift summary init` and set SUMMARY_REPORT.',
];
const write = 'Last write: The database was last written on 2025-11-25 07:30:00.';
const level = 'no change the day before; no change the Monday before; no change 7-day average';

test('a CSV import: texts for dates and amounts, spaces in names', async (t) => {
  const file = databaseWith(
    t,
    `CREATE TABLE csv_data ("Order No" TEXT, "Order Date" TEXT, "Customer Name" TEXT, Phone TEXT, Outlet TEXT, "Total (RM)" TEXT);
     ${daysTimes(10)} INSERT INTO csv_data SELECT 'SO-' || day || '-' || i, strftime('%d/%m/%Y', day), 'Ali bin Abu', '012-3456789',
       CASE i % 3 WHEN 0 THEN 'Bangsar' ELSE 'Klang' END,
       CASE WHEN i = 3 AND day = '2025-11-24' THEN 'n/a' ELSE 'RM 1,' || (200 + i) || '.50' END FROM days, n;`,
  );
  const page = await pageOf(file);
  assert.deepEqual(
    [page.opening, ...outline(page)],
    [
      'Yesterday: RM 10,857 from 10 orders, 10 % below a usual Monday.',
      'Order total; RM 10,857; −10 % the day before; −10 % the Monday before; −10 % 7-day average',
      `Orders; 10; ${level}`,
      'Average order; RM 1,086; −10 % the day before; −10 % the Monday before; −10 % 7-day average',
      'Order total by day, 26 Oct to 24 Nov: RM 10,857 on 24 Nov; highest RM 12,060 on 26 Oct, lowest RM 10,857 on 24 Nov, RM 12,020 a day on average.',
      'Orders to check: row | day | Total (RM) | why / 653 | 2025-11-24 | – | not a number',
      'Data health: table | rows | that day | 30 days | newest / csv_data | 660 | 10 | 300 | 2025-11-24',
      write,
    ],
  );
  assert.deepEqual(page.assumptions, [
    'csv_data was taken as the main business table, of 1 table.',
    'Each row of csv_data counts on the day of its Order Date.',
    '“Order Date” has the day first.',
    'The amount is csv_data.Total (RM), a text read as a number.',
    'Amounts are in MYR, as they are written.',
    ...last,
  ]);
  assert.equal(/Ali|3456789/.test(JSON.stringify(page)), false);
});

test('times that SQLite itself writes are UTC, and fall on the local day', async (t) => {
  const file = databaseWith(
    t,
    `CREATE TABLE payments (id INTEGER PRIMARY KEY, amount_cents INTEGER, created_at TEXT DEFAULT CURRENT_TIMESTAMP);
     INSERT INTO payments (amount_cents, created_at) VALUES (100, '2025-11-23 15:59:59'), (250, '2025-11-23 16:00:00'),
       (325, '2025-11-24 15:59:59'), (400, '2025-11-24 16:00:00');`,
  );
  const page = await pageOf(file);
  assert.equal(page.opening, 'Yesterday: payment total 5.75 from 2 payments.');
  assert.deepEqual(page.assumptions.slice(1, 5), [
    'Each row of payments counts on the day of its created_at.',
    'Times of “created_at” are read as UTC: as SQLite writes it.',
    'The amount is payments.amount_cents, in hundredths.',
    'The currency is unknown, so amounts are shown without one.',
  ]);
});

for (const [form, type, value] of [
  ['seconds since 1970', 'INTEGER', "unixepoch(day || ' 12:00:00')"],
  ['milliseconds since 1970', 'INTEGER', "unixepoch(day || ' 12:00:00') * 1000"],
  ['Excel serial numbers', 'REAL', 'julianday(day) - 2415018.5 + 0.5'],
  ['texts with an offset', 'TEXT', "day || 'T23:30:00+08:00'"],
  ['texts in UTC with a Z', 'TEXT', "day || 'T12:00:00.000Z'"],
  ['texts with the month first', 'TEXT', "strftime('%m/%d/%Y', day)"],
  [
    'texts with a month as a word',
    'TEXT',
    "substr('JanFebMarAprMayJunJulAugSepOctNovDec', 1 + 3 * (strftime('%m', day) - 1), 3) || strftime(' %d, %Y', day)",
  ],
] as const) {
  test(`dates as ${form}`, async (t) => {
    const file = databaseWith(
      t,
      `CREATE TABLE sales (id INTEGER PRIMARY KEY, sold_at ${type}, amount REAL, channel TEXT);
       CREATE INDEX sales_by_date ON sales (sold_at);
       ${daysTimes(4)} INSERT INTO sales (sold_at, amount, channel) SELECT ${value}, 25.25, CASE i % 2 WHEN 0 THEN 'web' ELSE 'shop' END FROM days, n;`,
    );
    const page = await pageOf(file);
    assert.equal(page.opening, 'Yesterday: sale total 101.00 from 4 sales, about the same as a usual Monday.');
    assert.deepEqual(outline(page).slice(1), [
      `Sales; 4; ${level}`,
      `Average sale; 25.25; ${level}`,
      'Sale total by day, 26 Oct to 24 Nov: 101.00 on 24 Nov; highest 101.00 on 26 Oct, lowest 101.00 on 26 Oct, 101.00 a day on average.',
      'Top 5 by channel: channel | that day | 30 days / web | 50.50 | 1,515.00 / shop | 50.50 | 1,515.00',
      'Sales to check: row | day | amount | why',
      'Data health: table | rows | that day | 30 days | newest / sales | 264 | 4 | 120 | 2025-11-24',
      write,
    ]);
  });
}

test('orders without a total, as Northwind has them: price times quantity less discount of their lines', async (t) => {
  const file = databaseWith(
    t,
    `CREATE TABLE "Customers" ("CustomerID" TEXT PRIMARY KEY, "CompanyName" TEXT, "ContactName" TEXT, "Country" TEXT);
     CREATE TABLE "Employees" ("EmployeeID" INTEGER PRIMARY KEY, "LastName" TEXT, "BirthDate" DATE, "HireDate" DATE);
     CREATE TABLE "Orders" ("OrderID" INTEGER PRIMARY KEY, "CustomerID" TEXT, "OrderDate" DATETIME, "RequiredDate" DATETIME,
       "ShippedDate" DATETIME, "ShipVia" INTEGER, "Freight" NUMERIC, "ShipName" TEXT, "ShipAddress" TEXT, "ShipCountry" TEXT);
     CREATE TABLE "Order Details" ("OrderID" INTEGER REFERENCES "Orders", "ProductID" INTEGER, "UnitPrice" NUMERIC,
       "Quantity" INTEGER, "Discount" REAL, PRIMARY KEY ("OrderID", "ProductID"));
     CREATE TABLE "Products" ("ProductID" INTEGER PRIMARY KEY, "ProductName" TEXT, "UnitPrice" NUMERIC, "UnitsInStock" INTEGER);
     INSERT INTO "Employees" VALUES (1, 'Davolio', '1968-12-08', '2012-05-01'), (2, 'Fuller', '1952-02-19', '2012-08-14');
     INSERT INTO "Products" VALUES (1, 'Chai', 10.5, 39), (2, 'Chang', 100, 17);
     ${daysTimes(4)} INSERT INTO "Orders" SELECT NULL, 'ALFKI', day, date(day, '+28 days'), date(day, '+3 days'), 1, 32.38, 'Vins',
       '59 rue de l''Abbaye', CASE i % 2 WHEN 0 THEN 'France' ELSE 'Germany' END FROM days, n;
     INSERT INTO "Order Details" SELECT "OrderID", 1, 10.5, 2, 0 FROM "Orders" UNION ALL SELECT "OrderID", 2, 100, 1, 0.25 FROM "Orders";`,
  );
  const page = await pageOf(file);
  assert.equal(page.opening, 'Yesterday: order total 384.00 from 4 orders, about the same as a usual Monday.');
  assert.deepEqual(outline(page).slice(-2, -1), [
    'Data health: table | rows | that day | 30 days | newest / Order Details | 528 | – | – | – / Orders | 264 | 4 | 120 | 2025-11-24 / Employees | 2 | – | – | – / Products | 2 | – | – | – / Customers | 0 | – | – | –',
  ]);
  assert.equal(page.assumptions[2], 'The amount is price times quantity of Order Details.');
  assert.equal(/Vins|Abbaye|Davolio/.test(JSON.stringify(page)), false);
});

test('tables without dates are counted, and an assumption explains that nothing can be reported by day', async (t) => {
  const page = await pageOf(
    databaseWith(t, "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT); INSERT INTO settings VALUES ('a', '1')"),
  );
  assert.deepEqual(
    [page.opening, page.warnings, ...outline(page)],
    [
      'Yesterday: no figures.',
      [],
      'Data health: table | rows | that day | 30 days | newest / settings | 1 | – | – | –',
      write,
    ],
  );
  assert.equal(
    page.assumptions[0],
    'No table has a column of dates that says when its rows happened, so nothing is reported by day.',
  );
});

test('odd names, generated columns, tables without rowid, views and full-text tables do no harm', async (t) => {
  const file = databaseWith(
    t,
    `CREATE TABLE "it's ""odd""" ("se""lect" INTEGER PRIMARY KEY, "at'" TEXT, double INTEGER GENERATED ALWAYS AS ("se""lect" * 2));
     INSERT INTO "it's ""odd""" ("at'") VALUES ('2025-11-24');
     CREATE TABLE bookings (room TEXT, booked_on TEXT, price REAL, PRIMARY KEY (room, booked_on)) WITHOUT ROWID;
     INSERT INTO bookings VALUES ('a', '2025-11-24', 10.5), ('b', '2025-11-24', 20);
     CREATE VIEW v AS SELECT * FROM bookings; CREATE VIRTUAL TABLE f USING fts5(x); CREATE TABLE blobs (b BLOB); INSERT INTO blobs VALUES (x'00');`,
  );
  const page = await pageOf(file);
  assert.equal(page.opening, 'Yesterday: booking total 30.50 from 2 bookings.');
  assert.equal(
    outline(page).at(-2),
    'Data health: table | rows | that day | 30 days | newest / bookings | 2 | 2 | 2 | 2025-11-24 / blobs | 1 | – | – | – / it\'s "odd" | 1 | 1 | 1 | 2025-11-24',
  );
});

test('data that is years old comes first, with its last day', async (t) => {
  const file = databaseWith(
    t,
    "CREATE TABLE invoices (id INTEGER PRIMARY KEY, invoice_date TEXT, total REAL); INSERT INTO invoices VALUES (1, '2013-12-22', 5.5), (2, '2013-12-21', 3)",
  );
  const page = await pageOf(file);
  const message = 'No invoices for 4,355 days, since Sunday, 22 December 2013: data may have stopped arriving.';
  assert.deepEqual([page.opening, page.warnings], [message, [message]]);
});
