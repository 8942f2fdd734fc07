import { statSync } from 'node:fs';
import Database from 'better-sqlite3';

const cities = ['Kuala Lumpur', 'Penang', 'Johor Bahru', 'Ipoh', 'Melaka', 'Klang', 'Shah Alam', 'Kuching'];
const statuses = ['paid', 'pending', 'shipped', 'refunded', 'cancelled'];
const channels = ['web', 'shopee', 'lazada', 'walk-in', 'whatsapp'];
const words =
  'alpha delivery late paid urgent gift box return blue fragile call before noon voucher VIP wholesale sample kuala lumpur penang johor ipoh melaka klang shah alam ref invoice cash transfer'.split(
    ' ',
  );
const opened = Date.UTC(2023, 0, 1);
const batch = { customers: 2_000, orders: 20_000 };

/**
 * Writes a database of customers, orders and their items in WAL mode, and its rows are the same each time.
 *
 * @param file a path where nothing is yet
 * @param mib the size to reach; the file ends at most one batch (about 5 MiB) above it
 */
export function makeBusinessDatabase(file: string, mib: number): void {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  database.exec(`
    CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, email TEXT, city TEXT, created_at TEXT);
    CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INT REFERENCES customers(id), ordered_at TEXT, status TEXT, channel TEXT, total REAL, note TEXT);
    CREATE TABLE order_items(id INTEGER PRIMARY KEY, order_id INT, sku TEXT, qty INT, price REAL);
    CREATE INDEX o_date ON orders(ordered_at);
    CREATE INDEX o_cust ON orders(customer_id);
    CREATE INDEX i_order ON order_items(order_id);
    CREATE INDEX c_mail ON customers(email);`);
  const sell = seller(database, 7);
  do {
    sell(batch);
    database.pragma('wal_checkpoint(TRUNCATE)');
  } while (statSync(file).size < mib * 2 ** 20);
  database.close();
}

/** A day on a database of makeBusinessDatabase: so many orders with their items, a tenth as many new customers. */
export function sellForABusinessDay(file: string, orders: number): void {
  const database = new Database(file);
  seller(database, orders)({ customers: Math.ceil(orders / 10), orders });
  database.close();
}

/** Adds customers and orders after those that are there, in one transaction; the same for the same seed. */
function seller(database: Database.Database, seed: number) {
  const customer = database.prepare('INSERT INTO customers VALUES (?, ?, ?, ?, ?)');
  const order = database.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)');
  const item = database.prepare('INSERT INTO order_items VALUES (?, ?, ?, ?, ?)');
  const { integer, hex, price, pick } = choices(seed);
  const last = (table: string) => Number(database.prepare(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get());
  let [customers, orders, items] = [last('customers'), last('orders'), last('order_items')];

  return database.transaction((added: { customers: number; orders: number }) => {
    for (const end = customers + added.customers; customers < end; ) {
      customers += 1;
      const email = `${hex(6)}${hex(6)}@example.com`;
      const name = `${capitalized(pick(words))} ${capitalized(pick(words))}`;
      customer.run(customers, name, email, pick(cities), timestamp(customers * 60));
    }
    // As a shop's tables lie on disk: pages of orders, then pages of their items.
    const itemRows: unknown[][] = [];
    for (const end = orders + added.orders; orders < end; ) {
      orders += 1;
      const note = Array.from({ length: integer(3, 14) }, () => pick(words)).join(' ');
      const at = timestamp(orders * 20);
      order.run(orders, integer(1, customers), at, pick(statuses), pick(channels), price(5, 900), note);
      for (let count = integer(1, 3); count > 0; count -= 1) {
        items += 1;
        const sku = `SKU-${String(integer(1, 50_000)).padStart(6, '0')}`;
        itemRows.push([items, orders, sku, integer(1, 9), price(1, 300)]);
      }
    }
    for (const row of itemRows) item.run(...row);
  });
}

/** `YYYY-MM-DD HH:MM:SS`, so many seconds after the shop opened. */
function timestamp(seconds: number): string {
  return new Date(opened + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

/** Choices that are the same for the same seed (the generator is mulberry32, by Tommy Ettinger). */
function choices(seed: number) {
  let state = seed;
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number) => from + Math.floor(fraction() * (to - from + 1));
  return {
    integer,
    hex: (digits: number) =>
      integer(0, 16 ** digits - 1)
        .toString(16)
        .padStart(digits, '0'),
    price: (from: number, to: number) => Math.round((from + fraction() * (to - from)) * 100) / 100,
    pick: (values: readonly string[]) => values[integer(0, values.length - 1)] ?? '',
  };
}
