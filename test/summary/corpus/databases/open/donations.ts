import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A mosque's collections, in Malay: pledged and received are different things. */
export const donations: CorpusDatabase = {
  name: 'kutipan-derma',
  day: '2026-11-20',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-20', perDay: [2, 7], days: 120 }).map((moment, index) => ({
      no_resit: `R${4000 + index}`,
      tarikh: dayOf(moment),
      nama_penderma: random.pick(people).name,
      no_telefon: random.pick(people).phone,
      tabung: random.pick(['am', 'anak yatim', 'pembinaan']),
      jumlah_rm: two(random.money(5, 300)),
      kaedah: random.pick(['tunai', 'QR', 'pindahan']),
    }));
    return void load(db, 'derma', rows);
  },
  truth: truthOfTable({ from: 'derma', on: 'tarikh = :day', sums: ['sum(jumlah_rm)'], currency: 'MYR' }),
};
