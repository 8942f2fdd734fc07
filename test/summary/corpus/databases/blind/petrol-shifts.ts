import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A petrol station: one row a pump and shift, meters that only grow, takings beside. */
export const petrolShifts: CorpusDatabase = {
  name: 'petrol-station-shifts',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const meters = new Map<number, number>();
    const days = moments(random, { day: '2026-11-26', perDay: [1, 1], days: 90 }).map(dayOf);
    const rows = days.flatMap((day) =>
      ['morning', 'evening', 'night'].flatMap((shift) =>
        [1, 2, 3].map((pump) => {
          const opening = meters.get(pump) ?? 200_000 * pump;
          const litres = random.money(150, 900);
          meters.set(pump, cents(opening + litres));
          return {
            date: day,
            shift,
            pump,
            attendant: random.pick(staff).name,
            opening_meter: opening,
            closing_meter: cents(opening + litres),
            litres,
            price_per_litre: 2.05,
            sales: cents(litres * 2.05),
          };
        }),
      ),
    );
    return void load(db, 'shift_readings', rows, {
      pump: 'INTEGER',
      opening_meter: 'REAL',
      closing_meter: 'REAL',
      litres: 'REAL',
      price_per_litre: 'REAL',
      sales: 'REAL',
    });
  },
  truth: truthOfTable({ from: 'shift_readings', on: 'date = :day', sums: ['sum(sales)'] }),
};
