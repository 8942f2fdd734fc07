import type { CorpusDatabase } from '../../corpus-database.ts';
import { epochSeconds, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
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
