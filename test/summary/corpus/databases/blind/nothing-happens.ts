import type { CorpusDatabase } from '../../corpus-database.ts';
import { people, products } from '../../people.ts';
import { load, two } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A price list and a budget: nothing happened on any day. */
export const nothingHappens: CorpusDatabase = {
  name: 'price-list-and-budget',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const list = products.map(({ sku, name, price }) => ({
      sku,
      name,
      price,
      cost: two(price * 0.6),
      supplier: random.pick(people).name,
    }));
    load(db, 'price_list', list, { price: 'REAL', cost: 'REAL' });
    const months = Array.from({ length: 12 }, (_, index) => ({
      year: 2026,
      month: index + 1,
      sales_target: 40_000 + index * 500,
      actual: null,
    }));
    return void load(db, 'budget', months, { year: 'INTEGER', month: 'INTEGER', sales_target: 'REAL', actual: 'REAL' });
  },
  truth: { amounts: [], counts: [] },
};
