import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Orders of testers among the others. */
export const testRows: CorpusDatabase = {
  name: 'test-orders',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [5, 10] }).map((moment, index) => ({
      id: index + 1,
      placed_at: localText(moment),
      email: random.pick(people).email,
      total: random.money(15, 310),
      is_test: random.chance(0.3) ? 1 : 0,
    }));
    return void load(db, 'orders', rows, { id: 'INTEGER PRIMARY KEY', total: 'REAL', is_test: 'INTEGER' });
  },
  truth: truthOfTable({ from: 'orders', on: 'date(placed_at) = :day', counting: 'is_test = 0', sums: ['sum(total)'] }),
};
