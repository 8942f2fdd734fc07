import { utimesSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import type { CorpusDatabase } from './corpus-database.ts';
import { randomOf } from './random.ts';

/** The instant at which a corpus database's summary is made: 08:00 after its day. */
export function summaryTime({ day, zone }: CorpusDatabase): Temporal.Instant {
  return Temporal.PlainDate.from(day)
    .add({ days: 1 })
    .toZonedDateTime({ timeZone: zone, plainTime: '08:00' })
    .toInstant();
}

/** Writes the database into the folder, as old as the business would have left it. Returns the file. */
export function makeDatabase(database: CorpusDatabase, folder: string): string {
  const file = path.join(folder, `${database.name}.db`);
  const db = new Sqlite(file);
  db.pragma('foreign_keys = OFF');
  db.exec('BEGIN');
  const written = database.fill(db, randomOf(database.name));
  db.exec('COMMIT');
  db.close();
  const at = (written ?? summaryTime(database).subtract({ hours: 1 }).epochMilliseconds) / 1000;
  utimesSync(file, at, at);
  return file;
}
