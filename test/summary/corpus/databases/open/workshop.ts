import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A workshop that keeps day-first dates in text; parts and labour add up to the total. */
export const workshop: CorpusDatabase = {
  name: 'workshop-job-cards',
  day: '2026-11-24',
  zone,
  fill: (db, random) => {
    const cards = moments(random, { day: '2026-11-24', perDay: [3, 8], closed: [0], days: 90 }).map((moment, index) => {
      const person = random.pick(people);
      const partsCost = random.money(20, 900);
      const labour = random.pick([60, 80, 120, 200]);
      return {
        job_no: `JC-${2300 + index}`,
        date: dayFirst(moment),
        plate_no: person.plate,
        owner: person.name,
        mechanic: random.pick(staff).name,
        mileage: random.int(8000, 190_000),
        parts: partsCost,
        labour,
        total: cents(partsCost + labour),
        status: random.pick(['Done', 'Done', 'Collected', 'Quotation']),
      };
    });
    return void load(db, 'job_cards', cards, { mileage: 'INTEGER', parts: 'REAL', labour: 'REAL', total: 'REAL' });
  },
  truth: truthOfTable({
    from: 'job_cards',
    on: `substr(date, 7) || '-' || substr(date, 4, 2) || '-' || substr(date, 1, 2) = :day`,
    counting: `status <> 'Quotation'`,
    sums: ['sum(total)'],
  }),
};
