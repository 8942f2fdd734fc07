import type { CorpusDatabase } from '../../corpus-database.ts';
import { dayOf, later, localText, moments } from '../../moments.ts';
import { people, staff } from '../../people.ts';
import { load } from '../../tables.ts';

const zone = 'Asia/Kuala_Lumpur';

/** A courier's scans: several rows a parcel, and no money. */
export const parcelScans: CorpusDatabase = {
  name: 'parcel-tracking-events',
  day: '2026-11-26',
  zone,
  fill: (db, random) => {
    const rows = moments(random, { day: '2026-11-26', open: [5, 23], perDay: [4, 9], days: 60 })
      .flatMap((moment, index) =>
        ['picked up', 'at hub', 'out for delivery', 'delivered'].slice(0, random.int(1, 4)).map((event, step) => ({
          tracking_no: `PX${600_000 + index}MY`,
          event,
          moment: later(moment, step * 240),
          driver: random.pick(staff).name,
          plate: random.pick(people).plate,
          receiver: random.pick(people).name,
        })),
      )
      .filter(({ moment }) => dayOf(moment) <= '2026-11-26')
      .map(({ moment, ...rest }, index) => ({ id: index + 1, ...rest, scanned_at: localText(moment) }));
    return void load(db, 'tracking_events', rows, { id: 'INTEGER PRIMARY KEY' });
  },
  truth: {
    amounts: [],
    counts: [
      { sql: 'SELECT count(*) FROM tracking_events WHERE date(scanned_at) = :day' },
      {
        sql: `SELECT count(*) FROM tracking_events WHERE date(scanned_at) = :day AND event = 'delivered'`,
        words: /delivered/i,
      },
    ],
  },
};
