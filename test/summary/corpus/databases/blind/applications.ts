import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments, utcMicros, utcText } from '../../moments.ts';
import { people, products, staff } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Flask with SQLAlchemy and Alembic: utcnow() without a zone; a payment may be one of several of an invoice. */
export const flask: CorpusDatabase = {
  name: 'flask-invoices-and-payments',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [6, 24], perDay: [4, 9], days: 60, after: 1 });
    load(db, 'alembic_version', [{ version_num: 'a1b2c3d4e5f6' }], { version_num: 'VARCHAR(32) NOT NULL' });
    const invoices = times.map((moment, index) => ({
      id: index + 1,
      number: `2026-${String(index + 1).padStart(4, '0')}`,
      client_name: random.pick(people).name,
      total: random.money(100, 3200),
      state: random.pick(['sent', 'sent', 'sent', 'draft', 'cancelled']),
      created_at: utcMicros(moment),
    }));
    load(db, 'invoice', invoices, {
      id: 'INTEGER NOT NULL PRIMARY KEY',
      total: 'NUMERIC(10, 2)',
      created_at: 'DATETIME',
    });
    const payments = invoices
      .filter(({ state }) => state === 'sent')
      .flatMap(({ id, total }, index) => {
        const moment = times[id - 1] ?? { at: 0, offset: 8 };
        const halves = random.chance(0.3) ? 2 : 1;
        return Array.from({ length: halves }, (_, half) => ({
          id: index * 2 + half + 1,
          invoice_id: id,
          amount: cents(total / halves),
          paid_at: utcMicros(later(moment, 30 + half)),
          method: random.pick(['fpx', 'card', 'cash']),
        }));
      });
    load(db, 'payment', payments, {
      id: 'INTEGER NOT NULL PRIMARY KEY',
      invoice_id: 'INTEGER',
      amount: 'NUMERIC(10, 2)',
      paid_at: 'DATETIME',
    });
    return (times.at(-1)?.at ?? 0) + 31 * 60_000;
  },
  truth: {
    amounts: [
      { sql: `SELECT sum(amount) FROM payment WHERE date(paid_at, '+8 hours') = :day`, currency: null },
      {
        sql: `SELECT sum(total) FROM invoice WHERE date(created_at, '+8 hours') = :day AND state = 'sent'`,
        currency: null,
      },
    ],
    counts: [
      { sql: `SELECT count(*) FROM payment WHERE date(paid_at, '+8 hours') = :day`, words: /payment/i },
      { sql: `SELECT count(*) FROM invoice WHERE date(created_at, '+8 hours') = :day`, words: /invoice/i },
      {
        sql: `SELECT count(*) FROM invoice WHERE date(created_at, '+8 hours') = :day AND state = 'sent'`,
        words: /invoice/i,
      },
    ],
  },
};

/** Spree: a cart is an order that was never completed. */
export const spree: CorpusDatabase = {
  name: 'spree-orders',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 11], days: 60, after: 2 });
    load(db, 'schema_migrations', [{ version: '20250101000001' }], { version: 'varchar PRIMARY KEY' });
    const rows = times.map((moment, index) => {
      const state = random.pick(['complete', 'complete', 'complete', 'cart', 'address', 'canceled']);
      const items = random.money(20, 340);
      return {
        id: index + 1,
        number: `R${300_000_000 + index}`,
        item_total: items,
        total: cents(items + 8),
        state,
        adjustment_total: 8,
        user_id: random.int(1, 90),
        completed_at: state === 'complete' || state === 'canceled' ? utcMicros(later(moment, 12)) : null,
        canceled_at: state === 'canceled' ? utcMicros(later(moment, 40)) : null,
        payment_total: state === 'complete' ? cents(items + 8) : 0,
        email: random.pick(people).email,
        currency: 'MYR',
        created_at: utcMicros(moment),
        updated_at: utcMicros(later(moment, 40)),
        item_count: random.int(1, 5),
      };
    });
    load(db, 'spree_orders', rows, {
      id: 'integer PRIMARY KEY',
      item_total: 'decimal(10,2)',
      total: 'decimal(10,2)',
      adjustment_total: 'decimal(10,2)',
      payment_total: 'decimal(10,2)',
      user_id: 'bigint',
      completed_at: 'datetime',
      canceled_at: 'datetime',
      created_at: 'datetime(6)',
      updated_at: 'datetime(6)',
      item_count: 'integer',
    });
    return (times.at(-1)?.at ?? 0) + 41 * 60_000;
  },
  truth: {
    amounts: ['completed_at', 'created_at'].flatMap(
      (column) =>
        truthOfTable({
          from: 'spree_orders',
          on: `date(${column}, '+8 hours') = :day`,
          counting: `state = 'complete'`,
          sums: ['sum(total)', 'sum(item_total)'],
          currency: 'MYR',
        }).amounts,
    ),
    counts: ['completed_at', 'created_at'].flatMap(
      (column) =>
        truthOfTable({ from: 'spree_orders', on: `date(${column}, '+8 hours') = :day`, counting: `state = 'complete'` })
          .counts,
    ),
  },
};

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

/** Odoo's point of sale: UTC, the amount with tax, what was paid and what was given back as change. */
export const odooPos: CorpusDatabase = {
  name: 'odoo-point-of-sale',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', open: [7, 23], perDay: [6, 12], days: 50 });
    const rows = times.map((moment, index) => {
      const total = random.chance(0.06) ? -random.money(5, 60) : random.money(5, 180);
      return {
        id: index + 1,
        name: `Shop/${String(index + 1).padStart(4, '0')}`,
        date_order: utcText(moment),
        user_id: random.int(1, 4),
        partner_name: random.pick(people).name,
        session_id: Math.ceil((index + 1) / 9),
        amount_tax: cents(total * 0.06),
        amount_total: total,
        amount_paid: cents(total + 5),
        amount_return: 5,
        state: random.pick(['done', 'done', 'done', 'paid', 'invoiced', 'cancel']),
        create_date: utcText(moment),
      };
    });
    load(db, 'pos_order', rows, {
      id: 'integer PRIMARY KEY',
      user_id: 'integer',
      session_id: 'integer',
      amount_tax: 'numeric',
      amount_total: 'numeric',
      amount_paid: 'numeric',
      amount_return: 'numeric',
      date_order: 'timestamp',
      create_date: 'timestamp',
    });
    return times.at(-1)?.at;
  },
  truth: truthOfTable({
    from: 'pos_order',
    on: `date(date_order, '+8 hours') = :day`,
    counting: `state <> 'cancel'`,
    sums: ['sum(amount_total)'],
  }),
};

/** A hotel: booked today for a stay next month; rates a night. */
export const hotel: CorpusDatabase = {
  name: 'hotel-reservations',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [3, 8] }).map((moment, index) => {
      const nights = random.int(1, 5);
      const rate = random.pick([148, 188, 260]);
      const arrival = later(moment, random.int(1, 60) * 1440);
      return {
        id: index + 1,
        booked_at: localText(moment),
        guest: random.pick(people).name,
        passport: random.pick(people).ic,
        room_type: random.pick(['deluxe', 'twin']),
        check_in: dayOf(arrival),
        check_out: dayOf(later(arrival, nights * 1440)),
        nights,
        room_rate: rate,
        total_amount: nights * rate,
        status: random.pick(['confirmed', 'confirmed', 'confirmed', 'cancelled', 'no show']),
      };
    });
    return void load(db, 'reservations', rows, {
      id: 'INTEGER PRIMARY KEY',
      nights: 'INTEGER',
      room_rate: 'REAL',
      total_amount: 'REAL',
      check_in: 'DATE',
      check_out: 'DATE',
    });
  },
  truth: {
    amounts: [`status = 'confirmed'`, `status <> 'cancelled'`].flatMap(
      (counting) =>
        truthOfTable({ from: 'reservations', on: 'date(booked_at) = :day', counting, sums: ['sum(total_amount)'] })
          .amounts,
    ),
    counts: [
      ...[`status = 'confirmed'`, `status <> 'cancelled'`].flatMap(
        (counting) => truthOfTable({ from: 'reservations', on: 'date(booked_at) = :day', counting }).counts,
      ),
      { sql: `SELECT count(*) FROM reservations WHERE check_in = :day`, words: /check|arriv/i },
      {
        sql: `SELECT count(*) FROM reservations WHERE check_in = :day AND status = 'confirmed'`,
        words: /check|arriv/i,
      },
    ],
  },
};

/** A salon: appointments stand in the future, and say when they are, not when they were made. */
export const salon: CorpusDatabase = {
  name: 'salon-appointments',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-12-20', perDay: [3, 7], days: 100 }).map((moment, index) => ({
      id: index + 1,
      starts_at: localText(moment).slice(0, 16),
      client: random.pick(people).name,
      client_phone: random.pick(people).phone,
      stylist: random.pick(staff).name,
      duration_min: random.pick([30, 45, 90]),
      price: random.pick([35, 60, 120, 180]),
      status: dayOf(moment) > '2026-11-26' ? 'booked' : random.pick(['done', 'done', 'done', 'no show', 'cancelled']),
    }));
    return void load(db, 'appointments', rows, { id: 'INTEGER PRIMARY KEY', duration_min: 'INTEGER', price: 'REAL' });
  },
  truth: truthOfTable({
    from: 'appointments',
    on: 'date(starts_at) = :day',
    counting: `status = 'done'`,
    sums: ['sum(price)'],
  }),
};

/** A gym: members pay by the month, and come in between. */
export const gym: CorpusDatabase = {
  name: 'gym-members-and-visits',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const members = people.map(({ name, ic, phone, email }, index) => ({
      id: index + 1,
      name,
      ic,
      phone,
      email,
      plan: random.pick(['basic', 'plus']),
      monthly_fee: random.pick([99, 149]),
      joined_on: `2025-${String(1 + (index % 12)).padStart(2, '0')}-11`,
    }));
    load(db, 'members', members, { id: 'INTEGER PRIMARY KEY', monthly_fee: 'INTEGER', joined_on: 'DATE' });
    const visits = moments(random, { day: '2026-11-26', open: [6, 23], perDay: [9, 18], days: 70 });
    const entries = visits.map((moment, index) => ({
      id: index + 1,
      member_id: random.int(1, people.length),
      checked_in_at: localText(moment),
    }));
    load(db, 'check_ins', entries, { id: 'INTEGER PRIMARY KEY', member_id: 'INTEGER', checked_in_at: 'DATETIME' });
    const payments = moments(random, { day: '2026-11-26', perDay: [1, 3], days: 70 }).map((moment, index) => ({
      id: index + 1,
      member_id: random.int(1, people.length),
      amount: random.pick([99, 149]),
      paid_at: localText(moment),
    }));
    return void load(db, 'payments', payments, {
      id: 'INTEGER PRIMARY KEY',
      member_id: 'INTEGER',
      amount: 'INTEGER',
      paid_at: 'DATETIME',
    });
  },
  truth: {
    amounts: [{ sql: 'SELECT sum(amount) FROM payments WHERE date(paid_at) = :day', currency: null }],
    counts: [
      { sql: 'SELECT count(*) FROM payments WHERE date(paid_at) = :day', words: /payment/i },
      { sql: 'SELECT count(*) FROM check_ins WHERE date(checked_in_at) = :day', words: /check.?ins?/i },
    ],
  },
};

/** A help desk: numbers and people, no money; a ticket's priority is a number. */
export const tickets: CorpusDatabase = {
  name: 'support-tickets',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 23], perDay: [5, 12] }).map((moment, index) => {
      const person = random.pick(people);
      return {
        id: index + 1,
        subject: `Refund for ${person.name}`,
        requester_email: person.email,
        assignee: random.pick(staff).name,
        priority: random.int(1, 4),
        score: random.int(1, 5),
        status: random.pick(['open', 'pending', 'solved', 'solved']),
        created_at: localText(moment),
        first_reply_minutes: random.int(2, 300),
      };
    });
    return void load(db, 'tickets', rows, {
      id: 'INTEGER PRIMARY KEY',
      priority: 'INTEGER',
      score: 'INTEGER',
      first_reply_minutes: 'INTEGER',
    });
  },
  truth: truthOfTable({ from: 'tickets', on: 'date(created_at) = :day' }),
};

/** Orders and their lines, and a total in neither. */
export const linesOnly: CorpusDatabase = {
  name: 'order-header-and-lines',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const times = moments(random, { day: '2026-11-26', perDay: [4, 9], days: 60 });
    const orders = times.map((moment, index) => ({
      OrderID: 10_248 + index,
      Customer: random.pick(people).name,
      OrderDate: localText(moment),
      Freight: random.money(2, 30),
      ShipAddress: random.pick(people).address,
    }));
    load(db, 'Orders', orders, { OrderID: 'INTEGER PRIMARY KEY', OrderDate: 'DATETIME', Freight: 'NUMERIC' });
    const lines = orders.flatMap(({ OrderID }) =>
      Array.from({ length: random.int(1, 4) }, () => {
        const product = random.pick(products);
        return {
          OrderID,
          ProductName: product.name,
          UnitPrice: product.price,
          Quantity: random.int(1, 12),
          Discount: random.pick([0, 0, 0.1]),
        };
      }),
    );
    return void load(db, 'Order Details', lines, {
      OrderID: 'INTEGER',
      UnitPrice: 'NUMERIC',
      Quantity: 'INTEGER',
      Discount: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(UnitPrice * Quantity * (1 - Discount)) FROM "Order Details" JOIN Orders USING (OrderID)
              WHERE date(OrderDate) = :day`,
        currency: null,
      },
      { sql: 'SELECT sum(Freight) FROM Orders WHERE date(OrderDate) = :day', currency: null, words: /freight/i },
    ],
    counts: truthOfTable({ from: 'Orders', on: 'date(OrderDate) = :day', words: /orders\b/i }).counts,
  },
};
