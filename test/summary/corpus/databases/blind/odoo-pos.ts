import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcText } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Odoo's point of sale: UTC, the amount with tax, what was paid and what was given back as change. */
export const odooPos: CorpusDatabase = {
  name: 'odoo-point-of-sale',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [7, 23], perDay: [6, 12], days: 50 });
    const rows = times.map((moment, index) => {
      const total = random.chance(0.06) ? -random.money(5, 60) : random.money(5, 180);
      return {
        id: index + 1,
        name: `Shop/${String(index + 1).padStart(4, '0')}`,
        date_order: utcText(moment),
        user_id: random.int(1, 4),
        partner_name: random.pick(people).name,
        session_id: Math.ceil((index + 1) / 9),
        amount_tax: cents(total * 0.06),
        amount_total: total,
        amount_paid: cents(total + 5),
        amount_return: 5,
        state: random.pick(['done', 'done', 'done', 'paid', 'invoiced', 'cancel']),
        create_date: utcText(moment),
      };
    });
    load(db, 'pos_order', rows, {
      id: 'integer PRIMARY KEY',
      user_id: 'integer',
      session_id: 'integer',
      amount_tax: 'numeric',
      amount_total: 'numeric',
      amount_paid: 'numeric',
      amount_return: 'numeric',
      date_order: 'timestamp',
      create_date: 'timestamp',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'pos_order',
    on: `date(date_order, '+8 hours') = :day`,
    counting: `state <> 'cancel'`,
    sums: ['sum(amount_total)'],
  }),
};
