import type { CorpusDatabase } from '../../corpus-database.ts';
import { moments, withOffset } from '../../moments.ts';
import { people } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** Events with everything in JSON. */
export const jsonPayload: CorpusDatabase = {
  name: 'orders-in-json',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [0, 24], perDay: [5, 11] }).map((moment, index) => {
      const person = random.pick(people);
      const total = random.money(9, 300);
      const payload = {
        customer: { name: person.name, phone: person.phone },
        total,
        currency: 'MYR',
        lines: random.int(1, 5),
      };
      return {
        id: index + 1,
        type: 'order.created',
        received_at: withOffset(moment),
        payload: JSON.stringify(payload),
      };
    });
    return void load(db, 'webhook_events', rows, { id: 'INTEGER PRIMARY KEY', payload: 'JSON' });
  },
  truth: truthOfTable({
    from: 'webhook_events',
    on: 'substr(received_at, 1, 10) = :day',
    sums: [`sum(payload ->> '$.total')`],
    currency: 'MYR',
  }),
};
