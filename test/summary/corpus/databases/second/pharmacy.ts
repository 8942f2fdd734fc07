import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, products, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A pharmacy: gross, discount and net; deleted sales stay with a flag; items beside. */
export const pharmacy: CorpusDatabase = {
  name: 'pharmacy-sales',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const sales = moments(random, { day: '2026-11-26', open: [9, 22], perDay: [7, 14], days: 60 }).map(
      (moment, index) => {
        const gross = random.money(6, 180);
        const discount = random.pick([0, 0, 0, 5, 10]);
        return {
          sale_id: index + 1,
          sold_at: localText(moment),
          pharmacist: random.pick(staff).name,
          patient_ic: random.pick(people).ic,
          gross_amount: gross,
          discount_pct: discount,
          net_amount: cents(gross * (1 - discount / 100)),
          is_deleted: random.chance(0.1) ? 1 : 0,
        };
      },
    );
    load(db, 'sales', sales, {
      sale_id: 'INTEGER PRIMARY KEY',
      gross_amount: 'REAL',
      discount_pct: 'REAL',
      net_amount: 'REAL',
      is_deleted: 'INTEGER',
    });
    const items = sales.flatMap(({ sale_id }) =>
      Array.from({ length: random.int(1, 3) }, () => ({
        sale_id,
        drug: random.pick(products).name,
        qty: random.int(1, 3),
        price: random.money(3, 60),
      })),
    );
    return void load(db, 'sale_items', items, { sale_id: 'INTEGER', qty: 'INTEGER', price: 'REAL' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(net_amount) FROM sales WHERE date(sold_at) = :day AND is_deleted = 0', currency: null },
      {
        sql: 'SELECT sum(gross_amount) FROM sales WHERE date(sold_at) = :day AND is_deleted = 0',
        currency: null,
        words: /gross/i,
      },
    ],
    counts: truthOfTable({ from: 'sales', on: 'date(sold_at) = :day', counting: 'is_deleted = 0' }).counts,
  },
};
