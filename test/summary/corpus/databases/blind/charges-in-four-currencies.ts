import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcZ } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** One charge a row in the smallest unit of four currencies, one of which has no cents. */
export const chargesInFourCurrencies: CorpusDatabase = {
  name: 'charges-in-four-currencies',
  day: '2026-11-26',
  zone: 'Asia/Singapore',
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [8, 14], days: 60, after: 2 });
    const rows = times.map((moment, index) => ({
      id: `py_${index}Ab`,
      amount: random.int(900, 48_000),
      currency: random.pick(['sgd', 'sgd', 'sgd', 'myr', 'usd', 'jpy']),
      status: random.pick(['succeeded', 'succeeded', 'succeeded', 'requires_payment_method']),
      created: utcZ(moment),
      customer_email: random.pick(people).email,
    }));
    load(db, 'payment_intents', rows, { id: 'TEXT PRIMARY KEY', amount: 'INTEGER' });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: Object.entries({ SGD: 100, MYR: 100, USD: 100, JPY: 1 }).map(([currency, unit]) => ({
      sql: `SELECT sum(amount) / ${unit}.0 FROM payment_intents
            WHERE date(created, '+8 hours') = :day AND status = 'succeeded' AND currency = '${currency.toLowerCase()}'`,
      currency,
    })),
    counts: truthOfTable({
      from: 'payment_intents',
      on: `date(created, '+8 hours') = :day`,
      counting: `status = 'succeeded'`,
    }).counts,
  },
};
