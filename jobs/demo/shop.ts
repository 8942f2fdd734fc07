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
    for (let id = 1; id <= customers; id += 1) {
      const joined = today.subtract({ days: days - Math.floor((id / customers) * (days - 1)) });
      addCustomer.run(`Customer ${id}`, pick(cities), `${joined}`);
    }
    const dayOfOrder = busyDays(today.subtract({ days }), days);
    for (let order = 0; order < orders; order += 1) {
      const day = dayOfOrder(order / orders);
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

/** A usual day's orders, in one transaction; `usual` is the mean of all weekdays. */
export function sellForADay(file: string, usual: number, day: Temporal.PlainDate): void {
  const random = randomFrom(day.dayOfYear * 7919);
  const orders = Math.round(usual * busyness(day) * (0.95 + random() * 0.1));
  const db = new Sqlite(file);
  const addCustomer = db.prepare("INSERT INTO customers (name, city, created_at) VALUES ('New customer', ?, ?)");
  db.transaction(() => {
    for (let customer = 0; customer < Math.round(orders / 8); customer += 1) {
      addCustomer.run(cities[customer % cities.length], `${day}`);
    }
    for (let order = 0; order < orders; order += 1) {
      const channel = channels[Math.floor(random() * channels.length)] ?? 'web';
      addOrder(db, 1, `${day} ${clockTime(random)}`, channel, random() * 400, 'sold after the demo began');
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

/** How much is sold on a day, 1 on average: most on Saturdays, and a little more or less for weeks on end. */
function busyness(day: Temporal.PlainDate): number {
  const weekdays = [0.85, 0.8, 0.9, 0.95, 1.15, 1.35, 1];
  return (weekdays[day.dayOfWeek - 1] ?? 1) * (1 + 0.12 * Math.sin(day.dayOfYear / 9));
}

/** Spreads orders over the days from `first` on: takes a share of all orders (0 to 1), returns the day it falls on. */
function busyDays(first: Temporal.PlainDate, days: number): (share: number) => Temporal.PlainDate {
  const all = Array.from({ length: days }, (_, index) => first.add({ days: index }));
  const sum = all.reduce((total, day) => total + busyness(day), 0);
  let sold = 0;
  const ends = all.map((day) => {
    sold += busyness(day) / sum;
    return sold;
  });
  let index = 0;
  return (share) => {
    while (index < days - 1 && share >= (ends[index] ?? 1)) index += 1;
    return all[index] ?? first;
  };
}

function clockTime(random: () => number): string {
  const two = (below: number) => String(Math.floor(random() * below)).padStart(2, '0');
  return `${String(8 + Math.floor(random() * 14)).padStart(2, '0')}:${two(60)}:${two(60)}`;
}

/** Lehmer's generator (Park and Miller 1988): the demo looks the same every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
