import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, namedMonth } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A spreadsheet's `26-Nov-26`. */
export const shortMonthNames: CorpusDatabase = {
  name: 'day-month-name-short-year',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => {
      const [day, month, year = ''] = namedMonth(moment).split(' ');
      return {
        'Inv No': `A${700 + index}`,
        Date: `${day}-${month}-${year.slice(2)}`,
        Client: random.pick(people).name,
        Amount: two(random.money(30, 900)),
      };
    });
    return void load(db, 'invoices', rows);
  },
  truth: truthOfTable({
    from: 'invoices',
    on: `'20' || substr(Date, 8, 2) || '-' ||
         printf('%02d', (instr('JanFebMarAprMayJunJulAugSepOctNovDec', substr(Date, 4, 3)) + 2) / 3) || '-' || substr(Date, 1, 2) = :day`,
    sums: ['sum(Amount)'],
  }),
};
