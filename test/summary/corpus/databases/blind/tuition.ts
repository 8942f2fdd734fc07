import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A tuition centre, in Tamil. */
export const tuition: CorpusDatabase = {
  name: 'tamil-tuition-centre',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [2, 6] }).map((moment, index) => ({
      எண்: index + 1,
      தேதி: dayFirst(moment),
      மாணவர்: random.pick(people).name,
      தொலைபேசி: random.pick(people).phone,
      பாடம்: random.pick(['கணிதம்', 'அறிவியல்']),
      கட்டணம்: random.pick([60, 80, 120]),
    }));
    return void load(db, 'கட்டணங்கள்', rows, { எண்: 'INTEGER', கட்டணம்: 'INTEGER' });
  },
  truth: truthOfTable({
    from: 'கட்டணங்கள்',
    on: `substr(தேதி, 7) || '-' || substr(தேதி, 4, 2) || '-' || substr(தேதி, 1, 2) = :day`,
    sums: ['sum(கட்டணம்)'],
  }),
};
