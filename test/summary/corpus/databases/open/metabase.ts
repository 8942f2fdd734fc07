import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

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
