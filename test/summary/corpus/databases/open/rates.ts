import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

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
