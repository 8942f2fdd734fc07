import type { Database } from 'better-sqlite3';
import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, type Moment, moments, utcText } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
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
