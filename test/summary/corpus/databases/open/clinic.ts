import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A clinic: patients by identity card, visits, invoices with a part that the insurer pays. */
export const clinic: CorpusDatabase = {
  name: 'clinic-visits-and-invoices',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const patients = people.map(({ ic, name, phone, address }, index) => ({
      ic,
      name,
      phone,
      address,
      birth_year: 1960 + index * 3,
      allergies: 'penicillin',
    }));
    load(db, 'patients', patients, { ic: 'TEXT PRIMARY KEY', birth_year: 'INTEGER' });
    const times = moments(random, { day: '2026-11-26', open: [8, 21], perDay: [6, 13], closed: [0] });
    const visits = times.map((moment, index) => ({
      id: index + 1,
      patient_ic: random.pick(people).ic,
      doctor: random.pick(staff).name,
      diagnosis: random.pick(['J06.9', 'K29.7', 'I10', 'E11.9']),
      weight_kg: random.money(40, 98),
      arrived_at: localText(moment),
    }));
    load(db, 'visits', visits, { id: 'INTEGER PRIMARY KEY', weight_kg: 'REAL' });
    const invoices = times.map((moment, index) => ({
      id: index + 1,
      visit_id: index + 1,
      issued_at: localText(later(moment, 25)),
      consultation: 45,
      medicine: random.money(8, 140),
      total: 0,
      void: random.chance(0.06) ? 1 : 0,
    }));
    for (const invoice of invoices) invoice.total = cents(invoice.consultation + invoice.medicine);
    return void load(db, 'invoices', invoices, {
      id: 'INTEGER PRIMARY KEY',
      visit_id: 'INTEGER',
      consultation: 'REAL',
      medicine: 'REAL',
      total: 'REAL',
      void: 'INTEGER',
    });
  },
  truth: {
    amounts: truthOfTable({
      from: 'invoices',
      on: 'date(issued_at) = :day',
      counting: 'void = 0',
      sums: ['sum(total)'],
    }).amounts,
    counts: [
      ...truthOfTable({ from: 'invoices', on: 'date(issued_at) = :day', counting: 'void = 0', words: /invoice/i })
        .counts,
      ...truthOfTable({ from: 'visits', on: 'date(arrived_at) = :day', words: /visit/i }).counts,
    ],
  },
};
