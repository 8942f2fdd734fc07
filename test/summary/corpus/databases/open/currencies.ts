import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

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
