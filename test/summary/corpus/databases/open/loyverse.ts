import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments, timeOf } from '../../moments.ts';
import { branches, people, staff } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

const loyverseDay = `substr(Date, 7, 4) || '-' || substr(Date, 4, 2) || '-' || substr(Date, 1, 2) = :day AND Status = 'Closed'`;

/** Receipts: refunds are rows of their own with negative amounts; a cancelled receipt stays. */
export const loyverse: CorpusDatabase = {
  name: 'loyverse-receipts',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 22], perDay: [8, 16], days: 60 }).map(
      (moment, index) => {
        const gross = random.money(4, 60);
        const sign = random.chance(0.06) ? -1 : 1;
        const off = random.chance(0.2) ? cents(gross * 0.1) : 0;
        const person = random.pick(people);
        return {
          Date: `${dayFirst(moment)} ${timeOf(moment).slice(0, 5)}`,
          'Receipt number': `2-${1400 + index}`,
          'Receipt type': sign < 0 ? 'Refund' : 'Sale',
          'Gross sales': two(sign * gross),
          Discounts: two(sign * off),
          'Net sales': two(sign * cents(gross - off)),
          Taxes: two(sign * cents((gross - off) * 0.06)),
          'Total collected': two(sign * cents((gross - off) * 1.06)),
          'Cost of goods': two(sign * cents(gross * 0.4)),
          'Payment type': random.pick(['Cash', 'Card', 'Touch n Go']),
          'Dining option': random.pick(['Dine in', 'Takeaway']),
          POS: 'POS 1',
          Store: random.pick(branches),
          'Cashier name': random.pick(staff).name,
          'Customer name': person.name,
          'Customer contacts': person.phone,
          Status: random.chance(0.05) ? 'Cancelled' : 'Closed',
        };
      },
    );
    return void load(db, 'receipts', rows);
  },
  truth: {
    amounts: [
      { sql: `SELECT sum("Total collected") FROM receipts WHERE ${loyverseDay}`, currency: null },
      { sql: `SELECT sum("Net sales") FROM receipts WHERE ${loyverseDay}`, currency: null },
      { sql: `SELECT sum("Gross sales") FROM receipts WHERE ${loyverseDay}`, currency: null, words: /gross/i },
    ],
    counts: [
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay}` },
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay} AND "Receipt type" = 'Sale'` },
      { sql: `SELECT count(*) FROM receipts WHERE ${loyverseDay.split(' AND ')[0]}`, words: /rows?\b|receipts/i },
    ],
  },
};
