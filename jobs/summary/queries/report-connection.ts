import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { localTimestamp } from '../../runtime/clock.ts';
import { dateForm, naiveSeconds } from './date-form.ts';
import { type DayOption, dayOf, dayOptions } from './day-of.ts';
import { knownWord } from './known-words.ts';
import { localCalendar } from './local-calendar.ts';
import { num } from './num.ts';

/** Larger than SQLite's own 2 MiB: a big table's index is walked several times. */
const cacheKib = 16 * 1024;
const busyMs = 5000;

/**
 * Opens a database for reading only, with the SQL functions of reports: `day_of(x)`, `day_of(x, 'UTC' | 'mdy')`, `num(x)`,
 * `known_word(x)`, `day_start(day)` (epoch seconds at which a local day begins), `last_write()` (local time of the file's last
 * change).
 */
export function openForReports(file: string, zone: string): Sqlite.Database {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyMs });
  connection.pragma('query_only = ON');
  connection.pragma(`cache_size = -${cacheKib}`);
  const calendar = localCalendar(zone);
  const pure = { deterministic: true };
  connection.function('day_of', pure, (value: unknown) => dayOf(value, calendar));
  connection.function('day_of', pure, (value: unknown, option: unknown) => dayOf(value, calendar, dayOption(option)));
  connection.function('num', pure, (value: unknown) => num(value));
  connection.function('date_form', pure, (value: unknown) => dateForm(value));
  connection.function('naive_seconds', pure, (value: unknown) => naiveSeconds(value));
  connection.function('known_word', pure, (value: unknown) => knownWord(value));
  connection.function('day_start', pure, (day: unknown) => calendar.startOf(String(day)));
  connection.function('last_write', () => lastWrite(file, zone));
  return connection;
}

function dayOption(option: unknown): DayOption {
  const known = dayOptions.find((one) => one === option);
  if (known !== undefined) return known;
  if (option === null) return null;
  throw new Error(`day_of's second argument is 'UTC', 'mdy' or 'mdy UTC', not ${JSON.stringify(option)}`);
}

/** The database and its -wal, whichever changed last; an empty -wal is one that a reader made. */
function lastWrite(file: string, zone: string): string {
  const parts = [file, `${file}-wal`].map((name) => statSync(name, { throwIfNoEntry: false }));
  const times = parts.map((part) => (part === undefined || part.size === 0 ? 0 : part.mtimeMs));
  return localTimestamp(Temporal.Instant.fromEpochMilliseconds(Math.floor(Math.max(...times))), zone);
}
