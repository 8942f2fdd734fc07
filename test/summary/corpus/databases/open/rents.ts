import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Rents: what a tenancy costs is not what came in; deposits are no rent. */
export const rents: CorpusDatabase = {
  name: 'property-rent-ledger',
  day: '2026-11-05',
  zone,
  fill: (db, random) => {
    const tenancies = people.map(({ name, phone, address }, index) => ({
      id: index + 1,
      tenant: name,
      phone,
      unit: address,
      monthly_rent: 900 + index * 50,
      start_date: `2025-${String(1 + (index % 12)).padStart(2, '0')}-01`,
      end_date: `2027-${String(1 + (index % 12)).padStart(2, '0')}-01`,
    }));
    load(db, 'tenancies', tenancies, { id: 'INTEGER PRIMARY KEY', monthly_rent: 'NUMERIC' });
    const receipts = moments(random, { day: '2026-11-05', days: 200, perDay: [1, 3] }).map((moment, index) => {
      const type = random.pick(['rent', 'rent', 'rent', 'rent', 'deposit', 'deposit refund']);
      const amount = random.int(9, 16) * 100;
      return {
        id: index + 1,
        tenancy_id: random.int(1, people.length),
        type,
        amount: type === 'deposit refund' ? -amount : amount,
        received_on: dayOf(moment),
        bank_ref: random.pick(people).account,
      };
    });
    return void load(db, 'receipts', receipts, { id: 'INTEGER PRIMARY KEY', tenancy_id: 'INTEGER', amount: 'NUMERIC' });
  },
  truth: {
    amounts: [
      { sql: `SELECT sum(amount) FROM receipts WHERE received_on = :day AND type = 'rent'`, currency: null },
      { sql: 'SELECT sum(amount) FROM receipts WHERE received_on = :day', currency: null },
    ],
    counts: [...truthOfTable({ from: 'receipts', on: 'received_on = :day', counting: `type = 'rent'` }).counts],
  },
};
