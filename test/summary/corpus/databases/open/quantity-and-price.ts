import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { products } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

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
