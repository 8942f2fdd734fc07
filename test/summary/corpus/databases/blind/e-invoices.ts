import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments } from '../../moments.ts';
import { people } from '../../people.ts';
import { cents, load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** E-invoices as the tax office wants them: excluding, tax, including; rejected ones do not count. */
export const eInvoices: CorpusDatabase = {
  name: 'e-invoices',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', perDay: [3, 8] }).map((moment, index) => {
      const excluding = random.money(80, 4000);
      const tax = cents(excluding * 0.08);
      return {
        uuid: `F9D425P6DS7D${index}`,
        internal_id: `EI-${index + 1}`,
        type_name: 'Invoice',
        issuer_tin: 'C58412233090',
        receiver_tin: `IG${random.pick(people).ic.replaceAll('-', '')}`,
        receiver_name: random.pick(people).name,
        date_time_issued: new Date(moment.at).toISOString().replace('.000', ''),
        status: random.pick(['Valid', 'Valid', 'Valid', 'Valid', 'Invalid', 'Cancelled']),
        currency: 'MYR',
        total_excluding_tax: excluding,
        total_tax: tax,
        total_payable_amount: cents(excluding + tax),
      };
    });
    return void load(db, 'documents', rows, {
      uuid: 'TEXT PRIMARY KEY',
      total_excluding_tax: 'REAL',
      total_tax: 'REAL',
      total_payable_amount: 'REAL',
    });
  },
  truth: truthOfTable({
    from: 'documents',
    on: `date(date_time_issued, '+8 hours') = :day`,
    counting: `status = 'Valid'`,
    sums: ['sum(total_payable_amount)', 'sum(total_excluding_tax)'],
    currency: 'MYR',
  }),
  canaries: ['C58412233090', ...people.map(({ ic }) => `IG${ic.replaceAll('-', '')}`)],
};
