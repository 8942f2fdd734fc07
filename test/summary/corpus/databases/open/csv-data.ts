import type { Database } from 'better-sqlite3';
import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { branches, people, products } from '../../people.ts';
import type { Random } from '../../random.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable, unionOf } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

function orderRows(random: Random, day: string, days: number) {
  return moments(random, { day, days, perDay: [5, 11] }).map((moment, index) => ({
    order_id: String(30_000 + index),
    order_date: localText(moment),
    customer: random.pick(people).name,
    branch: random.pick(branches),
    product: random.pick(products).name,
    qty: String(random.int(1, 5)),
    total: two(random.money(6, 240)),
    status: random.pick(['completed', 'completed', 'completed', 'cancelled']),
  }));
}

/** What sqlite-vec leaves: a virtual table whose module is not there, and the tables under it. */
function vectors(db: Database, random: Random, name: string, count: number) {
  const ids = Array.from({ length: count }, (_, index) => ({
    rowid: index + 1,
    id: null,
    chunk_id: 1,
    chunk_offset: index,
  }));
  load(db, `${name}_rowids`, ids, { rowid: 'INTEGER PRIMARY KEY', chunk_id: 'INTEGER', chunk_offset: 'INTEGER' });
  load(
    db,
    `${name}_chunks`,
    [{ chunk_id: 1, size: 1024, validity: Buffer.alloc(128, 255), rowids: Buffer.alloc(64) }],
    {
      chunk_id: 'INTEGER PRIMARY KEY',
      size: 'INTEGER NOT NULL',
      validity: 'BLOB NOT NULL',
      rowids: 'BLOB NOT NULL',
    },
  );
  const bytes = Buffer.from(Array.from({ length: 256 }, () => random.int(0, 255)));
  load(db, `${name}_vector_chunks00`, [{ rowid: 1, vectors: bytes }], {
    rowid: 'PRIMARY KEY',
    vectors: 'BLOB NOT NULL',
  });
  load(db, `${name}_info`, [{ key: 'CREATE_VERSION', value: 'v0.1.6' }], { key: 'TEXT PRIMARY KEY', value: 'ANY' });
  const sql = `CREATE VIRTUAL TABLE ${name} USING vec0(embedding float[384])`;
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.prepare('INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, 0, ?)').run(
    'table',
    name,
    name,
    sql,
  );
  db.pragma('writable_schema = RESET');
  db.unsafeMode(false);
}

const completed = { counting: `status = 'completed'`, sums: ['sum(total)'] };

/** Uploads by sqlite-utils (every column text) and a vector index over the notes: the larger tables are the index's. */
export const csvData: CorpusDatabase = {
  name: 'csv-data-with-vectors',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    load(db, 'data_orders_2026', orderRows(random, '2026-11-26', 70));
    const notes = people.map(({ name, phone }, index) => ({
      id: String(index),
      text: `${name} asked to be called at ${phone}`,
    }));
    load(db, 'data_notes', notes);
    vectors(db, random, 'vec_notes', 900);
    return undefined;
  },
  truth: truthOfTable({ from: 'data_orders_2026', on: 'substr(order_date, 1, 10) = :day', ...completed }),
};

/** One upload a month, one table each. */
export const uploadPerMonth: CorpusDatabase = {
  name: 'upload-per-month',
  day: '2026-11-17',
  zone,
  fill: (db, random) => {
    const rows = orderRows(random, '2026-11-17', 140);
    for (const month of ['07', '08', '09', '10', '11']) {
      load(
        db,
        `sales_2026_${month}`,
        rows.filter(({ order_date }) => order_date.startsWith(`2026-${month}`)),
      );
    }
    return undefined;
  },
  truth: truthOfTable({
    from: unionOf(['07', '08', '09', '10', '11'].map((month) => `sales_2026_${month}`)),
    on: 'substr(order_date, 1, 10) = :day',
    ...completed,
  }),
};

/** csvs-to-sqlite: types as pandas guessed them, with a full-text index beside. */
export const csvsToSqlite: CorpusDatabase = {
  name: 'csvs-to-sqlite-with-fts',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    load(db, 'sales', orderRows(random, '2026-11-26', 60), { order_id: 'INTEGER', qty: 'INTEGER', total: 'REAL' });
    db.exec(`CREATE VIRTUAL TABLE sales_fts USING fts5(customer, product, content="sales");
             INSERT INTO sales_fts (rowid, customer, product) SELECT rowid, customer, product FROM sales`);
    return undefined;
  },
  truth: truthOfTable({ from: 'sales', on: 'substr(order_date, 1, 10) = :day', ...completed }),
};

/** A table that nobody writes to any more is ten times as large as the live one. */
export const oldAndLive: CorpusDatabase = {
  name: 'old-table-beside-live',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    load(db, 'orders_backup_2025', orderRows(random, '2025-12-31', 300), { total: 'REAL' });
    load(db, 'orders', orderRows(random, '2026-11-26', 40), { total: 'REAL' });
    return undefined;
  },
  truth: truthOfTable({ from: 'orders', on: 'substr(order_date, 1, 10) = :day', ...completed }),
};

/** Views over the orders: a day's sum, and the orders once more. */
export const views: CorpusDatabase = {
  name: 'orders-with-views',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    load(db, 'orders', orderRows(random, '2026-11-26', 60), { total: 'REAL', qty: 'INTEGER' });
    db.exec(`CREATE VIEW completed_orders AS SELECT * FROM orders WHERE status = 'completed';
             CREATE VIEW daily_sales AS SELECT date(order_date) AS day, sum(total) AS sales, count(*) AS orders FROM completed_orders
             GROUP BY 1`);
    return undefined;
  },
  truth: truthOfTable({ from: 'orders', on: 'date(order_date) = :day', ...completed }),
};

/** Somebody forgot to upload for three weeks: the one database here of which it is true that data stopped. */
export const forgottenUpload: CorpusDatabase = {
  name: 'upload-that-stopped',
  day: '2026-11-26',
  zone,
  stopped: true,
  fill: (db, random) => {
    load(db, 'orders', orderRows(random, '2026-11-05', 70), { total: 'REAL' });
    return undefined;
  },
  truth: truthOfTable({ from: 'orders', on: 'substr(order_date, 1, 10) = :day', ...completed }),
};
