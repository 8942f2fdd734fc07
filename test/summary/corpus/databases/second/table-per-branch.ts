import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable, unionOf } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

const branchTables = ['sales_kajang', 'sales_ipoh', 'sales_bayan'];

/** One table a branch: the shop's day is all of them. */
export const tablePerBranch: CorpusDatabase = {
  name: 'table-per-branch',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    for (const table of branchTables) {
      const rows = moments(random, { day: '2026-11-26', perDay: [3, 7], days: 60 }).map((moment, index) => ({
        id: index + 1,
        sold_at: localText(moment),
        cashier: random.pick(staff).name,
        total: random.money(5, 160),
      }));
      load(db, table, rows, { id: 'INTEGER PRIMARY KEY', total: 'REAL' });
    }
    return undefined;
  },
  truth: {
    amounts: [
      ...truthOfTable({ from: unionOf(branchTables), on: 'date(sold_at) = :day', sums: ['sum(total)'] }).amounts,
      ...branchTables.map((table) => ({
        sql: `SELECT sum(total) FROM ${table} WHERE date(sold_at) = :day`,
        currency: null,
        words: new RegExp(table.replace('sales_', ''), 'i'),
      })),
    ],
    counts: [
      ...truthOfTable({ from: unionOf(branchTables), on: 'date(sold_at) = :day' }).counts,
      ...branchTables.map((table) => ({
        sql: `SELECT count(*) FROM ${table} WHERE date(sold_at) = :day`,
        words: new RegExp(table.replace('sales_', ''), 'i'),
      })),
    ],
  },
};
