import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** A perfume shop that writes Arabic. */
export const perfumes: CorpusDatabase = {
  name: 'arabic-perfume-shop',
  day: '2026-11-26',
  zone: 'Asia/Dubai',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', offset: 4, perDay: [4, 9] }).map((moment, index) => ({
      رقم: index + 1,
      التاريخ: dayOf(moment),
      العميل: random.pick(people).name,
      الهاتف: random.pick(people).phone,
      المبلغ: random.money(20, 700),
      الحالة: random.pick(['مدفوع', 'مدفوع', 'مدفوع', 'ملغي']),
    }));
    return void load(db, 'المبيعات', rows, { رقم: 'INTEGER PRIMARY KEY', المبلغ: 'REAL' });
  },
  truth: truthOfTable({ from: 'المبيعات', on: 'التاريخ = :day', counting: `الحالة <> 'ملغي'`, sums: ['sum(المبلغ)'] }),
};
