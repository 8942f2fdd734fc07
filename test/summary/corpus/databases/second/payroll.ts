import type { CorpusDatabase } from '../../corpus-database.ts';
import { staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Wages, once a month: on other days there is nothing, and nothing stopped. */
export const payroll: CorpusDatabase = {
  name: 'monthly-payroll',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const months = ['06', '07', '08', '09', '10'].map((month) => `2026-${month}-28`);
    const rows = months.flatMap((paid_on) =>
      staff.map(({ name, ic, account }) => ({
        employee: name,
        ic_no: ic,
        bank_account: account,
        basic: 2400,
        epf: 264,
        net_pay: random.int(2000, 2600),
        paid_on,
      })),
    );
    return void load(db, 'payroll', rows, { basic: 'REAL', epf: 'REAL', net_pay: 'REAL', paid_on: 'DATE' });
  },
  truth: truthOfTable({ from: 'payroll', on: 'paid_on = :day', sums: ['coalesce(sum(net_pay), 0)'] }),
};
