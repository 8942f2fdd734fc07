import type { CorpusDatabase } from '../../corpus-database.ts';
import { localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';
import { truthOfTable } from '../../truth-of-table.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A help desk: numbers and people, no money; a ticket's priority is a number. */
export const tickets: CorpusDatabase = {
  name: 'support-tickets',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [8, 23], perDay: [5, 12] }).map((moment, index) => {
      const person = random.pick(people);
      return {
        id: index + 1,
        subject: `Refund for ${person.name}`,
        requester_email: person.email,
        assignee: random.pick(staff).name,
        priority: random.int(1, 4),
        score: random.int(1, 5),
        status: random.pick(['open', 'pending', 'solved', 'solved']),
        created_at: localText(moment),
        first_reply_minutes: random.int(2, 300),
      };
    });
    return void load(db, 'tickets', rows, {
      id: 'INTEGER PRIMARY KEY',
      priority: 'INTEGER',
      score: 'INTEGER',
      first_reply_minutes: 'INTEGER',
    });
  },
  truth: truthOfTable({ from: 'tickets', on: 'date(created_at) = :day' }),
};
