import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcText } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Laravel as it comes: UTC, soft deletes. */
export const laravel: CorpusDatabase = {
  name: 'laravel-bookings',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [4, 9], days: 70, after: 2 });
    const made = ['create_users_table', 'create_jobs_table', 'create_bookings_table'];
    const migrations = made.map((name, index) => ({ id: index + 1, migration: `0001_01_01_${name}`, batch: 1 }));
    load(db, 'migrations', migrations, { id: 'integer primary key autoincrement', batch: 'integer' });
    load(db, 'failed_jobs', [], { id: 'integer primary key', uuid: 'varchar', failed_at: 'datetime' });
    const users = staff.map(({ name, email }, index) => ({
      id: index + 1,
      name,
      email,
      created_at: '2026-01-05 02:00:00',
    }));
    load(db, 'users', users, { id: 'integer primary key', created_at: 'datetime' });
    const bookings = times.map((moment, index) => ({
      id: index + 1,
      customer_name: random.pick(people).name,
      customer_phone: random.pick(people).phone,
      service: random.pick(['cut', 'colour', 'wash']),
      price: random.money(20, 260),
      deposit: 20,
      status: random.pick(['confirmed', 'confirmed', 'confirmed', 'completed', 'cancelled']),
      created_at: utcText(moment),
      updated_at: utcText(moment),
      deleted_at: random.chance(0.08) ? utcText(moment) : null,
    }));
    load(db, 'bookings', bookings, {
      id: 'integer primary key autoincrement',
      price: 'numeric',
      deposit: 'numeric',
      created_at: 'datetime',
      updated_at: 'datetime',
      deleted_at: 'datetime',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'bookings',
    on: `date(created_at, '+8 hours') = :day`,
    counting: `deleted_at IS NULL AND status <> 'cancelled'`,
    sums: ['sum(price)'],
  }),
};
