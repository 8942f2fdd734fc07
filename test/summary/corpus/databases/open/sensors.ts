import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, type Moment, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import type { Random } from '../../random.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

const reading = (random: Random, moment: Moment) => ({
  at: localText(moment),
  sensor: random.pick(['cold-room-1', 'cold-room-2']),
  temperature_c: random.money(2, 8),
  humidity_pct: random.money(60, 90),
});

/** Sensors: there is nothing to add up. */
export const sensors: CorpusDatabase = {
  name: 'cold-room-sensors',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [46, 48], days: 40, after: 9 });
    load(
      db,
      'readings',
      rows.map((moment) => reading(random, moment)),
      { temperature_c: 'REAL', humidity_pct: 'REAL' },
    );
    const contacts = people.slice(0, 3).map(({ name, phone }) => ({ name, phone, role: 'on call' }));
    return void load(db, 'contacts', contacts);
  },
  truth: truthOfTable({ from: 'readings', on: 'date(at) = :day' }),
};
