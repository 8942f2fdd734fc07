import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { branches, people, staff } from '../../people.ts';
import { load, two } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

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
