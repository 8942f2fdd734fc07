import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, moments, utcMicros } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Flask with SQLAlchemy and Alembic: utcnow() without a zone; a payment may be one of several of an invoice. */
export const flask: CorpusDatabase = {
  name: 'flask-invoices-and-payments',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [6, 24], perDay: [4, 9], days: 60, after: 1 });
    load(db, 'alembic_version', [{ version_num: 'a1b2c3d4e5f6' }], { version_num: 'VARCHAR(32) NOT NULL' });
    const invoices = times.map((moment, index) => ({
      id: index + 1,
      number: `2026-${String(index + 1).padStart(4, '0')}`,
      client_name: random.pick(people).name,
      total: random.money(100, 3200),
      state: random.pick(['sent', 'sent', 'sent', 'draft', 'cancelled']),
      created_at: utcMicros(moment),
    }));
    load(db, 'invoice', invoices, {
      id: 'INTEGER NOT NULL PRIMARY KEY',
      total: 'NUMERIC(10, 2)',
      created_at: 'DATETIME',
    });
    const payments = invoices
      .filter(({ state }) => state === 'sent')
      .flatMap(({ id, total }, index) => {
        const moment = times[id - 1] ?? { at: 0, offset: 8 };
        const halves = random.chance(0.3) ? 2 : 1;
        return Array.from({ length: halves }, (_, half) => ({
          id: index * 2 + half + 1,
          invoice_id: id,
          amount: cents(total / halves),
          paid_at: utcMicros(later(moment, 30 + half)),
          method: random.pick(['fpx', 'card', 'cash']),
        }));
      });
    load(db, 'payment', payments, {
      id: 'INTEGER NOT NULL PRIMARY KEY',
      invoice_id: 'INTEGER',
      amount: 'NUMERIC(10, 2)',
      paid_at: 'DATETIME',
    });
    return (times.at(-1)?.at ?? 0) + 31 * 60_000;
  },
  truth: {
    amounts: [
      { sql: `SELECT sum(amount) FROM payment WHERE date(paid_at, '+8 hours') = :day`, currency: null },
      {
        sql: `SELECT sum(total) FROM invoice WHERE date(created_at, '+8 hours') = :day AND state = 'sent'`,
        currency: null,
      },
    ],
    counts: [
      { sql: `SELECT count(*) FROM payment WHERE date(paid_at, '+8 hours') = :day`, words: /payment/i },
      { sql: `SELECT count(*) FROM invoice WHERE date(created_at, '+8 hours') = :day`, words: /invoice/i },
      {
        sql: `SELECT count(*) FROM invoice WHERE date(created_at, '+8 hours') = :day AND state = 'sent'`,
        words: /invoice/i,
      },
    ],
  },
};
