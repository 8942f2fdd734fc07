import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A gym: members pay by the month, and come in between. */
export const gym: CorpusDatabase = {
  name: 'gym-members-and-visits',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const members = people.map(({ name, ic, phone, email }, index) => ({
      id: index + 1,
      name,
      ic,
      phone,
      email,
      plan: random.pick(['basic', 'plus']),
      monthly_fee: random.pick([99, 149]),
      joined_on: `2025-${String(1 + (index % 12)).padStart(2, '0')}-11`,
    }));
    load(db, 'members', members, { id: 'INTEGER PRIMARY KEY', monthly_fee: 'INTEGER', joined_on: 'DATE' });
    const visits = moments(random, { day: '2026-11-26', open: [6, 23], perDay: [9, 18], days: 70 });
    const entries = visits.map((moment, index) => ({
      id: index + 1,
      member_id: random.int(1, people.length),
      checked_in_at: localText(moment),
    }));
    load(db, 'check_ins', entries, { id: 'INTEGER PRIMARY KEY', member_id: 'INTEGER', checked_in_at: 'DATETIME' });
    const payments = moments(random, { day: '2026-11-26', perDay: [1, 3], days: 70 }).map((moment, index) => ({
      id: index + 1,
      member_id: random.int(1, people.length),
      amount: random.pick([99, 149]),
      paid_at: localText(moment),
    }));
    return void load(db, 'payments', payments, {
      id: 'INTEGER PRIMARY KEY',
      member_id: 'INTEGER',
      amount: 'INTEGER',
      paid_at: 'DATETIME',
    });
  },
  truth: {
    amounts: [{ sql: 'SELECT sum(amount) FROM payments WHERE date(paid_at) = :day', currency: null }],
    counts: [
      { sql: 'SELECT count(*) FROM payments WHERE date(paid_at) = :day', words: /payment/i },
      { sql: 'SELECT count(*) FROM check_ins WHERE date(checked_in_at) = :day', words: /check.?ins?/i },
    ],
  },
};
