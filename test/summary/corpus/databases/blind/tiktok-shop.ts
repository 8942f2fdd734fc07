import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, later, type Moment, moments, timeOf } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** TikTok Shop's order export: a row a SKU, the order's amount in each, a tab after each time. */
export const tiktokShop: CorpusDatabase = {
  name: 'tiktok-shop-orders',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const stamp = (moment: Moment) => `${dayFirst(moment)} ${timeOf(moment)}\t`;
    const rows = moments(random, { day: '2026-11-25', open: [0, 24], perDay: [4, 9] }).flatMap((moment, index) => {
      const person = random.pick(people);
      const bought = Array.from({ length: random.int(1, 3) }, () => ({
        ...random.pick(products),
        count: random.int(1, 3),
      }));
      const goods = cents(bought.reduce((sum, { price, count }) => sum + price * count, 0));
      const status = random.pick(['Completed', 'Completed', 'Shipped', 'To ship', 'Canceled']);
      return bought.map(({ name, sku, price, count }) => ({
        'Order ID': `57694${1_000_000 + index * 17}`,
        'Order Status': status,
        'Order Substatus': status,
        'Cancelation/Return Type': status === 'Canceled' ? 'Cancel' : '',
        'Normal or Pre-order': 'Normal',
        'Seller SKU': sku,
        'Product Name': name,
        Quantity: String(count),
        'SKU Unit Original Price': two(price),
        'SKU Subtotal Before Discount': two(price * count),
        'SKU Subtotal After Discount': two(price * count),
        'Shipping Fee After Discount': '5.90',
        Taxes: '0',
        'Order Amount': two(goods + 5.9),
        'Order Refund Amount': '0',
        'Created Time': stamp(moment),
        'Paid Time': status === 'Canceled' ? '\t' : stamp(later(moment, 2)),
        'Shipped Time': status === 'Shipped' ? stamp(later(moment, 900)) : '\t',
        'Cancelled Time': status === 'Canceled' ? stamp(later(moment, 60)) : '\t',
        'Buyer Username': person.email.split('@')[0] ?? '',
        Recipient: person.name,
        'Phone #': person.phone,
        'Detail Address': person.address,
        'Payment Method': random.pick(['Cash on Delivery', 'Credit/Debit card', 'Online banking']),
        'Weight(kg)': '0.4',
      }));
    });
    return void load(db, 'to_ship_order_20261126', rows);
  },
  truth: (() => {
    const on = `substr("Created Time", 7, 4) || '-' || substr("Created Time", 4, 2) || '-' || substr("Created Time", 1, 2) = :day`;
    const counting = `"Order Status" <> 'Canceled'`;
    const from = 'to_ship_order_20261126';
    return {
      amounts: [
        {
          sql: `SELECT sum(amount) FROM (SELECT max("Order Amount" + 0) AS amount FROM ${from} WHERE ${on} AND ${counting} GROUP BY "Order ID")`,
          currency: null,
        },
        { sql: `SELECT sum("SKU Subtotal After Discount") FROM ${from} WHERE ${on} AND ${counting}`, currency: null },
      ],
      counts: [
        { sql: `SELECT count(*) FROM ${from} WHERE ${on}`, words: /\brows?\b|item|sku/i },
        { sql: `SELECT count(*) FROM ${from} WHERE ${on} AND ${counting}`, words: /\brows?\b|item|sku/i },
        { sql: `SELECT count(DISTINCT "Order ID") FROM ${from} WHERE ${on}`, words: /orders\b/i },
        { sql: `SELECT count(DISTINCT "Order ID") FROM ${from} WHERE ${on} AND ${counting}`, words: /orders\b/i },
      ],
    };
  })(),
};
