import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A kindergarten's fees: what is due and what was paid are two columns. */
export const schoolFees: CorpusDatabase = {
  name: 'school-fee-payments',
  day: '2026-11-03',
  zone,
  fill: (db, random) => {
    const pupils = people.map(({ name, ic, phone }, index) => ({
      id: index + 1,
      pupil_name: name,
      mykid: ic,
      guardian_phone: phone,
      monthly_fee: 350,
      year: 2026,
    }));
    load(db, 'pupils', pupils, { id: 'INTEGER PRIMARY KEY', monthly_fee: 'INTEGER', year: 'INTEGER' });
    const payments = moments(random, { day: '2026-11-03', days: 240, perDay: [1, 4], closed: [0, 6] }).map(
      (moment, index) => ({
        receipt_no: 7000 + index,
        pupil_id: random.int(1, people.length),
        for_month: dayOf(moment).slice(0, 7),
        amount_due: 350,
        amount_paid: random.pick([350, 350, 350, 175, 700]),
        method: random.pick(['cash', 'bank transfer']),
        paid_on: dayOf(moment),
        received_by: random.pick(staff).name,
      }),
    );
    return void load(db, 'fee_payments', payments, {
      receipt_no: 'INTEGER PRIMARY KEY',
      pupil_id: 'INTEGER',
      amount_due: 'REAL',
      amount_paid: 'REAL',
      paid_on: 'DATE',
    });
  },
  truth: truthOfTable({ from: 'fee_payments', on: 'paid_on = :day', sums: ['sum(amount_paid)'] }),
};
