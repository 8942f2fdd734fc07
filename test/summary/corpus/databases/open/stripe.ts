import type { CorpusDatabase } from '../../corpus-database.ts';
import { epochSeconds, moments, utcText } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** The API's objects as rows: sen, epoch seconds, failed charges. */
export const stripeCharges: CorpusDatabase = {
  name: 'stripe-api-charges',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 9], after: 2 });
    const charges = times.map((moment, index) => {
      const amount = random.int(900, 48_000);
      const status = random.pick([
        'succeeded',
        'succeeded',
        'succeeded',
        'succeeded',
        'succeeded',
        'failed',
        'pending',
      ]);
      const refunded = status === 'succeeded' && random.chance(0.06);
      return {
        id: `ch_3P${index}kQ${random.int(1000, 9999)}`,
        object: 'charge',
        amount,
        amount_captured: status === 'succeeded' ? amount : 0,
        amount_refunded: refunded ? amount : 0,
        currency: 'myr',
        created: epochSeconds(moment),
        status,
        paid: status === 'succeeded' ? 1 : 0,
        refunded: refunded ? 1 : 0,
        livemode: 1,
        receipt_email: random.pick(people).email,
        description: `Invoice for ${random.pick(people).name}`,
      };
    });
    load(db, 'charges', charges, {
      id: 'TEXT PRIMARY KEY',
      amount: 'INTEGER',
      amount_captured: 'INTEGER',
      amount_refunded: 'INTEGER',
      created: 'INTEGER',
      paid: 'INTEGER',
      refunded: 'INTEGER',
      livemode: 'INTEGER',
    });
    return undefined;
  },
  truth: {
    amounts: truthOfTable({
      from: 'charges',
      on: `date(created, 'unixepoch', '+8 hours') = :day`,
      counting: `status = 'succeeded'`,
      sums: ['sum(amount - amount_refunded) / 100.0'],
      currency: 'MYR',
    }).amounts,
    counts: [`status = 'succeeded'`, `status = 'succeeded' AND refunded = 0`].flatMap(
      (counting) =>
        truthOfTable({ from: 'charges', on: `date(created, 'unixepoch', '+8 hours') = :day`, counting }).counts,
    ),
  },
};

/** The dashboard's export: ringgit with decimals, times in UTC and saying so. */
export const stripePayments: CorpusDatabase = {
  name: 'stripe-dashboard-export',
  day: '2026-11-23',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-23', open: [0, 24], perDay: [4, 9] }).map((moment, index) => {
      const amount = random.money(9, 410);
      const status = random.pick(['Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Failed', 'Refunded']);
      const person = random.pick(people);
      return {
        id: `ch_3Q${index}`,
        'Created date (UTC)': utcText(moment),
        Amount: two(amount),
        'Amount Refunded': status === 'Refunded' ? two(amount) : '0.00',
        Currency: 'myr',
        Captured: status === 'Failed' ? 'false' : 'true',
        'Converted Amount': two(amount),
        'Decline Reason': status === 'Failed' ? 'insufficient_funds' : '',
        Description: 'Subscription creation',
        Fee: two(amount * 0.03 + 1),
        Status: status,
        'Customer ID': `cus_${index}Lm`,
        'Customer Email': person.email,
        'Card Name': person.name,
      };
    });
    return void load(db, 'unified_payments', rows);
  },
  truth: truthOfTable({
    from: 'unified_payments',
    on: `date("Created date (UTC)", '+8 hours') = :day`,
    counting: `Status = 'Paid'`,
    sums: ['sum(Amount)'],
    currency: 'MYR',
  }),
};

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
