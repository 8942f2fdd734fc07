import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, dayOf, later, localText, moments, monthFirst, timeOf } from '../../moments.ts';
import { branches, people, staff } from '../../people.ts';
import { cents, grouped, load, two } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';
const loyverseDay = `substr(Date, 7, 4) || '-' || substr(Date, 4, 2) || '-' || substr(Date, 1, 2) = :day AND Status = 'Closed'`;

/** Receipts: refunds are rows of their own with negative amounts; a cancelled receipt stays. */
export const loyverse: CorpusDatabase = {
  name: 'loyverse-receipts',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 22], perDay: [8, 16], days: 60 }).map(
      (moment, index) => {
        const gross = random.money(4, 60);
        const sign = random.chance(0.06) ? -1 : 1;
        const off = random.chance(0.2) ? cents(gross * 0.1) : 0;
        const person = random.pick(people);
        return {
          Date: `${dayFirst(moment)} ${timeOf(moment).slice(0, 5)}`,
          'Receipt number': `2-${1400 + index}`,
          'Receipt type': sign < 0 ? 'Refund' : 'Sale',
          'Gross sales': two(sign * gross),
          Discounts: two(sign * off),
          'Net sales': two(sign * cents(gross - off)),
          Taxes: two(sign * cents((gross - off) * 0.06)),
          'Total collected': two(sign * cents((gross - off) * 1.06)),
          'Cost of goods': two(sign * cents(gross * 0.4)),
          'Payment type': random.pick(['Cash', 'Card', 'Touch n Go']),
          'Dining option': random.pick(['Dine in', 'Takeaway']),
          POS: 'POS 1',
          Store: random.pick(branches),
          'Cashier name': random.pick(staff).name,
          'Customer name': person.name,
          'Customer contacts': person.phone,
          Status: random.chance(0.05) ? 'Cancelled' : 'Closed',
        };
      },
    );
    return void load(db, 'receipts', rows);
  },
  truth: {
    amounts: [
      { sql: `SELECT sum("Total collected") FROM receipts WHERE ${loyverseDay}`, currency: null },
      { sql: `SELECT sum("Net sales") FROM receipts WHERE ${loyverseDay}`, currency: null },
      { sql: `SELECT sum("Gross sales") FROM receipts WHERE ${loyverseDay}`, currency: null, words: /gross/i },
    ],
    counts: [
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay}` },
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay} AND "Receipt type" = 'Sale'` },
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay.split(' AND ')[0]}`, words: /rows?\b|receipts/i },
    ],
  },
};

const squareDay = `'20' || substr(Date, 7, 2) || '-' || substr(Date, 1, 2) || '-' || substr(Date, 4, 2) = :day`;
const dollars = (column: string) => `sum(replace(replace("${column}", '$', ''), ',', ''))`;

/** Month first, dollar signs in the cells; refunds are negative. */
export const square: CorpusDatabase = {
  name: 'square-transactions',
  day: '2026-11-05',
  zone: 'America/New_York',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-05', offset: -5, days: 80, perDay: [4, 9] }).map((moment, index) => {
      const gross = random.chance(0.04) ? -random.money(5, 40) : random.money(5, 1400);
      const dollar = (value: number) => `${value < 0 ? '-' : ''}$${grouped(Math.abs(value))}`;
      const tip = gross > 0 ? cents(gross * 0.1) : 0;
      return {
        Date: monthFirst(moment),
        Time: timeOf(moment),
        'Time Zone': 'Eastern Time (US & Canada)',
        'Gross Sales': dollar(gross),
        Discounts: dollar(0),
        'Net Sales': dollar(gross),
        Tax: dollar(cents(gross * 0.08)),
        Tip: dollar(tip),
        'Total Collected': dollar(cents(gross * 1.08) + tip),
        Source: 'Register',
        Card: dollar(cents(gross * 1.08) + tip),
        'Card Brand': random.pick(['Visa', 'MasterCard']),
        'PAN Suffix': String(random.int(1000, 9999)),
        'Staff Name': random.pick(staff).name,
        'Transaction ID': `Tx${index}kPq9`,
        Fees: dollar(-cents(Math.abs(gross) * 0.026)),
        'Event Type': gross < 0 ? 'Refund' : 'Payment',
        Customer: random.pick(people).name,
      };
    });
    return void load(db, 'transactions_2026', rows);
  },
  truth: {
    amounts: ['Net Sales', 'Total Collected', 'Gross Sales'].map((column) => ({
      sql: `SELECT ${dollars(column)} FROM transactions_2026 WHERE ${squareDay}`,
      currency: 'USD',
    })),
    counts: [
      { sql: `SELECT count(*) FROM transactions_2026 WHERE ${squareDay}` },
      { sql: `SELECT count(*) FROM transactions_2026 WHERE ${squareDay} AND "Event Type" = 'Payment'` },
    ],
  },
};

/** Returns with positive totals: only the type says that the money went out. */
export const storehub: CorpusDatabase = {
  name: 'storehub-transactions',
  day: '2026-11-21',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-21', perDay: [6, 13] }).map((moment, index) => {
      const total = random.money(6, 190);
      return {
        Store: random.pick(branches),
        'Receipt No.': `0${random.int(1, 3)}2611${index}`,
        Time: localText(moment).slice(0, 16),
        Type: random.pick(['Sale', 'Sale', 'Sale', 'Sale', 'Sale', 'Sale', 'Sale', 'Sale', 'Return']),
        Employee: random.pick(staff).name,
        Customer: random.pick(people).name,
        'Customer Phone': random.pick(people).phone,
        Subtotal: two(total),
        Discount: '0.00',
        Rounding: '0.00',
        'Total (MYR)': two(total),
        Cancelled: random.chance(0.06) ? 'Yes' : 'No',
        'Cancelled At': '',
        'Payment Method': random.pick(['Cash', 'Credit Card', 'GrabPay']),
      };
    });
    return void load(db, 'storehub_transactions', rows);
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum("Total (MYR)" * iif(Type = 'Return', -1, 1)) FROM storehub_transactions
              WHERE substr(Time, 1, 10) = :day AND Cancelled = 'No'`,
        currency: 'MYR',
      },
      {
        sql: `SELECT sum("Total (MYR)") FROM storehub_transactions
              WHERE substr(Time, 1, 10) = :day AND Cancelled = 'No' AND Type = 'Sale'`,
        currency: 'MYR',
      },
    ],
    counts: [
      { sql: `SELECT count(*) FROM storehub_transactions WHERE substr(Time, 1, 10) = :day` },
      { sql: `SELECT count(*) FROM storehub_transactions WHERE substr(Time, 1, 10) = :day AND Cancelled = 'No'` },
      {
        sql: `SELECT count(*) FROM storehub_transactions
              WHERE substr(Time, 1, 10) = :day AND Cancelled = 'No' AND Type = 'Sale'`,
      },
    ],
  },
};

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
