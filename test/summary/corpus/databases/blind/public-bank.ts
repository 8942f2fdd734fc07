import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load, two } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Money in and out in one signed column, DR and CR beside it, then the balance. */
export const publicBank: CorpusDatabase = {
  name: 'public-bank-statement',
  day: '2026-11-12',
  zone,
  fill: (db, random) => {
    let balance = 9_120.4;
    const rows = moments(random, { day: '2026-11-12', perDay: [1, 5], closed: [0, 6], days: 100 }).map((moment) => {
      const amount = random.money(20, 1600);
      const credit = random.chance(0.6);
      balance = cents(balance + (credit ? amount : -amount));
      return {
        'Transaction Date': dayFirst(moment, '-'),
        'Account No': random.pick(people).account,
        Particulars: `${credit ? 'IBG CR' : 'DUITNOW DR'} ${random.pick(people).name}`,
        Amount: two(amount),
        'DR/CR': credit ? 'CR' : 'DR',
        Balance: two(balance),
      };
    });
    return void load(db, 'pbe_statement', rows);
  },
  truth: (() => {
    const on = `substr("Transaction Date", 7) || '-' || substr("Transaction Date", 4, 2) || '-' || substr("Transaction Date", 1, 2) = :day`;
    const sum = (kind: string) => `SELECT sum(Amount) FROM pbe_statement WHERE ${on} AND "DR/CR" = '${kind}'`;
    return {
      amounts: [
        { sql: sum('CR'), currency: null, words: /credit|\bCR\b|money in|received|\bin\b/i },
        { sql: sum('DR'), currency: null, words: /debit|\bDR\b|money out|spent|\bout\b/i },
      ],
      counts: truthOfTable({ from: 'pbe_statement', on }).counts,
    };
  })(),
};
