import Sqlite from 'better-sqlite3';

const cities = ['Kuala Lumpur', 'Penang', 'Johor Bahru', 'Ipoh', 'Melaka', 'Kuching'];
const channels = ['web', 'shopee', 'lazada', 'walk-in', 'whatsapp'];
const words = ['urgent', 'gift', 'box', 'blue', 'fragile', 'call', 'before', 'noon', 'voucher', 'sample', 'invoice'];

/** Makes a shop's database in WAL mode, the same at every call: customers, and so many orders over the days before `today`. */
export function makeShop(file: string, orders: number, days: number, today: Temporal.PlainDate): void {
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id),
      ordered_at TEXT NOT NULL, channel TEXT NOT NULL, total REAL NOT NULL, note TEXT);
    CREATE INDEX orders_by_date ON orders (ordered_at);`);
  const random = randomFrom(7);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] ?? from[0];
  const customers = Math.ceil(orders / 8);
  const addCustomer = db.prepare('INSERT INTO customers (name, city, created_at) VALUES (?, ?, ?)');
  db.transaction(() => {
    for (let id = 1; id <= customers; id += 1)
      addCustomer.run(`Customer ${id}`, pick(cities), `${today.subtract({ days })}`);
    for (let order = 0; order < orders; order += 1) {
      const day = today.subtract({ days: days - Math.floor((order / orders) * days) });
      const note = Array.from({ length: 12 }, () => pick(words)).join(' ');
      addOrder(
        db,
        1 + Math.floor(random() * customers),
        `${day} ${clockTime(random)}`,
        pick(channels) ?? 'web',
        random() * 400,
        note,
      );
    }
  })();
  db.close();
}

/** One more order, in a transaction of its own. */
export function addOrder(
  db: Sqlite.Database,
  customer: number,
  at: string,
  channel: string,
  total: number,
  note: string,
) {
  db.prepare('INSERT INTO orders (customer_id, ordered_at, channel, total, note) VALUES (?, ?, ?, ?, ?)').run(
    customer,
    at,
    channel,
    Math.round(total * 100) / 100,
    note,
  );
}

/** A day's orders, in one transaction. */
export function sellForADay(file: string, orders: number, day: Temporal.PlainDate): void {
  const random = randomFrom(day.dayOfYear);
  const db = new Sqlite(file);
  db.transaction(() => {
    for (let order = 0; order < orders; order += 1) {
      addOrder(db, 1, `${day} ${clockTime(random)}`, 'web', random() * 400, 'sold after the demo began');
    }
  })();
  db.close();
}

/** The accident. */
export function loseOrders(file: string): void {
  const db = new Sqlite(file);
  db.exec('DELETE FROM orders');
  db.close();
}

function clockTime(random: () => number): string {
  const two = (below: number) => String(Math.floor(random() * below)).padStart(2, '0');
  return `${two(24)}:${two(60)}:${two(60)}`;
}

/** Lehmer's generator (Park and Miller 1988): the demo looks the same every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
