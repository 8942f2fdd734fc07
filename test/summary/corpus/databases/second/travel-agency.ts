import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A travel agency: a price in the customer's currency, a rate, and the price in ringgit. */
export const travelAgency: CorpusDatabase = {
  name: 'travel-bookings-converted',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [2, 7] }).map((moment, index) => {
      const [currency, rate] = random.pick([
        ['MYR', 1],
        ['SGD', 3.4],
        ['USD', 4.4],
      ] as const);
      const amount = random.money(90, 900);
      return {
        booking_ref: `TRV${4000 + index}`,
        booked_on: localText(moment),
        traveller: random.pick(people).name,
        passport_no: random.pick(people).ic,
        amount,
        currency,
        fx_rate: rate,
        amount_myr: cents(amount * rate),
      };
    });
    return void load(db, 'bookings', rows, {
      booking_ref: 'TEXT PRIMARY KEY',
      amount: 'REAL',
      fx_rate: 'REAL',
      amount_myr: 'REAL',
    });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(amount_myr) FROM bookings WHERE date(booked_on) = :day', currency: 'MYR' },
      ...['MYR', 'SGD', 'USD'].map((currency) => ({
        sql: `SELECT sum(amount) FROM bookings WHERE date(booked_on) = :day AND currency = '${currency}'`,
        currency,
      })),
    ],
    counts: truthOfTable({ from: 'bookings', on: 'date(booked_on) = :day' }).counts,
  },
};
