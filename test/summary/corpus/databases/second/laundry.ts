import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A laundry: an order is brought on one day, collected on another, and paid on either. */
export const laundry: CorpusDatabase = {
  name: 'laundry-orders',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-25', perDay: [5, 11] }).map((moment, index) => ({
      id: index + 1,
      received_at: localText(moment),
      customer: random.pick(people).name,
      phone: random.pick(people).phone,
      kilos: random.money(2, 14),
      total: random.money(8, 90),
      is_paid: random.chance(0.8) ? 1 : 0,
      ready_at: localText(later(moment, 1500)),
    }));
    return void load(db, 'orders', rows, {
      id: 'INTEGER PRIMARY KEY',
      kilos: 'REAL',
      total: 'REAL',
      is_paid: 'INTEGER',
    });
  },
  truth: {
    amounts: ['1', 'is_paid = 1'].flatMap(
      (counting) =>
        truthOfTable({ from: 'orders', on: 'date(received_at) = :day', counting, sums: ['sum(total)'] }).amounts,
    ),
    counts: truthOfTable({ from: 'orders', on: 'date(received_at) = :day', counting: 'is_paid = 1' }).counts,
  },
};
