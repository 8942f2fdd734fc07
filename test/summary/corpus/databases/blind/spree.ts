import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, moments, utcMicros } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Spree: a cart is an order that was never completed. */
export const spree: CorpusDatabase = {
  name: 'spree-orders',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 11], days: 60, after: 2 });
    load(db, 'schema_migrations', [{ version: '20250101000001' }], { version: 'varchar PRIMARY KEY' });
    const rows = times.map((moment, index) => {
      const state = random.pick(['complete', 'complete', 'complete', 'cart', 'address', 'canceled']);
      const items = random.money(20, 340);
      return {
        id: index + 1,
        number: `R${300_000_000 + index}`,
        item_total: items,
        total: cents(items + 8),
        state,
        adjustment_total: 8,
        user_id: random.int(1, 90),
        completed_at: state === 'complete' || state === 'canceled' ? utcMicros(later(moment, 12)) : null,
        canceled_at: state === 'canceled' ? utcMicros(later(moment, 40)) : null,
        payment_total: state === 'complete' ? cents(items + 8) : 0,
        email: random.pick(people).email,
        currency: 'MYR',
        created_at: utcMicros(moment),
        updated_at: utcMicros(later(moment, 40)),
        item_count: random.int(1, 5),
      };
    });
    load(db, 'spree_orders', rows, {
      id: 'integer PRIMARY KEY',
      item_total: 'decimal(10,2)',
      total: 'decimal(10,2)',
      adjustment_total: 'decimal(10,2)',
      payment_total: 'decimal(10,2)',
      user_id: 'bigint',
      completed_at: 'datetime',
      canceled_at: 'datetime',
      created_at: 'datetime(6)',
      updated_at: 'datetime(6)',
      item_count: 'integer',
    });
    return (times.at(-1)?.at ?? 0) + 41 * 60_000;
  },
  truth: {
    amounts: ['completed_at', 'created_at'].flatMap(
      (column) =>
        truthOfTable({
          from: 'spree_orders',
          on: `date(${column}, '+8 hours') = :day`,
          counting: `state = 'complete'`,
          sums: ['sum(total)', 'sum(item_total)'],
          currency: 'MYR',
        }).amounts,
    ),
    counts: ['completed_at', 'created_at'].flatMap(
      (column) =>
        truthOfTable({ from: 'spree_orders', on: `date(${column}, '+8 hours') = :day`, counting: `state = 'complete'` })
          .counts,
    ),
  },
};
