import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcText } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Odoo's tables: UTC, quotations beside orders, an amount before tax and one with. */
export const odoo: CorpusDatabase = {
  name: 'odoo-sales',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [7, 24], perDay: [3, 8], days: 60 });
    const partners = people.map(({ name, email, phone }, index) => ({
      id: index + 1,
      name,
      email,
      phone,
      create_date: '2025-02-01 02:00:00',
    }));
    load(db, 'res_partner', partners, { id: 'integer primary key' });
    load(db, 'res_currency', [{ id: 34, name: 'MYR', symbol: 'RM', active: 1 }], { id: 'integer', active: 'boolean' });
    const orders = times.map((moment, index) => {
      const untaxed = random.money(60, 2400);
      return {
        id: index + 1,
        name: `S${String(index + 1).padStart(5, '0')}`,
        state: random.pick(['sale', 'sale', 'sale', 'draft', 'sent', 'cancel']),
        date_order: utcText(moment),
        create_date: utcText({ ...moment, at: moment.at - 600_000 }),
        write_date: utcText(moment),
        partner_id: random.int(1, people.length),
        user_id: random.int(1, 3),
        currency_id: 34,
        amount_untaxed: untaxed,
        amount_tax: cents(untaxed * 0.08),
        amount_total: cents(cents(untaxed * 0.08) + untaxed),
      };
    });
    load(db, 'sale_order', orders, {
      id: 'integer primary key',
      date_order: 'timestamp',
      create_date: 'timestamp',
      write_date: 'timestamp',
      partner_id: 'integer',
      user_id: 'integer',
      currency_id: 'integer',
      amount_untaxed: 'numeric',
      amount_tax: 'numeric',
      amount_total: 'numeric',
    });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(amount_total) FROM sale_order WHERE date(date_order, '+8 hours') = :day AND state = 'sale'`,
        currency: 'MYR',
      },
      {
        sql: `SELECT sum(amount_untaxed) FROM sale_order WHERE date(date_order, '+8 hours') = :day AND state = 'sale'`,
        currency: 'MYR',
        words: /untaxed/i,
      },
    ],
    counts: truthOfTable({
      from: 'sale_order',
      on: `date(date_order, '+8 hours') = :day`,
      counting: `state = 'sale'`,
    }).counts,
  },
};
