import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Tickets for shows: reserved ones may expire; epoch milliseconds. */
export const eventTickets: CorpusDatabase = {
  name: 'event-tickets',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 12], days: 60, after: 1 }).map(
      (moment, index) => {
        const quantity = random.int(1, 6);
        const price = random.pick([45, 68, 120]);
        return {
          id: index + 1,
          buyerEmail: random.pick(people).email,
          ticketPrice: price,
          quantity,
          totalPrice: price * quantity,
          status: random.pick(['paid', 'paid', 'paid', 'reserved', 'expired']),
          createdAt: moment.at,
        };
      },
    );
    return void load(db, 'tickets', rows, {
      id: 'INTEGER PRIMARY KEY',
      ticketPrice: 'INTEGER',
      quantity: 'INTEGER',
      totalPrice: 'INTEGER',
      createdAt: 'INTEGER',
    });
  },
  truth: truthOfTable({
    from: 'tickets',
    on: `date(createdAt / 1000, 'unixepoch', '+8 hours') = :day`,
    counting: `status = 'paid'`,
    sums: ['sum(totalPrice)'],
  }),
};
