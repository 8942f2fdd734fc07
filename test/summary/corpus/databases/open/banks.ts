import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments, namedMonth } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, grouped, load } from '../../tables.ts';
import { isoOfNamedMonth, truthOfTable, unionOf } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';
const incoming = /credit|money in|received|\bin\b/i;
const outgoing = /debit|money out|spent|paid out|\bout\b/i;

/** Money in and out with a running balance: the balance of a row is no sale. */
export const maybank: CorpusDatabase = {
  name: 'maybank-statement',
  day: '2026-11-25',
  zone,
  fill: (db, random) => {
    let balance = 48_210.55;
    const rows = moments(random, { day: '2026-11-25', perDay: [2, 6], closed: [0, 6] }).map((moment) => {
      const amount = random.chance(0.6) ? random.money(40, 2600) : -random.money(20, 3100);
      balance = cents(balance + amount);
      const person = random.pick(people);
      return {
        'Entry Date': dayFirst(moment),
        'Value Date': dayFirst(moment),
        'Transaction Description': `${amount > 0 ? 'FUND TRANSFER TO A/' : 'TRANSFER FR A/C'} ${person.name} * ${person.account}`,
        'Debit (RM)': amount < 0 ? grouped(-amount) : '',
        'Credit (RM)': amount > 0 ? grouped(amount) : '',
        'Statement Balance (RM)': grouped(balance),
      };
    });
    return void load(db, 'maybank_statement', rows);
  },
  truth: {
    amounts: [
      { column: 'Credit (RM)', words: incoming },
      { column: 'Debit (RM)', words: outgoing },
    ].map(({ column, words }) => ({
      sql: `SELECT sum(replace("${column}", ',', '')) FROM maybank_statement
            WHERE substr("Entry Date", 7) || '-' || substr("Entry Date", 4, 2) || '-' || substr("Entry Date", 1, 2) = :day`,
      currency: 'MYR',
      words,
    })),
    counts: truthOfTable({
      from: 'maybank_statement',
      on: `substr("Entry Date", 7) || '-' || substr("Entry Date", 4, 2) || '-' || substr("Entry Date", 1, 2) = :day`,
    }).counts,
  },
};

const cimbMonths = unionOf(['cimb_2026_09', 'cimb_2026_10', 'cimb_2026_11']);

/** The newest first, month by name, one file a month. */
export const cimb: CorpusDatabase = {
  name: 'cimb-statement-per-month',
  day: '2026-11-19',
  zone,
  fill: (db, random) => {
    let balance = 12_933.1;
    const rows = moments(random, { day: '2026-11-19', days: 78, perDay: [1, 5], closed: [0] }).map((moment) => {
      const amount = random.chance(0.55) ? random.money(60, 1900) : -random.money(30, 1500);
      balance = cents(balance + amount);
      const person = random.pick(people);
      return {
        month: namedMonth(moment).slice(3),
        Date: namedMonth(moment),
        Description: `DUITNOW ${amount > 0 ? 'FROM' : 'TO'} ${person.name}`,
        'Reference No': person.account,
        Withdrawal: amount < 0 ? -amount : null,
        Deposit: amount > 0 ? amount : null,
        Balance: balance,
      };
    });
    const types = { Withdrawal: 'REAL', Deposit: 'REAL', Balance: 'REAL' };
    for (const [month, table] of Object.entries({
      'Sep 2026': 'cimb_2026_09',
      'Oct 2026': 'cimb_2026_10',
      'Nov 2026': 'cimb_2026_11',
    })) {
      const ofMonth = rows.filter((row) => row.month === month).map(({ month: _, ...row }) => row);
      load(db, table, ofMonth.reverse(), types);
    }
    return undefined;
  },
  truth: {
    amounts: [
      { column: 'Deposit', words: /deposit|money in|received|\bin\b/i },
      { column: 'Withdrawal', words: /withdraw|money out|spent|\bout\b/i },
    ].map(({ column, words }) => ({
      sql: `SELECT sum(${column}) FROM ${cimbMonths} WHERE ${isoOfNamedMonth('Date')} = :day`,
      currency: null,
      words,
    })),
    counts: truthOfTable({ from: cimbMonths, on: `${isoOfNamedMonth('Date')} = :day` }).counts,
  },
};

/** A bookkeeper's journal: debits equal credits, so only an account tells sales from cash. */
export const journal: CorpusDatabase = {
  name: 'double-entry-journal',
  day: '2026-11-20',
  zone,
  fill: (db, random) => {
    const accounts = [
      { id: 1, code: '1000', name: 'Cash at bank', type: 'asset' },
      { id: 2, code: '4000', name: 'Sales', type: 'income' },
      { id: 3, code: '5000', name: 'Purchases', type: 'expense' },
    ];
    load(db, 'accounts', accounts, { id: 'INTEGER PRIMARY KEY' });
    const entries = moments(random, { day: '2026-11-20', perDay: [2, 6] }).flatMap((moment, index) => {
      const amount = random.money(50, 900);
      const sale = random.chance(0.7);
      const common = {
        entry_no: index + 1,
        posted_on: new Date(moment.at + 8 * 3_600_000).toISOString().slice(0, 10),
        memo: `${sale ? 'Invoice to' : 'Bill from'} ${random.pick(people).name}`,
      };
      return [
        { ...common, account_id: sale ? 1 : 3, debit: amount, credit: 0 },
        { ...common, account_id: sale ? 2 : 1, debit: 0, credit: amount },
      ];
    });
    return void load(db, 'journal_lines', entries, {
      entry_no: 'INTEGER',
      posted_on: 'DATE',
      account_id: 'INTEGER REFERENCES accounts(id)',
      debit: 'NUMERIC',
      credit: 'NUMERIC',
    });
  },
  truth: {
    amounts: [
      { sql: 'SELECT sum(credit) FROM journal_lines WHERE posted_on = :day AND account_id = 2', currency: null },
      { sql: 'SELECT sum(credit) FROM journal_lines WHERE posted_on = :day', currency: null, words: /credit|debit/i },
    ],
    counts: [
      { sql: 'SELECT count(*) FROM journal_lines WHERE posted_on = :day', words: /lines?|rows?/i },
      { sql: 'SELECT count(DISTINCT entry_no) FROM journal_lines WHERE posted_on = :day', words: /entries/i },
    ],
  },
};
