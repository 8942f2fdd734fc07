import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** Thai rents: Buddhist years in ISO order, one row a unit and month, water and power beside. */
export const thaiRents: CorpusDatabase = {
  name: 'thai-rents-buddhist-iso',
  day: '2026-11-05',
  zone: 'Asia/Bangkok',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-05', offset: 7, perDay: [1, 4], days: 120 }).map((moment, index) => {
      const rent = random.pick([4500, 5200, 6800]);
      const water = random.int(80, 260);
      const power = random.int(300, 1400);
      return {
        เลขที่ใบเสร็จ: 8000 + index,
        วันที่รับเงิน: `${Number(dayOf(moment).slice(0, 4)) + 543}${dayOf(moment).slice(4)}`,
        ผู้เช่า: random.pick(people).name,
        ค่าเช่า: rent,
        ค่าน้ำ: water,
        ค่าไฟ: power,
        รวม: rent + water + power,
      };
    });
    return void load(db, 'รับชำระ', rows, {
      เลขที่ใบเสร็จ: 'INTEGER PRIMARY KEY',
      ค่าเช่า: 'REAL',
      ค่าน้ำ: 'REAL',
      ค่าไฟ: 'REAL',
      รวม: 'REAL',
    });
  },
  truth: {
    amounts: [
      {
        sql: `SELECT sum(รวม) FROM รับชำระ WHERE (substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day`,
        currency: null,
      },
      {
        sql: `SELECT sum(ค่าเช่า) FROM รับชำระ WHERE (substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day`,
        currency: null,
        words: /เช่า/,
      },
    ],
    counts: truthOfTable({ from: 'รับชำระ', on: `(substr(วันที่รับเงิน, 1, 4) - 543) || substr(วันที่รับเงิน, 5) = :day` }).counts,
  },
};
