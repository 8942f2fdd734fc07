import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Prisma on SQLite: epoch milliseconds, camel case. */
export const prisma: CorpusDatabase = {
  name: 'prisma-orders',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 9], days: 70, after: 1 });
    const migrated = { id: 'b1', checksum: 'c0ffee', finished_at: 1_767_000_000_000, migration_name: '20260101_init' };
    load(db, '_prisma_migrations', [migrated], { finished_at: 'DATETIME' });
    const users = people.map(({ name, email }, index) => ({
      id: `ckz${index}a8`,
      name,
      email,
      createdAt: 1_767_000_000_000 + index,
    }));
    load(db, 'User', users, { id: 'TEXT NOT NULL PRIMARY KEY', createdAt: 'DATETIME' });
    const orders = times.map((moment, index) => ({
      id: `cl9${index}x7`,
      userId: random.pick(users).id,
      total: random.money(8, 320),
      taxRate: 6,
      status: random.pick(['PAID', 'PAID', 'PAID', 'PAID', 'PENDING', 'REFUNDED']),
      createdAt: moment.at,
      updatedAt: moment.at,
    }));
    load(db, 'Order', orders, {
      id: 'TEXT NOT NULL PRIMARY KEY',
      total: 'REAL',
      taxRate: 'INTEGER',
      createdAt: 'DATETIME',
      updatedAt: 'DATETIME',
    });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: [`status = 'PAID'`, `status IN ('PAID', 'PENDING')`].flatMap(
      (counting) =>
        truthOfTable({
          from: '"Order"',
          on: `date(createdAt / 1000, 'unixepoch', '+8 hours') = :day`,
          counting,
          sums: ['sum(total)'],
        }).amounts,
    ),
    counts: [`status = 'PAID'`, `status IN ('PAID', 'PENDING')`].flatMap(
      (counting) =>
        truthOfTable({ from: '"Order"', on: `date(createdAt / 1000, 'unixepoch', '+8 hours') = :day`, counting })
          .counts,
    ),
  },
};
