import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Prisma with a driver adapter: ISO text with milliseconds and an offset of nil. */
export const prismaText: CorpusDatabase = {
  name: 'prisma-iso-text',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 9], days: 60, after: 2 });
    const rows = times.map((moment, index) => ({
      id: index + 1,
      customerName: random.pick(people).name,
      totalCents: random.int(900, 42_000),
      currency: 'MYR',
      paymentStatus: random.pick(['PAID', 'PAID', 'PAID', 'VOIDED']),
      createdAt: `${new Date(moment.at).toISOString().replace('Z', '')}+00:00`,
    }));
    load(db, 'Sale', rows, {
      id: 'INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT',
      totalCents: 'INTEGER NOT NULL',
      createdAt: 'DATETIME NOT NULL',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'Sale',
    on: `date(createdAt, '+8 hours') = :day`,
    counting: `paymentStatus = 'PAID'`,
    sums: ['sum(totalCents) / 100.0'],
    currency: 'MYR',
  }),
};
