import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments, monthFirst, timeOf } from '../../moments.ts';
import { people } from '../../people.ts';
import { load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** Month first, twelve hours, dollars in a name. */
export const americanTwelveHours: CorpusDatabase = {
  name: 'month-first-twelve-hours',
  day: '2026-11-05',
  zone: 'America/Chicago',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-05', offset: -6, perDay: [4, 9], days: 120 }).map((moment, index) => {
      const hour = Number(timeOf(moment).slice(0, 2));
      const clock = `${((hour + 11) % 12) + 1}:${timeOf(moment).slice(3, 5)} ${hour < 12 ? 'AM' : 'PM'}`;
      const [month, day] = monthFirst(moment).split('/').map(Number);
      return {
        'Order #': String(2000 + index),
        'Order Date': `${month}/${day}/${dayOf(moment).slice(0, 4)} ${clock}`,
        Customer: random.pick(people).name,
        'Total (USD)': two(random.money(9, 310)),
      };
    });
    return void load(db, 'orders', rows);
  },
  truth: truthOfTable({
    from: 'orders',
    on: `"Order Date" GLOB ltrim(substr(:day, 6, 2), '0') || '/' || ltrim(substr(:day, 9, 2), '0') || '/' || substr(:day, 1, 4) || ' *'`,
    sums: ['sum("Total (USD)")'],
    currency: 'USD',
  }),
};
