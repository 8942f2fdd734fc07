import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Closed on Sundays, and this is one: nothing was sold, and nothing stopped. */
export const closedDay: CorpusDatabase = {
  name: 'closed-on-sundays',
  day: '2026-11-22',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-22', perDay: [5, 10], closed: [0], days: 84 }).map(
      (moment, index) => ({
        id: index + 1,
        sold_at: localText(moment),
        customer: random.pick(people).name,
        total: random.money(15, 310),
      }),
    );
    return void load(db, 'sales', rows, { id: 'INTEGER PRIMARY KEY', total: 'REAL' });
  },
  truth: truthOfTable({ from: 'sales', on: 'date(sold_at) = :day', sums: ['coalesce(sum(total), 0)'] }),
};
