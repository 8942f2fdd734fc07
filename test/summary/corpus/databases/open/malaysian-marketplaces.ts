import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments, namedMonth, timeOf } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { isoOfNamedMonth } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** One row an item of an order; a cancelled item stays. */
export const lazada: CorpusDatabase = {
  name: 'lazada-order-items',
  day: '2026-11-24',
  zone,
  fill: (db, random) => {
    const items = moments(random, { day: '2026-11-24', open: [0, 24], perDay: [3, 8] }).flatMap((moment, index) => {
      const person = random.pick(people);
      const created = `${namedMonth(moment)} ${timeOf(moment).slice(0, 5)}`;
      return Array.from({ length: random.int(1, 3) }, (_, line) => {
        const product = random.pick(products);
        const off = random.pick([0, 0, 1.5]);
        return {
          orderItemId: `4400${index}${line}88120`,
          orderType: 'Normal',
          lazadaId: '',
          sellerSku: product.sku,
          createTime: created,
          updateTime: `${namedMonth(later(moment, 600))} 09:12`,
          orderNumber: `39${7000000 + index}11`,
          customerName: person.name,
          shippingAddress: person.address,
          shippingPhone: person.phone,
          payMethod: random.pick(['COD', 'MIXEDCARD', 'TNG']),
          paidPrice: two(product.price - off),
          unitPrice: two(product.price),
          sellerDiscountTotal: two(-off),
          shippingFee: '4.90',
          itemName: product.name,
          trackingCode: `LMP${index}${line}MY`,
          status: random.pick(['confirmed', 'confirmed', 'confirmed', 'shipped', 'shipped', 'canceled', 'returned']),
        };
      });
    });
    return void load(db, 'lazada_orders', items);
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(paidPrice) FROM lazada_orders WHERE ${isoOfNamedMonth('createTime')} = :day AND status NOT IN ('canceled', 'returned')`,
        currency: null,
      },
    ],
    counts: [
      {
        sql: `SELECT count(DISTINCT orderNumber) FROM lazada_orders WHERE ${isoOfNamedMonth('createTime')} = :day`,
        words: /orders\b/i,
      },
      {
        sql: `SELECT count(DISTINCT orderNumber) FROM lazada_orders WHERE ${isoOfNamedMonth('createTime')} = :day AND status NOT IN ('canceled', 'returned')`,
        words: /orders\b/i,
      },
      {
        sql: `SELECT count(*) FROM lazada_orders WHERE ${isoOfNamedMonth('createTime')} = :day`,
        words: /\brows?\b|item/i,
      },
      {
        sql: `SELECT count(*) FROM lazada_orders WHERE ${isoOfNamedMonth('createTime')} = :day
              AND status NOT IN ('canceled', 'returned')`,
        words: /\brows?\b|item/i,
      },
    ],
  },
};

const shopeeDay = `substr("Order Creation Date", 1, 10) = :day`;
const shopeeCounts = `"Order Status" <> 'Cancelled'`;

/** One row a product of an order; the order's total stands in each of them. */
export const shopee: CorpusDatabase = {
  name: 'shopee-order-all',
  day: '2026-11-11',
  zone,
  fill: (db, random) => {
    const lines = moments(random, { day: '2026-11-11', open: [0, 24], perDay: [5, 9] }).flatMap((moment, index) => {
      const bought = Array.from({ length: random.int(1, 3) }, () => ({
        ...random.pick(products),
        count: random.int(1, 4),
      }));
      const total = two(cents(bought.reduce((sum, { price, count }) => sum + price * count, 0)) + 4.5);
      const person = random.pick(people);
      const status = random.pick(['Completed', 'Completed', 'Completed', 'To ship', 'Shipping', 'Cancelled']);
      return bought.map(({ name, sku, price, count }) => ({
        'Order ID': `${dayOf(moment).slice(2).replaceAll('-', '')}Q${index}XKF`,
        'Order Status': status,
        'Return / Refund Status': '',
        'Order Creation Date': localText(moment).slice(0, 16),
        'Order Paid Time': status === 'Cancelled' ? '-' : localText(later(moment, 4)).slice(0, 16),
        'Product Name': name,
        'SKU Reference No.': sku,
        'Original Price': two(price),
        'Deal Price': two(price),
        Quantity: String(count),
        'Returned quantity': '0',
        'Product Subtotal': two(price * count),
        'No of product in order': String(bought.length),
        'Order Total Weight': '0.450kg',
        'Grand Total': total,
        'Estimated Shipping Fee': '4.50',
        'Username (Buyer)': person.email.split('@')[0] ?? '',
        'Receiver Name': person.name,
        'Phone Number': person.phone,
        'Delivery Address': person.address,
        'Order Complete Time': '',
      }));
    });
    return void load(db, 'Order_all_20261111', lines);
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(total) FROM (SELECT max("Grand Total" + 0) AS total FROM Order_all_20261111
              WHERE ${shopeeDay} AND ${shopeeCounts} GROUP BY "Order ID")`,
        currency: null,
      },
      {
        sql: `SELECT sum("Product Subtotal") FROM Order_all_20261111 WHERE ${shopeeDay} AND ${shopeeCounts}`,
        currency: null,
      },
    ],
    counts: [
      { sql: `SELECT count(DISTINCT "Order ID") FROM Order_all_20261111 WHERE ${shopeeDay}`, words: /order(?! all)/i },
      {
        sql: `SELECT count(DISTINCT "Order ID") FROM Order_all_20261111 WHERE ${shopeeDay} AND ${shopeeCounts}`,
        words: /order(?! all)/i,
      },
      { sql: `SELECT count(*) FROM Order_all_20261111 WHERE ${shopeeDay}`, words: /\brows?\b|item|product/i },
      {
        sql: `SELECT count(*) FROM Order_all_20261111 WHERE ${shopeeDay} AND ${shopeeCounts}`,
        words: /\brows?\b|item|product/i,
      },
    ],
  },
};
