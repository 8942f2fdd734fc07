import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** pandas' to_sql: an index column, timestamps at midnight with a time. */
export const pandas: CorpusDatabase = {
  name: 'pandas-to-sql',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9] }).map((moment, index) => {
      const quantity = random.int(1, 12);
      const product = random.pick(products);
      return {
        index,
        Date: `${dayOf(moment)} 00:00:00`,
        Customer: random.pick(people).name,
        SKU: product.sku,
        Quantity: quantity,
        'Unit Price': product.price,
        Revenue: cents(quantity * product.price),
        'Margin %': random.money(10, 40),
      };
    });
    load(db, 'df', rows, {
      index: 'BIGINT',
      Date: 'TIMESTAMP',
      Quantity: 'BIGINT',
      'Unit Price': 'FLOAT',
      Revenue: 'FLOAT',
      'Margin %': 'FLOAT',
    });
    db.exec('CREATE INDEX ix_df_index ON df ("index")');
    return undefined;
  },
  truth: truthOfTable({ from: 'df', on: 'date(Date) = :day', sums: ['sum(Revenue)'] }),
};
