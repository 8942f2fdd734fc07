import type { CorpusDatabase } from '../../corpus-database.ts';
import { buddhist, dayFirst, dayOf, epochSeconds, later, localText, moments, withOffset } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';
const dayFirstIs = (column: string) =>
  `substr(${column}, 7, 4) || '-' || substr(${column}, 4, 2) || '-' || substr(${column}, 1, 2) = :day`;

/** Quantity and unit price, and no total. */
export const quantityAndPrice: CorpusDatabase = {
  name: 'quantity-and-unit-price',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [5, 12] }).map((moment, index) => {
      const { sku, name, price } = random.pick(products);
      return {
        id: index + 1,
        sold_at: localText(moment),
        sku,
        item: name,
        quantity: random.int(1, 9),
        unit_price: price,
      };
    });
    return void load(db, 'sale_items', rows, { id: 'INTEGER PRIMARY KEY', quantity: 'INTEGER', unit_price: 'REAL' });
  },
  truth: truthOfTable({ from: 'sale_items', on: 'date(sold_at) = :day', sums: ['sum(quantity * unit_price)'] }),
};

/** A Node program's table: epoch seconds, sen in whole numbers under a plain name, and a currency beside. */
export const amountsInSen: CorpusDatabase = {
  name: 'sen-and-epoch-seconds',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 9] }).map((moment, index) => ({
      id: index + 1,
      customer_email: random.pick(people).email,
      amount: random.int(350, 64_000),
      currency: 'MYR',
      status: random.pick(['paid', 'paid', 'paid', 'paid', 'failed']),
      created_at: epochSeconds(moment),
    }));
    return void load(db, 'payments', rows, { id: 'INTEGER PRIMARY KEY', amount: 'INTEGER', created_at: 'INTEGER' });
  },
  truth: truthOfTable({
    from: 'payments',
    on: `date(created_at, 'unixepoch', '+8 hours') = :day`,
    counting: `status = 'paid'`,
    sums: ['sum(amount) / 100.0'],
    currency: 'MYR',
  }),
};

/** One import wrote its days the other way round. */
export const mixedDates: CorpusDatabase = {
  name: 'one-import-day-first',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', perDay: [4, 9], days: 60 });
    const rows = times.map((moment, index) => ({
      id: index + 1,
      date: dayOf(moment) < '2026-11-20' ? dayOf(moment) : dayFirst(moment),
      customer: random.pick(people).name,
      amount: random.money(8, 220),
    }));
    return void load(db, 'sales', rows, { id: 'INTEGER', amount: 'REAL' });
  },
  truth: truthOfTable({
    from: 'sales',
    on: `CASE WHEN date LIKE '__/__/____' THEN ${dayFirstIs('date')} ELSE date = :day END`,
    sums: ['sum(amount)'],
  }),
};

/** Every date has a day of twelve or less: nothing in the column tells day from month. */
export const ambiguousDates: CorpusDatabase = {
  name: 'day-or-month-first',
  day: '2026-11-05',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-12', perDay: [4, 9], days: 220 })
      .filter((moment) => Number(dayOf(moment).slice(8)) <= 12 && dayOf(moment) <= '2026-11-05')
      .map((moment, index) => ({
        no: index + 1,
        tarikh: dayFirst(moment),
        nama: random.pick(people).name,
        bayaran: random.money(8, 220),
      }));
    return void load(db, 'bayaran', rows, { no: 'INTEGER', bayaran: 'REAL' });
  },
  truth: truthOfTable({ from: 'bayaran', on: dayFirstIs('tarikh'), sums: ['sum(bayaran)'] }),
};

/** A shop in Bangkok: Buddhist years. */
export const buddhistYears: CorpusDatabase = {
  name: 'buddhist-years',
  day: '2026-11-26',
  zone: 'Asia/Bangkok',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', offset: 7, perDay: [4, 9] }).map((moment, index) => ({
      เลขที่: `INV${1000 + index}`,
      วันที่: buddhist(moment),
      ลูกค้า: random.pick(people).name,
      เบอร์โทร: random.pick(people).phone,
      ยอดรวม: random.money(80, 2600),
      สถานะ: random.pick(['ชำระแล้ว', 'ชำระแล้ว', 'ยกเลิก']),
    }));
    return void load(db, 'ใบเสร็จ', rows, { ยอดรวม: 'REAL' });
  },
  truth: truthOfTable({
    from: 'ใบเสร็จ',
    on: `(substr(วันที่, 7, 4) - 543) || '-' || substr(วันที่, 4, 2) || '-' || substr(วันที่, 1, 2) = :day`,
    counting: `สถานะ <> 'ยกเลิก'`,
    sums: ['sum(ยอดรวม)'],
  }),
};

/** Invoices made on one day and paid on another: two right answers under two names. */
export const createdAndPaid: CorpusDatabase = {
  name: 'created-and-paid-dates',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => {
      const paid = later(moment, random.int(1, 9) * 1440);
      const isPaid = dayOf(paid) <= '2026-11-26';
      return {
        id: index + 1,
        client: random.pick(people).name,
        amount: random.money(50, 1800),
        status: isPaid ? 'paid' : 'unpaid',
        created_at: localText(moment),
        paid_at: isPaid ? localText(paid) : null,
      };
    });
    return void load(db, 'invoices', rows, { id: 'INTEGER PRIMARY KEY', amount: 'REAL' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(amount) FROM invoices WHERE date(paid_at) = :day', currency: null },
      {
        sql: 'SELECT sum(amount) FROM invoices WHERE date(created_at) = :day',
        currency: null,
        words: /invoiced|created|issued|invoices/i,
      },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM invoices WHERE date(paid_at) = :day' },
      { sql: 'SELECT count(*) FROM invoices WHERE date(created_at) = :day' },
    ],
  },
};

/** Rates, weights and years look like amounts; the price is one column among them. */
export const rates: CorpusDatabase = {
  name: 'rates-and-weights',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9] }).map((moment, index) => ({
      id: index + 1,
      picked_on: dayOf(moment),
      grower: random.pick(people).name,
      weight: random.money(100, 900),
      moisture_pct: random.money(18, 40),
      rate: random.money(3, 5),
      season_year: 2026,
      paid_amount: random.money(300, 3900),
    }));
    return void load(db, 'latex_purchases', rows, {
      id: 'INTEGER PRIMARY KEY',
      weight: 'REAL',
      moisture_pct: 'REAL',
      rate: 'REAL',
      season_year: 'INTEGER',
      paid_amount: 'REAL',
    });
  },
  truth: truthOfTable({ from: 'latex_purchases', on: 'picked_on = :day', sums: ['sum(paid_amount)'] }),
};

/** Events with everything in JSON. */
export const jsonPayload: CorpusDatabase = {
  name: 'orders-in-json',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 11] }).map((moment, index) => {
      const person = random.pick(people);
      const total = random.money(9, 300);
      const payload = {
        customer: { name: person.name, phone: person.phone },
        total,
        currency: 'MYR',
        lines: random.int(1, 5),
      };
      return {
        id: index + 1,
        type: 'order.created',
        received_at: withOffset(moment),
        payload: JSON.stringify(payload),
      };
    });
    return void load(db, 'webhook_events', rows, { id: 'INTEGER PRIMARY KEY', payload: 'JSON' });
  },
  truth: truthOfTable({
    from: 'webhook_events',
    on: 'substr(received_at, 1, 10) = :day',
    sums: [`sum(payload ->> '$.total')`],
    currency: 'MYR',
  }),
};

/** Three currencies in one column: three figures, never their sum. */
export const currencies: CorpusDatabase = {
  name: 'three-currencies',
  day: '2026-11-26',
  zone: 'Asia/Singapore',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [6, 12] }).map((moment, index) => ({
      id: index + 1,
      sold_at: localText(moment),
      customer: random.pick(people).name,
      amount: random.money(10, 400),
      currency: random.pick(['SGD', 'SGD', 'MYR', 'USD']),
    }));
    return void load(db, 'sales', rows, { id: 'INTEGER PRIMARY KEY', amount: 'REAL' });
  },
  truth: {
    amounts: ['SGD', 'MYR', 'USD'].map((currency) => ({
      sql: `SELECT sum(amount) FROM sales WHERE date(sold_at) = :day AND currency = '${currency}'`,
      currency,
    })),
    counts: truthOfTable({ from: 'sales', on: 'date(sold_at) = :day' }).counts,
  },
};

/** Amounts as people type them. */
export const typedAmounts: CorpusDatabase = {
  name: 'amounts-with-rm',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9] }).map((moment) => ({
      Tarikh: dayFirst(moment, '-'),
      Pelanggan: random.pick(people).name,
      Jumlah: `RM ${cents(random.money(800, 2600)) >= 1000 ? '1,' : ''}${two(random.int(100, 999))}`,
    }));
    return void load(db, 'jualan', rows);
  },
  truth: truthOfTable({
    from: 'jualan',
    on: dayFirstIs('Tarikh'),
    sums: [`sum(replace(replace(Jumlah, 'RM ', ''), ',', ''))`],
    currency: 'MYR',
  }),
};

/** Orders of testers among the others. */
export const testRows: CorpusDatabase = {
  name: 'test-orders',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [5, 10] }).map((moment, index) => ({
      id: index + 1,
      placed_at: localText(moment),
      email: random.pick(people).email,
      total: random.money(15, 310),
      is_test: random.chance(0.3) ? 1 : 0,
    }));
    return void load(db, 'orders', rows, { id: 'INTEGER PRIMARY KEY', total: 'REAL', is_test: 'INTEGER' });
  },
  truth: truthOfTable({ from: 'orders', on: 'date(placed_at) = :day', counting: 'is_test = 0', sums: ['sum(total)'] }),
};

/** Closed on Sundays, and this is one: nothing was sold, and nothing stopped. */
export const closedDay: CorpusDatabase = {
  name: 'closed-on-sundays',
  day: '2026-11-22',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-22', perDay: [5, 10], closed: [0], days: 84 }).map(
      (moment, index) => ({
        id: index + 1,
        sold_at: localText(moment),
        customer: random.pick(people).name,
        total: random.money(15, 310),
      }),
    );
    return void load(db, 'sales', rows, { id: 'INTEGER PRIMARY KEY', total: 'REAL' });
  },
  truth: truthOfTable({ from: 'sales', on: 'date(sold_at) = :day', sums: ['coalesce(sum(total), 0)'] }),
};
