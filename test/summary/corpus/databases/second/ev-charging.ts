import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments, timeOf } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Chargers for cars: energy and minutes beside what a session cost. */
export const evCharging: CorpusDatabase = {
  name: 'ev-charging-sessions',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [6, 13], days: 50, after: 2 }).map(
      (moment, index) => {
        const kwh = random.money(4, 55);
        return {
          session_id: index + 1,
          started_at: `${dayOf(moment)}T${timeOf(moment)}+08:00`,
          plate: random.pick(people).plate,
          kwh,
          duration_min: random.int(10, 120),
          tariff: 1.2,
          cost: cents(kwh * 1.2),
        };
      },
    );
    return void load(db, 'sessions', rows, {
      session_id: 'INTEGER PRIMARY KEY',
      kwh: 'REAL',
      duration_min: 'INTEGER',
      tariff: 'REAL',
      cost: 'REAL',
    });
  },
  truth: truthOfTable({ from: 'sessions', on: 'substr(started_at, 1, 10) = :day', sums: ['sum(cost)'] }),
};
