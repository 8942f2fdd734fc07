import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

const dayFirstIs = (column: string) =>
  `substr(${column}, 7, 4) || '-' || substr(${column}, 4, 2) || '-' || substr(${column}, 1, 2) = :day`;

/** One import wrote its days the other way round. */
export const mixedDates: CorpusDatabase = {
  name: 'one-import-day-first',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', perDay: [4, 9], days: 60 });
    const rows = times.map((moment, index) => ({
      id: index + 1,
      date: dayOf(moment) < '2026-11-20' ? dayOf(moment) : dayFirst(moment),
      customer: random.pick(people).name,
      amount: random.money(8, 220),
    }));
    return void load(db, 'sales', rows, { id: 'INTEGER', amount: 'REAL' });
  },
  truth: truthOfTable({
    from: 'sales',
    on: `CASE WHEN date LIKE '__/__/____' THEN ${dayFirstIs('date')} ELSE date = :day END`,
    sums: ['sum(amount)'],
  }),
};

/** Every date has a day of twelve or less: nothing in the column tells day from month. */
export const ambiguousDates: CorpusDatabase = {
  name: 'day-or-month-first',
  day: '2026-11-05',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-12', perDay: [4, 9], days: 220 })
      .filter((moment) => Number(dayOf(moment).slice(8)) <= 12 && dayOf(moment) <= '2026-11-05')
      .map((moment, index) => ({
        no: index + 1,
        tarikh: dayFirst(moment),
        nama: random.pick(people).name,
        bayaran: random.money(8, 220),
      }));
    return void load(db, 'bayaran', rows, { no: 'INTEGER', bayaran: 'REAL' });
  },
  truth: truthOfTable({ from: 'bayaran', on: dayFirstIs('tarikh'), sums: ['sum(bayaran)'] }),
};

/** Amounts as people type them. */
export const typedAmounts: CorpusDatabase = {
  name: 'amounts-with-rm',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9] }).map((moment) => ({
      Tarikh: dayFirst(moment, '-'),
      Pelanggan: random.pick(people).name,
      Jumlah: `RM ${cents(random.money(800, 2600)) >= 1000 ? '1,' : ''}${two(random.int(100, 999))}`,
    }));
    return void load(db, 'jualan', rows);
  },
  truth: truthOfTable({
    from: 'jualan',
    on: dayFirstIs('Tarikh'),
    sums: [`sum(replace(replace(Jumlah, 'RM ', ''), ',', ''))`],
    currency: 'MYR',
  }),
};
