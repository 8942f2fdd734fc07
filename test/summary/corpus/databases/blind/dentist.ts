import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A dental practice that keeps its books in Chinese. */
export const dentist: CorpusDatabase = {
  name: 'chinese-dental-practice',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [4, 9], closed: [0] }).map((moment, index) => {
      const person = random.pick(people);
      return {
        编号: index + 1,
        日期: dayOf(moment),
        病人姓名: person.name,
        身份证号: person.ic,
        电话: person.phone,
        医生: random.pick(staff).name,
        治疗: random.pick(['洗牙', '补牙', '拔牙']),
        收费: random.money(60, 480),
        付款方式: random.pick(['现金', '刷卡']),
      };
    });
    return void load(db, '诊疗记录', rows, { 编号: 'INTEGER PRIMARY KEY', 收费: 'REAL' });
  },
  truth: truthOfTable({ from: '诊疗记录', on: '日期 = :day', sums: ['sum(收费)'] }),
};
