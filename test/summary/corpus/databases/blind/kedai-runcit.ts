import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A minimarket's program in Malay: cancelled sales, change given back. */
export const kedaiRuncit: CorpusDatabase = {
  name: 'kedai-runcit',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 23], perDay: [9, 18], days: 60 }).map(
      (moment, index) => {
        const total = random.money(2, 95);
        const given = Math.ceil(total / 10) * 10;
        return {
          id: index + 1,
          no_resit: `KR${70_000 + index}`,
          tarikh_masa: localText(moment),
          juruwang: random.pick(staff).name,
          pelanggan: random.pick(people).name,
          jumlah: total,
          bayaran: given,
          baki: cents(given - total),
          kaedah: random.pick(['tunai', 'tunai', 'kad', 'e-dompet']),
          status: random.pick(['selesai', 'selesai', 'selesai', 'selesai', 'batal']),
        };
      },
    );
    return void load(db, 'jualan', rows, { id: 'INTEGER PRIMARY KEY', jumlah: 'REAL', bayaran: 'REAL', baki: 'REAL' });
  },
  truth: truthOfTable({
    from: 'jualan',
    on: 'date(tarikh_masa) = :day',
    counting: `status = 'selesai'`,
    sums: ['sum(jumlah)'],
  }),
};
