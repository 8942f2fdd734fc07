import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A stock book: what moved, with no price anywhere. */
export const stockMoves: CorpusDatabase = {
  name: 'stock-movements',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [5, 11] }).map((moment, index) => ({
      id: index + 1,
      moved_at: localText(moment),
      sku: random.pick(products).sku,
      type: random.pick(['in', 'out', 'out', 'out', 'adjust']),
      quantity: random.int(1, 60),
      balance_after: random.int(10, 900),
      moved_by: random.pick(people).name,
    }));
    return void load(db, 'stock_moves', rows, {
      id: 'INTEGER PRIMARY KEY',
      quantity: 'INTEGER',
      balance_after: 'INTEGER',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(quantity) FROM stock_moves WHERE date(moved_at) = :day AND type = 'out'`,
        currency: null,
        words: /\bout\b/i,
        isExtra: true,
      },
    ],
    counts: truthOfTable({ from: 'stock_moves', on: 'date(moved_at) = :day' }).counts,
  },
};
