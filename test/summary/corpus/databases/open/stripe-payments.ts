import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcText } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

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
