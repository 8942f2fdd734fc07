import type { CorpusDatabase } from '../../corpus-database.ts';
import { epochSeconds, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A Node program's table: epoch seconds, sen in whole numbers under a plain name, and a currency beside. */
export const amountsInSen: CorpusDatabase = {
  name: 'sen-and-epoch-seconds',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 9] }).map((moment, index) => ({
      id: index + 1,
      customer_email: random.pick(people).email,
      amount: random.int(350, 64_000),
      currency: 'MYR',
      status: random.pick(['paid', 'paid', 'paid', 'paid', 'failed']),
      created_at: epochSeconds(moment),
    }));
    return void load(db, 'payments', rows, { id: 'INTEGER PRIMARY KEY', amount: 'INTEGER', created_at: 'INTEGER' });
  },
  truth: truthOfTable({
    from: 'payments',
    on: `date(created_at, 'unixepoch', '+8 hours') = :day`,
    counting: `status = 'paid'`,
    sums: ['sum(amount) / 100.0'],
    currency: 'MYR',
  }),
};
