import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A salon: appointments stand in the future, and say when they are, not when they were made. */
export const salon: CorpusDatabase = {
  name: 'salon-appointments',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-12-20', perDay: [3, 7], days: 100 }).map((moment, index) => ({
      id: index + 1,
      starts_at: localText(moment).slice(0, 16),
      client: random.pick(people).name,
      client_phone: random.pick(people).phone,
      stylist: random.pick(staff).name,
      duration_min: random.pick([30, 45, 90]),
      price: random.pick([35, 60, 120, 180]),
      status: dayOf(moment) > '2026-11-26' ? 'booked' : random.pick(['done', 'done', 'done', 'no show', 'cancelled']),
    }));
    return void load(db, 'appointments', rows, { id: 'INTEGER PRIMARY KEY', duration_min: 'INTEGER', price: 'REAL' });
  },
  truth: truthOfTable({
    from: 'appointments',
    on: 'date(starts_at) = :day',
    counting: `status = 'done'`,
    sums: ['sum(price)'],
  }),
};
