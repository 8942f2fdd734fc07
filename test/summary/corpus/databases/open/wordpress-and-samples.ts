import type { Database } from 'better-sqlite3';
import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, type Moment, moments, utcText } from '../../moments.ts';
import { people, products } from '../../people.ts';
import type { Random } from '../../random.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

function options(db: Database) {
  const rows = [
    { option_id: 1, option_name: 'woocommerce_currency', option_value: 'MYR' },
    { option_id: 2, option_name: 'timezone_string', option_value: zone },
  ];
  load(db, 'wp_options', rows, { option_id: 'INTEGER PRIMARY KEY' });
}

/** WooCommerce's own order tables: times in GMT, refunds as orders with negative totals. */
export const woocommerce: CorpusDatabase = {
  name: 'woocommerce-order-tables',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    options(db);
    const times = moments(random, { day: '2026-11-26', open: [6, 24], perDay: [4, 9], after: 1 });
    const orders = times.map((moment, index) => {
      const person = random.pick(people);
      const refund = random.chance(0.05);
      const total = random.money(15, 420);
      return {
        id: 900 + index,
        status: refund
          ? 'wc-completed'
          : random.pick([
              'wc-completed',
              'wc-completed',
              'wc-processing',
              'wc-cancelled',
              'wc-failed',
              'wc-checkout-draft',
            ]),
        currency: 'MYR',
        type: refund ? 'shop_order_refund' : 'shop_order',
        tax_amount: 0,
        total_amount: refund ? -total : total,
        customer_id: random.int(1, people.length),
        billing_email: person.email,
        date_created_gmt: utcText(moment),
        date_updated_gmt: utcText(moment),
        parent_order_id: refund ? 900 + index - 1 : 0,
        payment_method: random.pick(['billplz', 'bacs']),
        ip_address: '175.139.1.1',
        customer_note: random.chance(0.1) ? `Call ${person.phone}` : '',
      };
    });
    load(db, 'wp_wc_orders', orders, {
      id: 'INTEGER PRIMARY KEY',
      tax_amount: 'decimal(26,8)',
      total_amount: 'decimal(26,8)',
      customer_id: 'bigint',
      date_created_gmt: 'datetime',
      date_updated_gmt: 'datetime',
      parent_order_id: 'bigint',
    });
    const meta = orders.flatMap(({ id }) => [
      { id: id * 2, order_id: id, meta_key: '_wc_order_attribution_source_type', meta_value: 'typein' },
      { id: id * 2 + 1, order_id: id, meta_key: '_billing_address_index', meta_value: random.pick(people).address },
    ]);
    load(db, 'wp_wc_orders_meta', meta, { id: 'INTEGER PRIMARY KEY', order_id: 'bigint' });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: [`type = 'shop_order'`, '1'].flatMap(
      (kind) =>
        truthOfTable({
          from: 'wp_wc_orders',
          on: `date(date_created_gmt, '+8 hours') = :day`,
          counting: `${kind} AND status IN ('wc-completed', 'wc-processing')`,
          sums: ['sum(total_amount)'],
          currency: 'MYR',
        }).amounts,
    ),
    counts: truthOfTable({
      from: 'wp_wc_orders',
      on: `date(date_created_gmt, '+8 hours') = :day`,
      counting: `type = 'shop_order' AND status IN ('wc-completed', 'wc-processing')`,
    }).counts,
  },
};

const postOf = (moment: Moment) => ({ post_date: localText(moment), post_date_gmt: utcText(moment) });

/** The older WooCommerce: an order is a post among pages and revisions, and its total a row of another table. */
export const woocommercePosts: CorpusDatabase = {
  name: 'woocommerce-posts-and-meta',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    options(db);
    const posts = moments(random, { day: '2026-11-26', open: [6, 24], perDay: [5, 11] }).map((moment, index) => {
      const type = random.pick(['shop_order', 'shop_order', 'shop_order', 'revision', 'attachment', 'page']);
      return {
        ID: index + 1,
        post_author: 1,
        ...postOf(moment),
        post_title: type === 'shop_order' ? 'Order' : `About ${random.pick(people).name}`,
        post_status:
          type === 'shop_order'
            ? random.pick(['wc-completed', 'wc-completed', 'wc-processing', 'wc-cancelled'])
            : 'inherit',
        post_type: type,
      };
    });
    load(db, 'wp_posts', posts, {
      ID: 'INTEGER PRIMARY KEY',
      post_author: 'bigint',
      post_date: 'datetime',
      post_date_gmt: 'datetime',
    });
    const meta = posts
      .filter(({ post_type }) => post_type === 'shop_order')
      .flatMap(({ ID }) => [
        { post_id: ID, meta_key: '_order_total', meta_value: two(random.money(20, 380)) },
        { post_id: ID, meta_key: '_order_currency', meta_value: 'MYR' },
        { post_id: ID, meta_key: '_billing_phone', meta_value: random.pick(people).phone },
      ])
      .map((row, index) => ({ meta_id: index + 1, ...row }));
    return void load(db, 'wp_postmeta', meta, { meta_id: 'INTEGER PRIMARY KEY', post_id: 'bigint' });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(meta_value) FROM wp_postmeta JOIN wp_posts ON ID = post_id
              WHERE meta_key = '_order_total' AND date(post_date) = :day AND post_status <> 'wc-cancelled'`,
        currency: 'MYR',
      },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM wp_posts WHERE date(post_date) = :day', words: /posts|rows/i },
      {
        sql: `SELECT count(*) FROM wp_posts WHERE date(post_date) = :day AND post_type = 'shop_order'`,
        words: /order/i,
      },
      {
        sql: `SELECT count(*) FROM wp_posts WHERE date(post_date) = :day AND post_type = 'shop_order' AND post_status <> 'wc-cancelled'`,
        words: /order/i,
      },
    ],
  },
};

/** The shape of Metabase's sample: capitals, ISO times in the shop's own zone, ratings beside totals. */
export const metabase: CorpusDatabase = {
  name: 'metabase-sample',
  day: '2026-11-26',
  zone: 'UTC',
  fill: (db, random) => {
    const persons = people.map(({ name, email, address }, index) => ({
      ID: index + 1,
      ADDRESS: address,
      EMAIL: email,
      PASSWORD: `9f1c-${index}`,
      NAME: name,
      LONGITUDE: 101.6,
      LATITUDE: 3.1,
      CREATED_AT: `2026-0${1 + (index % 9)}-14T10:00:00Z`,
    }));
    load(db, 'PEOPLE', persons, {
      ID: 'BIGINT PRIMARY KEY',
      LONGITUDE: 'REAL',
      LATITUDE: 'REAL',
      CREATED_AT: 'TIMESTAMP',
    });
    const goods = products.map(({ name, price }, index) => ({
      ID: index + 1,
      TITLE: name,
      PRICE: price,
      RATING: 3.5,
      CREATED_AT: '2026-01-02T00:00:00Z',
    }));
    load(db, 'PRODUCTS', goods, {
      ID: 'BIGINT PRIMARY KEY',
      PRICE: 'DOUBLE',
      RATING: 'DOUBLE',
      CREATED_AT: 'TIMESTAMP',
    });
    const orders = moments(random, { day: '2026-11-26', offset: 0, open: [0, 24], perDay: [6, 14], days: 100 }).map(
      (moment, index) => {
        const subtotal = random.money(15, 140);
        return {
          ID: index + 1,
          USER_ID: random.int(1, people.length),
          PRODUCT_ID: random.int(1, products.length),
          SUBTOTAL: subtotal,
          TAX: cents(subtotal * 0.055),
          TOTAL: cents(subtotal + cents(subtotal * 0.055)),
          DISCOUNT: random.chance(0.1) ? random.money(1, 20) : null,
          CREATED_AT: `${localText(moment).replace(' ', 'T')}Z`,
          QUANTITY: random.int(1, 9),
        };
      },
    );
    load(db, 'ORDERS', orders, {
      ID: 'BIGINT PRIMARY KEY',
      USER_ID: 'INTEGER',
      PRODUCT_ID: 'INTEGER',
      SUBTOTAL: 'DOUBLE',
      TAX: 'DOUBLE',
      TOTAL: 'DOUBLE',
      DISCOUNT: 'DOUBLE',
      CREATED_AT: 'TIMESTAMP',
      QUANTITY: 'INTEGER',
    });
    const reviews = people.map(({ name }, index) => ({
      ID: index + 1,
      PRODUCT_ID: 1,
      REVIEWER: name,
      RATING: 4,
      BODY: `I, ${name}, liked it`,
      CREATED_AT: '2026-11-20T00:00:00Z',
    }));
    return void load(db, 'REVIEWS', reviews, { ID: 'BIGINT PRIMARY KEY', RATING: 'INTEGER', CREATED_AT: 'TIMESTAMP' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(TOTAL) FROM ORDERS WHERE date(CREATED_AT) = :day', currency: null },
      { sql: 'SELECT sum(SUBTOTAL) FROM ORDERS WHERE date(CREATED_AT) = :day', currency: null, words: /subtotal/i },
    ],
    counts: truthOfTable({ from: 'ORDERS', on: 'date(CREATED_AT) = :day' }).counts,
  },
};

const reading = (random: Random, moment: Moment) => ({
  at: localText(moment),
  sensor: random.pick(['cold-room-1', 'cold-room-2']),
  temperature_c: random.money(2, 8),
  humidity_pct: random.money(60, 90),
});

/** Sensors: there is nothing to add up. */
export const sensors: CorpusDatabase = {
  name: 'cold-room-sensors',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [46, 48], days: 40, after: 9 });
    load(
      db,
      'readings',
      rows.map((moment) => reading(random, moment)),
      { temperature_c: 'REAL', humidity_pct: 'REAL' },
    );
    const contacts = people.slice(0, 3).map(({ name, phone }) => ({ name, phone, role: 'on call' }));
    return void load(db, 'contacts', contacts);
  },
  truth: truthOfTable({ from: 'readings', on: 'date(at) = :day' }),
};

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
