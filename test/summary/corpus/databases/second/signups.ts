import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A newsletter: who signed up, and nothing else. */
export const signups: CorpusDatabase = {
  name: 'newsletter-signups',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [3, 9] }).map((moment, index) => ({
      id: index + 1,
      email: `${index}.${random.pick(people).email}`,
      full_name: random.pick(people).name,
      source: random.pick(['website', 'facebook']),
      subscribed_at: `${localText(moment).replace(' ', 'T')}+08:00`,
    }));
    return void load(db, 'subscribers', rows, { id: 'INTEGER PRIMARY KEY' });
  },
  truth: truthOfTable({ from: 'subscribers', on: 'substr(subscribed_at, 1, 10) = :day' }),
};
