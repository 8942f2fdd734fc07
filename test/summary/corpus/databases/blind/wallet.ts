import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Kept in local time by a wallet: what a row moved, and what was left after it. */
export const wallet: CorpusDatabase = {
  name: 'prepaid-wallet',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const left = new Map<string, number>();
    const rows = moments(random, { day: '2026-11-26', perDay: [6, 12] }).map((moment, index) => {
      const person = random.pick(people);
      const type = random.pick(['topup', 'spend', 'spend', 'spend']);
      const amount = type === 'topup' ? random.int(1, 5) * 50 : random.money(3, 24);
      const after = cents((left.get(person.name) ?? 400) + (type === 'topup' ? amount : -amount));
      left.set(person.name, after);
      return {
        id: index + 1,
        member_phone: person.phone,
        type,
        amount,
        balance_after: after,
        created_at: localText(moment),
      };
    });
    return void load(db, 'wallet_transactions', rows, {
      id: 'INTEGER PRIMARY KEY',
      amount: 'REAL',
      balance_after: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(amount) FROM wallet_transactions WHERE date(created_at) = :day AND type = 'spend'`,
        currency: null,
        words: /spen[dt]/i,
      },
      {
        sql: `SELECT sum(amount) FROM wallet_transactions WHERE date(created_at) = :day AND type = 'topup'`,
        currency: null,
        words: /top/i,
      },
    ],
    counts: truthOfTable({ from: 'wallet_transactions', on: 'date(created_at) = :day' }).counts,
  },
};
