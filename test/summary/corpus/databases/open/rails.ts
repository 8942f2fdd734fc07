import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcMicros } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Rails: UTC with six decimals, cents, a soft state machine. */
export const rails: CorpusDatabase = {
  name: 'rails-store',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 10], days: 60, after: 2 });
    load(db, 'schema_migrations', [{ version: '20240102030405' }, { version: '20250607080910' }]);
    const meta = { created_at: '2024-01-02 03:04:05.111111', updated_at: '2024-01-02 03:04:05.111111' };
    load(db, 'ar_internal_metadata', [{ key: 'environment', value: 'production', ...meta }]);
    const orders = times.map((moment, index) => ({
      id: index + 1,
      number: `R${500000 + index}`,
      email: random.pick(people).email,
      state: random.pick(['complete', 'complete', 'complete', 'complete', 'cart', 'canceled']),
      total_cents: random.int(1500, 52_000),
      currency: 'MYR',
      item_count: random.int(1, 6),
      created_at: utcMicros(moment),
      updated_at: utcMicros(moment),
    }));
    load(db, 'orders', orders, {
      id: 'integer PRIMARY KEY AUTOINCREMENT NOT NULL',
      number: 'varchar',
      total_cents: 'integer',
      item_count: 'integer',
      created_at: 'datetime(6)',
      updated_at: 'datetime(6)',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'orders',
    on: `date(created_at, '+8 hours') = :day`,
    counting: `state = 'complete'`,
    sums: ['sum(total_cents) / 100.0'],
    currency: 'MYR',
  }),
};
