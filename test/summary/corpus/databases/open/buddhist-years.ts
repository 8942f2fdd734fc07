import type { CorpusDatabase } from '../../corpus-database.ts';
import { buddhist, moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

/** A shop in Bangkok: Buddhist years. */
export const buddhistYears: CorpusDatabase = {
  name: 'buddhist-years',
  day: '2026-11-26',
  zone: 'Asia/Bangkok',
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', offset: 7, perDay: [4, 9] }).map((moment, index) => ({
      เลขที่: `INV${1000 + index}`,
      วันที่: buddhist(moment),
      ลูกค้า: random.pick(people).name,
      เบอร์โทร: random.pick(people).phone,
      ยอดรวม: random.money(80, 2600),
      สถานะ: random.pick(['ชำระแล้ว', 'ชำระแล้ว', 'ยกเลิก']),
    }));
    return void load(db, 'ใบเสร็จ', rows, { ยอดรวม: 'REAL' });
  },
  truth: truthOfTable({
    from: 'ใบเสร็จ',
    on: `(substr(วันที่, 7, 4) - 543) || '-' || substr(วันที่, 4, 2) || '-' || substr(วันที่, 1, 2) = :day`,
    counting: `สถานะ <> 'ยกเลิก'`,
    sums: ['sum(ยอดรวม)'],
  }),
};
