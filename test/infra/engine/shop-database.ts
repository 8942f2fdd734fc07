import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';

/** A small shop's database in WAL mode, owned by uid 1000 with its folder, as on the host of production. */
export function createShopDatabase(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const shop = new Sqlite(file);
  shop.pragma('journal_mode = WAL');
  shop.exec(`CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, amount REAL NOT NULL, created_at TEXT NOT NULL)`);
  const customer = shop.prepare("INSERT INTO customers (name, created_at) VALUES (?, datetime('now', ?))");
  const order = shop.prepare("INSERT INTO orders (customer_id, amount, created_at) VALUES (?, ?, datetime('now', ?))");
  shop.transaction(() => {
    for (let day = 0; day < 60; day += 1) {
      customer.run(`Customer ${day}`, `-${day} days`);
      for (let count = 0; count < 5; count += 1) order.run((day % 20) + 1, 10 + count, `-${day} days`);
    }
  })();
  shop.close();
  for (const owned of [path.dirname(file), file]) chownSync(owned, 1000, 1000);
}

/** The first column of the first row. */
export function queryValue(file: string, sql: string): unknown {
  const shop = new Sqlite(file, { readonly: true });
  try {
    return shop.prepare(sql).pluck().get();
  } finally {
    shop.close();
  }
}
