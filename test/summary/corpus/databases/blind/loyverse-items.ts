import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments, timeOf } from '../../moments.ts';
import { branches, people, products, staff } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Loyverse's other export: a row an item. */
export const loyverseItems: CorpusDatabase = {
  name: 'loyverse-receipts-by-item',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 22], perDay: [5, 11], days: 60 }).flatMap(
      (moment, index) => {
        const sign = random.chance(0.06) ? -1 : 1;
        const cancelled = random.chance(0.05);
        const cashier = random.pick(staff).name;
        return Array.from({ length: random.int(1, 4) }, () => {
          const { name, sku, price } = random.pick(products);
          const quantity = random.int(1, 3);
          const gross = cents(sign * quantity * price);
          return {
            Date: `${dayOf(moment)} ${timeOf(moment).slice(0, 5)}`,
            'Receipt number': `1-${8200 + index}`,
            'Receipt type': sign < 0 ? 'Refund' : 'Sale',
            Category: 'Dry goods',
            SKU: sku,
            Item: name,
            Quantity: String(sign * quantity),
            'Gross sales': two(gross),
            Discounts: '0.00',
            'Net sales': two(gross),
            'Cost of goods': two(gross * 0.5),
            'Gross profit': two(gross * 0.5),
            Taxes: '0.00',
            Store: random.pick(branches),
            'Cashier name': cashier,
            'Customer name': random.pick(people).name,
            Status: cancelled ? 'Cancelled' : 'Closed',
          };
        });
      },
    );
    return void load(db, 'receipts_by_item', rows);
  },
  truth: {
    amounts: truthOfTable({
      from: 'receipts_by_item',
      on: 'substr(Date, 1, 10) = :day',
      counting: `Status = 'Closed'`,
      sums: ['sum("Net sales")'],
    }).amounts,
    counts: [
      ...['1', `Status = 'Closed'`, `Status = 'Closed' AND "Receipt type" = 'Sale'`].flatMap((counting) => [
        {
          sql: `SELECT count(*) FROM receipts_by_item WHERE substr(Date, 1, 10) = :day AND ${counting}`,
          words: /\brows?\b|item/i,
        },
        {
          sql: `SELECT count(DISTINCT "Receipt number") FROM receipts_by_item WHERE substr(Date, 1, 10) = :day AND ${counting}`,
          words: /receipts?(?! by)/i,
        },
      ]),
    ],
  },
};
