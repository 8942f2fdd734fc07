import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A restaurant's own till: voided orders, orders still open, order lines beside. */
export const restaurant: CorpusDatabase = {
  name: 'restaurant-till',
  day: '2026-11-27',
  zone,
  fill: (db, random) => {
    const opened = moments(random, { day: '2026-11-27', open: [11, 23], perDay: [9, 18], days: 50 });
    const orders = opened.map((moment, index) => ({
      id: index + 1,
      table_no: random.int(1, 18),
      waiter: random.pick(staff).name,
      guests: random.int(1, 8),
      opened_at: localText(moment),
      closed_at: localText(later(moment, 50)),
      status: random.pick(['paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'void']),
      subtotal: 0,
      service_charge_pct: 10,
      total: random.money(18, 240),
    }));
    for (const order of orders) order.subtotal = cents(order.total / 1.16);
    load(db, 'orders', orders, {
      id: 'INTEGER PRIMARY KEY',
      table_no: 'INTEGER',
      guests: 'INTEGER',
      opened_at: 'DATETIME',
      closed_at: 'DATETIME',
      subtotal: 'DECIMAL(10,2)',
      service_charge_pct: 'INTEGER',
      total: 'DECIMAL(10,2)',
    });
    const lines = orders.flatMap(({ id, opened_at }) =>
      Array.from({ length: random.int(1, 5) }, () => ({
        order_id: id,
        dish_id: random.int(1, 40),
        qty: random.int(1, 4),
        unit_price: random.money(6, 48),
        added_at: opened_at,
      })),
    );
    load(db, 'order_lines', lines, {
      order_id: 'INTEGER',
      dish_id: 'INTEGER',
      qty: 'INTEGER',
      unit_price: 'DECIMAL(10,2)',
    });
    const bookings = people.map(({ name, phone }, index) => ({
      id: index + 1,
      name,
      phone,
      booked_for: `${dayOf(opened[index] ?? { at: 0, offset: 8 })} 19:30`,
    }));
    return void load(db, 'bookings', bookings, { id: 'INTEGER PRIMARY KEY' });
  },
  truth: {
    amounts: [
      { sql: `SELECT sum(total) FROM orders WHERE date(opened_at) = :day AND status = 'paid'`, currency: null },
      { sql: `SELECT sum(total) FROM orders WHERE date(closed_at) = :day AND status = 'paid'`, currency: null },
    ],
    counts: [
      { sql: `SELECT count(*) FROM orders WHERE date(opened_at) = :day`, words: /order(?! lines)/i },
      {
        sql: `SELECT count(*) FROM orders WHERE date(opened_at) = :day AND status = 'paid'`,
        words: /order(?! lines)/i,
      },
      {
        sql: `SELECT count(*) FROM orders WHERE date(closed_at) = :day AND status = 'paid'`,
        words: /order(?! lines)/i,
      },
      { sql: `SELECT count(*) FROM order_lines WHERE date(added_at) = :day`, words: /order lines/i },
    ],
  },
};
