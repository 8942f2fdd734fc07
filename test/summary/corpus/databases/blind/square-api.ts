import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, moments, utcZ } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** Square's API, synced: cents, RFC 3339 in UTC, failed and cancelled payments. */
export const squareApi: CorpusDatabase = {
  name: 'square-api-payments',
  day: '2026-11-26',
  zone: 'America/Los_Angeles',
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', offset: -8, open: [8, 22], perDay: [5, 10], days: 24 });
    const rows = times.map((moment, index) => ({
      id: `bP9${index}Zk${random.int(100, 999)}`,
      created_at: utcZ(moment),
      updated_at: utcZ(later(moment, 1)),
      amount_money_amount: random.int(450, 19_900),
      amount_money_currency: 'USD',
      tip_money_amount: random.pick([0, 100, 250]),
      status: random.pick(['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'CANCELED']),
      source_type: random.pick(['CARD', 'CASH']),
      location_id: 'L88Q',
      buyer_email_address: random.pick(people).email,
      cardholder_name: random.pick(people).name,
      receipt_number: `bP9${index}`,
    }));
    load(db, 'payments', rows, { id: 'TEXT PRIMARY KEY', amount_money_amount: 'INTEGER', tip_money_amount: 'INTEGER' });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'payments',
    on: `date(created_at, '-8 hours') = :day`,
    counting: `status = 'COMPLETED'`,
    sums: ['sum(amount_money_amount) / 100.0', 'sum(amount_money_amount + tip_money_amount) / 100.0'],
    currency: 'USD',
  }),
};
