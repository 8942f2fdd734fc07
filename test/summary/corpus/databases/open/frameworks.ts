import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments, utcMicros, utcText } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
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

/** Odoo's tables: UTC, quotations beside orders, an amount before tax and one with. */
export const odoo: CorpusDatabase = {
  name: 'odoo-sales',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [7, 24], perDay: [3, 8], days: 60 });
    const partners = people.map(({ name, email, phone }, index) => ({
      id: index + 1,
      name,
      email,
      phone,
      create_date: '2025-02-01 02:00:00',
    }));
    load(db, 'res_partner', partners, { id: 'integer primary key' });
    load(db, 'res_currency', [{ id: 34, name: 'MYR', symbol: 'RM', active: 1 }], { id: 'integer', active: 'boolean' });
    const orders = times.map((moment, index) => {
      const untaxed = random.money(60, 2400);
      return {
        id: index + 1,
        name: `S${String(index + 1).padStart(5, '0')}`,
        state: random.pick(['sale', 'sale', 'sale', 'draft', 'sent', 'cancel']),
        date_order: utcText(moment),
        create_date: utcText({ ...moment, at: moment.at - 600_000 }),
        write_date: utcText(moment),
        partner_id: random.int(1, people.length),
        user_id: random.int(1, 3),
        currency_id: 34,
        amount_untaxed: untaxed,
        amount_tax: cents(untaxed * 0.08),
        amount_total: cents(cents(untaxed * 0.08) + untaxed),
      };
    });
    load(db, 'sale_order', orders, {
      id: 'integer primary key',
      date_order: 'timestamp',
      create_date: 'timestamp',
      write_date: 'timestamp',
      partner_id: 'integer',
      user_id: 'integer',
      currency_id: 'integer',
      amount_untaxed: 'numeric',
      amount_tax: 'numeric',
      amount_total: 'numeric',
    });
    return times.at(-1)?.at;
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(amount_total) FROM sale_order WHERE date(date_order, '+8 hours') = :day AND state = 'sale'`,
        currency: 'MYR',
      },
      {
        sql: `SELECT sum(amount_untaxed) FROM sale_order WHERE date(date_order, '+8 hours') = :day AND state = 'sale'`,
        currency: 'MYR',
        words: /untaxed/i,
      },
    ],
    counts: truthOfTable({
      from: 'sale_order',
      on: `date(date_order, '+8 hours') = :day`,
      counting: `state = 'sale'`,
    }).counts,
  },
};

/** Local times, whatever the framework: this Laravel was told its zone. */
export const laravelLocal: CorpusDatabase = {
  name: 'laravel-with-local-zone',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [8, 24], perDay: [5, 9], days: 70, after: 3 });
    load(db, 'migrations', [{ id: 1, migration: '2024_01_01_000000_create_sales_table', batch: 1 }], {
      id: 'integer primary key',
    });
    const sales = times.map((moment, index) => ({
      id: index + 1,
      invoice_no: `INV${10_000 + index}`,
      cashier: random.pick(staff).name,
      customer: random.pick(people).name,
      grand_total: random.money(5, 150),
      payment_status: random.pick(['paid', 'paid', 'paid', 'paid', 'due']),
      created_at: localText(moment),
      updated_at: localText(moment),
    }));
    load(db, 'sales', sales, {
      id: 'integer primary key autoincrement',
      grand_total: 'numeric',
      created_at: 'datetime',
      updated_at: 'datetime',
    });
    return (times.at(-1)?.at ?? 0) + 2000;
  },
  truth: {
    amounts: ['1', `payment_status = 'paid'`].flatMap(
      (counting) =>
        truthOfTable({ from: 'sales', on: 'date(created_at) = :day', counting, sums: ['sum(grand_total)'] }).amounts,
    ),
    counts: truthOfTable({ from: 'sales', on: 'date(created_at) = :day', counting: `payment_status = 'paid'` }).counts,
  },
};
