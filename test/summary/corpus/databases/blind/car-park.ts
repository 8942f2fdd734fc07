import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A car park: keyed by ticket, plates, cars still inside have no fee yet. */
export const carPark: CorpusDatabase = {
  name: 'car-park-tickets',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [6, 23], perDay: [10, 20], days: 45 }).map(
      (moment, index) => {
        const left = later(moment, random.int(20, 600));
        const inside = dayOf(left) > '2026-11-26';
        return {
          ticket: `T${500_000 + index}`,
          plate: random.pick(people).plate,
          entry_at: localText(moment),
          exit_at: inside ? null : localText(left),
          minutes: inside ? null : Math.round((left.at - moment.at) / 60_000),
          fee: inside ? null : cents(Math.ceil((left.at - moment.at) / 3_600_000) * 1.5 + 0.5),
          paid_by: inside ? null : random.pick(['Touch n Go', 'cash']),
        };
      },
    );
    return void load(db, 'tickets', rows, { ticket: 'TEXT PRIMARY KEY', minutes: 'INTEGER', fee: 'REAL' });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(fee) FROM tickets WHERE date(exit_at) = :day', currency: null },
      { sql: 'SELECT sum(fee) FROM tickets WHERE date(entry_at) = :day', currency: null },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM tickets WHERE date(entry_at) = :day' },
      { sql: 'SELECT count(*) FROM tickets WHERE date(exit_at) = :day' },
    ],
  },
};
