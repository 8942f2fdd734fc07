import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Invoices made on one day and paid on another: two right answers under two names. */
export const createdAndPaid: CorpusDatabase = {
  name: 'created-and-paid-dates',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => {
      const paid = later(moment, random.int(1, 9) * 1440);
      const isPaid = dayOf(paid) <= '2026-11-26';
      return {
        id: index + 1,
        client: random.pick(people).name,
        amount: random.money(50, 1800),
        status: isPaid ? 'paid' : 'unpaid',
        created_at: localText(moment),
        paid_at: isPaid ? localText(paid) : null,
      };
    });
    return void load(db, 'invoices', rows, { id: 'INTEGER PRIMARY KEY', amount: 'REAL' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(amount) FROM invoices WHERE date(paid_at) = :day', currency: null },
      {
        sql: 'SELECT sum(amount) FROM invoices WHERE date(created_at) = :day',
        currency: null,
        words: /invoiced|created|issued|invoices/i,
      },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM invoices WHERE date(paid_at) = :day' },
      { sql: 'SELECT count(*) FROM invoices WHERE date(created_at) = :day' },
    ],
  },
};
