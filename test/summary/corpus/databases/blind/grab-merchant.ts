import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, moments, namedMonth, timeOf } from '../../moments.ts';
import { branches, people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { isoOfNamedMonth, truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A food app's statement for the merchant: net and gross, commissions negative, cancelled orders at nil. */
export const grabMerchant: CorpusDatabase = {
  name: 'food-delivery-merchant-statement',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-25', open: [10, 22], perDay: [6, 13], days: 45 }).map(
      (moment, index) => {
        const amount = random.money(9, 78);
        const cancelled = random.chance(0.1);
        const commission = cancelled ? 0 : -cents(amount * 0.3);
        return {
          'Merchant Name': branches[0],
          'Store Name': random.pick(branches),
          'Updated On': `${namedMonth(later(moment, 60))} ${timeOf(later(moment, 60)).slice(0, 5)}`,
          'Created On': `${namedMonth(moment)} ${timeOf(moment).slice(0, 5)}`,
          Type: 'GrabFood',
          Category: cancelled ? 'Canceled' : 'Payment',
          Status: cancelled ? 'Cancelled' : 'Transferred',
          'Transaction ID': `GF-${index}-${random.int(100, 999)}`,
          'Short Order ID': `GF-${random.int(100, 999)}`,
          Amount: cancelled ? 0 : amount,
          'Net Sales': cancelled ? 0 : amount,
          'Grab Commission': commission,
          Total: cancelled ? 0 : cents(amount + commission),
          'Customer Phone': random.pick(people).phone,
        };
      },
    );
    return void load(db, 'grab_statement', rows, {
      Amount: 'REAL',
      'Net Sales': 'REAL',
      'Grab Commission': 'REAL',
      Total: 'REAL',
    });
  },
  truth: {
    amounts: ['"Net Sales"', 'Total'].map((column) => ({
      sql: `SELECT sum(${column}) FROM grab_statement WHERE ${isoOfNamedMonth('Created On')} = :day`,
      currency: null,
    })),
    counts: truthOfTable({
      from: 'grab_statement',
      on: `${isoOfNamedMonth('Created On')} = :day`,
      counting: `Status = 'Transferred'`,
    }).counts,
  },
};
