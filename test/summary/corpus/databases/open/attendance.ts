import type { CorpusDatabase } from '../../corpus-database.ts';
import { later, localText, moments } from '../../moments.ts';
import { staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Who came to work: nothing is sold here. */
export const attendance: CorpusDatabase = {
  name: 'staff-attendance',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [7, 10], perDay: [3, 4], closed: [0] }).map(
      (moment, index) => {
        const person = random.pick(staff);
        return {
          id: index + 1,
          staff_name: person.name,
          ic_no: person.ic,
          clock_in: localText(moment),
          clock_out: localText(later(moment, 540)),
          hours: 9,
          hourly_rate: 12.5,
        };
      },
    );
    return void load(db, 'attendance', rows, { id: 'INTEGER PRIMARY KEY', hours: 'REAL', hourly_rate: 'REAL' });
  },
  truth: {
    amounts: [
      {
        sql: 'SELECT sum(hours) FROM attendance WHERE date(clock_in) = :day',
        currency: null,
        words: /hours/i,
        isExtra: true,
      },
    ],
    counts: truthOfTable({ from: 'attendance', on: 'date(clock_in) = :day' }).counts,
  },
};
