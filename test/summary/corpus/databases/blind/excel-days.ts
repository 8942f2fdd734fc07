import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people, products } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A spreadsheet read as it is: days are Excel's numbers. */
export const excelDays: CorpusDatabase = {
  name: 'excel-serial-days',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => ({
      No: index + 1,
      Date: Math.floor((moment.at + 8 * 3_600_000) / 86_400_000) + 25_569,
      Customer: random.pick(people).name,
      Item: random.pick(products).name,
      'Amount (RM)': random.money(12, 420),
    }));
    return void load(db, 'Sheet1', rows, { No: 'INTEGER', Date: 'INTEGER', 'Amount (RM)': 'REAL' });
  },
  truth: truthOfTable({
    from: 'Sheet1',
    on: `date((Date - 25569) * 86400, 'unixepoch') = :day`,
    sums: ['sum("Amount (RM)")'],
    currency: 'MYR',
  }),
};
