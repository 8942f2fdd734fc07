import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A hotel: booked today for a stay next month; rates a night. */
export const hotel: CorpusDatabase = {
  name: 'hotel-reservations',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [3, 8] }).map((moment, index) => {
      const nights = random.int(1, 5);
      const rate = random.pick([148, 188, 260]);
      const arrival = later(moment, random.int(1, 60) * 1440);
      return {
        id: index + 1,
        booked_at: localText(moment),
        guest: random.pick(people).name,
        passport: random.pick(people).ic,
        room_type: random.pick(['deluxe', 'twin']),
        check_in: dayOf(arrival),
        check_out: dayOf(later(arrival, nights * 1440)),
        nights,
        room_rate: rate,
        total_amount: nights * rate,
        status: random.pick(['confirmed', 'confirmed', 'confirmed', 'cancelled', 'no show']),
      };
    });
    return void load(db, 'reservations', rows, {
      id: 'INTEGER PRIMARY KEY',
      nights: 'INTEGER',
      room_rate: 'REAL',
      total_amount: 'REAL',
      check_in: 'DATE',
      check_out: 'DATE',
    });
  },
  truth: {
    amounts: [`status = 'confirmed'`, `status <> 'cancelled'`].flatMap(
      (counting) =>
        truthOfTable({ from: 'reservations', on: 'date(booked_at) = :day', counting, sums: ['sum(total_amount)'] })
          .amounts,
    ),
    counts: [
      ...[`status = 'confirmed'`, `status <> 'cancelled'`].flatMap(
        (counting) => truthOfTable({ from: 'reservations', on: 'date(booked_at) = :day', counting }).counts,
      ),
      { sql: `SELECT count(*) FROM reservations WHERE check_in = :day`, words: /check|arriv/i },
      {
        sql: `SELECT count(*) FROM reservations WHERE check_in = :day AND status = 'confirmed'`,
        words: /check|arriv/i,
      },
    ],
  },
};
