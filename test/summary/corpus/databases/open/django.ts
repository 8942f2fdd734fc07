import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, utcMicros } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Django writes UTC without saying so; its own tables are larger than the shop's. */
export const django: CorpusDatabase = {
  name: 'django-shop',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [6, 24], perDay: [4, 9], days: 60, after: 2 });
    const migrations = times.slice(0, 30).map((moment, index) => ({
      id: index + 1,
      app: random.pick(['auth', 'shop', 'sessions']),
      name: `00${index}_auto`,
      applied: utcMicros(moment),
    }));
    load(db, 'django_migrations', migrations, {
      id: 'integer PRIMARY KEY AUTOINCREMENT',
      app: 'varchar(255)',
      applied: 'datetime',
    });
    const sessions = [...times, ...times].map((moment, index) => ({
      session_key: `s${index}q8vx${random.int(1e6, 9e6)}`,
      session_data: `.eJx${random.int(1e8, 9e8)}`,
      expire_date: utcMicros({ ...moment, at: moment.at + 14 * 86_400_000 }),
    }));
    load(db, 'django_session', sessions, { session_key: 'varchar(40) PRIMARY KEY', expire_date: 'datetime' });
    const users = people.map(({ name, email }, index) => ({
      id: index + 1,
      username: email.split('@')[0] ?? '',
      first_name: name,
      email,
      date_joined: utcMicros(times[index * 3] ?? { at: 0, offset: 8 }),
      is_staff: 0,
    }));
    load(db, 'auth_user', users, { id: 'integer PRIMARY KEY', date_joined: 'datetime', is_staff: 'bool' });
    const orders = times.map((moment, index) => ({
      id: index + 1,
      customer_id: random.int(1, people.length),
      created: utcMicros(moment),
      modified: utcMicros(moment),
      status: random.pick(['paid', 'paid', 'paid', 'paid', 'shipped', 'cancelled']),
      total: random.money(12, 380),
    }));
    load(db, 'shop_order', orders, {
      id: 'integer PRIMARY KEY AUTOINCREMENT',
      customer_id: 'integer REFERENCES auth_user(id)',
      created: 'datetime',
      modified: 'datetime',
      status: 'varchar(20)',
      total: 'decimal',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'shop_order',
    on: `date(created, '+8 hours') = :day`,
    counting: `status <> 'cancelled'`,
    sums: ['sum(total)'],
  }),
};
