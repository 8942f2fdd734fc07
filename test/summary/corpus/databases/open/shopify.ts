import type { Database } from 'better-sqlite3';
import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, type Moment, moments, timeOf } from '../../moments.ts';
import { people, products } from '../../people.ts';
import type { Random } from '../../random.ts';
import { cents, load, two } from '../../tables.ts';
import { unionOf } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';
const stamp = (moment: Moment) => `${dayOf(moment)} ${timeOf(moment)} +0800`;

/** One row a line item; what belongs to the whole order stands in its first row only. */
function exportRows(random: Random, placed: readonly Moment[], first: number) {
  return placed.flatMap((moment, index) => {
    const lines = Array.from({ length: random.int(1, 4) }, () => ({
      product: random.pick(products),
      count: random.int(1, 3),
    }));
    const subtotal = cents(lines.reduce((sum, { product, count }) => sum + product.price * count, 0));
    const shipping = random.pick([0, 8, 12]);
    const person = random.pick(people);
    const status = random.pick(['paid', 'paid', 'paid', 'paid', 'paid', 'paid', 'pending', 'refunded', 'voided']);
    const total = two(subtotal + shipping);
    const head = {
      'Financial Status': status,
      'Paid at': status === 'pending' || status === 'voided' ? '' : stamp(later(moment, 3)),
      'Fulfillment Status': status === 'paid' ? random.pick(['fulfilled', 'unfulfilled']) : 'unfulfilled',
      'Fulfilled at': status === 'paid' ? stamp(later(moment, 700)) : '',
      'Accepts Marketing': 'no',
      Currency: 'MYR',
      Subtotal: two(subtotal),
      Shipping: two(shipping),
      Taxes: '0.00',
      Total: total,
      'Discount Code': '',
      'Discount Amount': '0.00',
      'Shipping Method': 'Standard',
    };
    const tail = {
      'Billing Name': person.name,
      'Billing Address1': person.address,
      'Billing Phone': `'${person.phone}`,
      'Cancelled at': status === 'voided' ? stamp(later(moment, 90)) : '',
      'Payment Method': random.pick(['Billplz', 'Bank Deposit', 'iPay88']),
      'Refunded Amount': status === 'refunded' ? total : '0.00',
      Id: `58${900100 + first + index}7712`,
      Source: 'web',
    };
    return lines.map(({ product, count }, line) => ({
      Name: `#${first + index}`,
      Email: person.email,
      ...(line === 0 ? head : Object.fromEntries(Object.keys(head).map((key) => [key, '']))),
      'Created at': stamp(moment),
      'Lineitem quantity': String(count),
      'Lineitem name': product.name,
      'Lineitem price': two(product.price),
      'Lineitem sku': product.sku,
      'Lineitem fulfillment status': 'pending',
      ...(line === 0 ? tail : Object.fromEntries(Object.keys(tail).map((key) => [key, '']))),
      Vendor: 'Rumah Zamrud',
    }));
  });
}

const counting = `"Financial Status" NOT IN ('', 'voided', 'refunded')`;
const truthOf = (orders: string) => ({
  amounts: [
    {
      sql: `SELECT sum(Total) FROM ${orders} WHERE substr("Created at", 1, 10) = :day AND ${counting}`,
      currency: 'MYR',
    },
    {
      sql: `SELECT sum(Total) FROM ${orders} WHERE substr("Created at", 1, 10) = :day AND "Financial Status" = 'paid'`,
      currency: 'MYR',
    },
  ],
  counts: [
    { sql: `SELECT count(DISTINCT Name) FROM ${orders} WHERE substr("Created at", 1, 10) = :day`, words: /orders\b/i },
    {
      sql: `SELECT count(*) FROM ${orders} WHERE substr("Created at", 1, 10) = :day AND ${counting}`,
      words: /orders\b/i,
    },
    {
      sql: `SELECT count(*) FROM ${orders} WHERE substr("Created at", 1, 10) = :day AND "Financial Status" = 'paid'`,
      words: /orders\b/i,
    },
    { sql: `SELECT count(*) FROM ${orders} WHERE substr("Created at", 1, 10) = :day`, words: /\brows?\b|line/i },
  ],
});

export const shopifyExport: CorpusDatabase = {
  name: 'shopify-orders-export',
  day: '2026-11-26',
  zone,
  fill: (db, random) =>
    void load(db, 'orders_export', exportRows(random, moments(random, { day: '2026-11-26' }), 1001)),
  truth: truthOf('orders_export'),
};

function monthly(db: Database, random: Random) {
  const rows = exportRows(random, moments(random, { day: '2026-11-18', days: 79, perDay: [3, 7] }), 2001);
  for (const month of ['2026-09', '2026-10', '2026-11']) {
    const table = `orders_export_${month.replace('-', '_')}`;
    load(
      db,
      table,
      rows.filter((row) => row['Created at'].startsWith(month)),
    );
  }
}

export const shopifyMonthly: CorpusDatabase = {
  name: 'shopify-table-per-month',
  day: '2026-11-18',
  zone,
  fill: (db, random) => void monthly(db, random),
  truth: truthOf(unionOf(['orders_export_2026_09', 'orders_export_2026_10', 'orders_export_2026_11'])),
};
