import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

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
