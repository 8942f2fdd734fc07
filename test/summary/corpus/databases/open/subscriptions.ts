import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** A subscription business: invoices in cents, drafts and voids among them. */
export const subscriptions: CorpusDatabase = {
  name: 'subscription-invoices',
  day: '2026-11-26',
  zone: 'Europe/London',
  fill: (db, random) => {
    const plans = [
      { id: 1, name: 'starter', price_cents: 1900, currency: 'usd', interval: 'month' },
      { id: 2, name: 'team', price_cents: 9900, currency: 'usd', interval: 'month' },
    ];
    load(db, 'plans', plans, { id: 'INTEGER PRIMARY KEY', price_cents: 'INTEGER' });
    const accounts = people.map(({ name, email }, index) => ({
      id: index + 1,
      name,
      email,
      plan_id: 1 + (index % 2),
      mrr_cents: 1900,
    }));
    load(db, 'accounts', accounts, { id: 'INTEGER PRIMARY KEY', plan_id: 'INTEGER', mrr_cents: 'INTEGER' });
    const invoices = moments(random, { day: '2026-11-26', offset: 0, open: [0, 24], perDay: [2, 7] }).map(
      (moment, index) => {
        const due = random.pick([1900, 1900, 9900, 4750]);
        const status = random.pick(['paid', 'paid', 'paid', 'paid', 'open', 'draft', 'void']);
        return {
          id: index + 1,
          account_id: random.int(1, people.length),
          number: `INV-${5000 + index}`,
          status,
          amount_due_cents: due,
          amount_paid_cents: status === 'paid' ? due : 0,
          currency: 'usd',
          tax_percent: 20,
          created_at: new Date(moment.at).toISOString(),
          paid_at: status === 'paid' ? new Date(moment.at + 60_000).toISOString() : null,
        };
      },
    );
    return void load(db, 'invoices', invoices, {
      id: 'INTEGER PRIMARY KEY',
      account_id: 'INTEGER',
      amount_due_cents: 'INTEGER',
      amount_paid_cents: 'INTEGER',
      tax_percent: 'INTEGER',
    });
  },
  truth: {
    amounts: [
      ...truthOfTable({
        from: 'invoices',
        on: 'date(created_at) = :day',
        sums: ['sum(amount_paid_cents) / 100.0'],
        currency: 'USD',
      }).amounts,
      ...truthOfTable({
        from: 'invoices',
        on: 'date(paid_at) = :day',
        sums: ['sum(amount_paid_cents) / 100.0'],
        currency: 'USD',
      }).amounts,
      ...truthOfTable({
        from: 'invoices',
        on: `date(created_at) = :day`,
        counting: `status IN ('paid', 'open')`,
        sums: ['sum(amount_due_cents) / 100.0'],
        currency: 'USD',
      }).amounts,
    ],
    counts: [
      ...truthOfTable({ from: 'invoices', on: 'date(created_at) = :day', counting: `status = 'paid'` }).counts,
      ...truthOfTable({ from: 'invoices', on: 'date(created_at) = :day', counting: `status IN ('paid', 'open')` })
        .counts,
    ],
  },
};
