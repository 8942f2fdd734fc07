import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, monthFirst, timeOf } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, grouped, load } from '../../tables.ts';

const squareDay = `'20' || substr(Date, 7, 2) || '-' || substr(Date, 1, 2) || '-' || substr(Date, 4, 2) = :day`;

const dollars = (column: string) => `sum(replace(replace("${column}", '$', ''), ',', ''))`;

/** Month first, dollar signs in the cells; refunds are negative. */
export const square: CorpusDatabase = {
  name: 'square-transactions',
  day: '2026-11-05',
  zone: 'America/New_York',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-05', offset: -5, days: 80, perDay: [4, 9] }).map((moment, index) => {
      const gross = random.chance(0.04) ? -random.money(5, 40) : random.money(5, 1400);
      const dollar = (value: number) => `${value < 0 ? '-' : ''}$${grouped(Math.abs(value))}`;
      const tip = gross > 0 ? cents(gross * 0.1) : 0;
      return {
        Date: monthFirst(moment),
        Time: timeOf(moment),
        'Time Zone': 'Eastern Time (US & Canada)',
        'Gross Sales': dollar(gross),
        Discounts: dollar(0),
        'Net Sales': dollar(gross),
        Tax: dollar(cents(gross * 0.08)),
        Tip: dollar(tip),
        'Total Collected': dollar(cents(gross * 1.08) + tip),
        Source: 'Register',
        Card: dollar(cents(gross * 1.08) + tip),
        'Card Brand': random.pick(['Visa', 'MasterCard']),
        'PAN Suffix': String(random.int(1000, 9999)),
        'Staff Name': random.pick(staff).name,
        'Transaction ID': `Tx${index}kPq9`,
        Fees: dollar(-cents(Math.abs(gross) * 0.026)),
        'Event Type': gross < 0 ? 'Refund' : 'Payment',
        Customer: random.pick(people).name,
      };
    });
    return void load(db, 'transactions_2026', rows);
  },
  truth: {
    amounts: ['Net Sales', 'Total Collected', 'Gross Sales'].map((column) => ({
      sql: `SELECT ${dollars(column)} FROM transactions_2026 WHERE ${squareDay}`,
      currency: 'USD',
    })),
    counts: [
      { sql: `SELECT count(*) FROM transactions_2026 WHERE ${squareDay}` },
      { sql: `SELECT count(*) FROM transactions_2026 WHERE ${squareDay} AND "Event Type" = 'Payment'` },
    ],
  },
};
