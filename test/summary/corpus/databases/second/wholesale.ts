import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayFirst, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A wholesaler's documents: credit notes are positive, and only their type says what they are. */
export const wholesale: CorpusDatabase = {
  name: 'invoices-and-credit-notes',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 9] }).map((moment, index) => {
      const type = random.pick(['INV', 'INV', 'INV', 'INV', 'CN']);
      return {
        DocNo: `${type}-${9000 + index}`,
        DocType: type,
        DocDate: dayFirst(moment),
        DebtorCode: `300-${random.int(1, 40)}`,
        DebtorName: random.pick(people).name,
        Agent: random.pick(staff).name,
        NetTotal: random.money(200, 4200),
      };
    });
    return void load(db, 'ARDocuments', rows, { NetTotal: 'NUMERIC' });
  },
  truth: (() => {
    const on = `substr(DocDate, 7) || '-' || substr(DocDate, 4, 2) || '-' || substr(DocDate, 1, 2) = :day`;
    return {
      amounts: [
        { sql: `SELECT sum(NetTotal * iif(DocType = 'CN', -1, 1)) FROM ARDocuments WHERE ${on}`, currency: null },
        { sql: `SELECT sum(NetTotal) FROM ARDocuments WHERE ${on} AND DocType = 'INV'`, currency: null },
      ],
      counts: truthOfTable({ from: 'ARDocuments', on, counting: `DocType = 'INV'` }).counts,
    };
  })(),
};
