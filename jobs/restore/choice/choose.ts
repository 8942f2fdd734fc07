import { dailyPrefix, parseDailyKey, parseWeeklyKey, weeklyPrefix } from '../../backup/stored/names.ts';
import { Failure } from '../../platform/errors.ts';
import type { Database } from '../../platform/settings.ts';
import type { ListedObject } from '../../platform/store/store.ts';
import type { Folder, Wish } from './request.ts';

/** An object under the backup prefixes; names that are not ours (the old script's weeklies) count too. */
export type Candidate = {
  readonly key: string;
  readonly bytes: number;
  readonly folder: Folder;
  /** When it was taken, as the name says; else when it was stored. */
  readonly at: Temporal.Instant;
};

/** Objects as candidates, the newest first; of two of the same time the daily. `zone` reads the local times in names. */
export function candidatesOf(objects: readonly ListedObject[], zone: string): Candidate[] {
  const folders = { daily: dailyPrefix, weekly: weeklyPrefix } as const;
  const found = (Object.keys(folders) as Folder[]).flatMap((folder) =>
    objects
      .filter(({ key }) => key.startsWith(folders[folder]))
      .map(({ key, bytes, modified }) => ({ key, bytes, folder, at: takenAt(key, modified, zone) })),
  );
  return found.toSorted((a, b) => Temporal.Instant.compare(b.at, a.at) || (a.key < b.key ? -1 : 1));
}

/** A weekly may have been made up after its week: what it holds is from the week. */
function takenAt(key: string, modified: Temporal.Instant, zone: string): Temporal.Instant {
  const daily = parseDailyKey(key);
  if (daily !== null) return daily.at.toZonedDateTime(zone).toInstant();
  const weekly = parseWeeklyKey(key);
  if (weekly === null) return modified;
  const end = endOfWeek(weekly.week).toZonedDateTime(zone).toInstant();
  return Temporal.Instant.compare(modified, end) < 0 ? modified : end;
}

/** ISO 8601: January 4th lies in week 1. */
function endOfWeek(week: string): Temporal.PlainDateTime {
  const [year = 0, number = 0] = week.split('-W').map(Number);
  const inWeekOne = new Temporal.PlainDate(year, 1, 4);
  const firstMonday = inWeekOne.subtract({ days: inWeekOne.dayOfWeek - 1 });
  return firstMonday.add({ days: 7 * number }).toPlainDateTime();
}

/** The database a key belongs to. Of a name that is not ours: the longest configured name it begins with. */
export function databaseOf(key: string, databases: readonly Database[]): string | null {
  const parsed = parseDailyKey(key)?.database ?? parseWeeklyKey(key)?.database;
  if (parsed !== undefined) return parsed;
  const file = key.slice(key.lastIndexOf('/') + 1);
  const names = databases
    .map(({ name }) => name)
    .filter((name) => new RegExp(`^${RegExp.escape(name)}[^a-zA-Z0-9]`).test(file));
  return names.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

/** What can serve `wish` for a database, the best first. Empty when nothing can. */
export function fitting(
  wish: Exclude<Wish, { kind: 'file' }>,
  database: Database,
  candidates: readonly Candidate[],
  databases: readonly Database[],
  zone: string,
): Candidate[] {
  const own = candidates.filter(({ key }) => databaseOf(key, databases) === database.name);
  if (wish.kind === 'latest') return own.filter(({ folder }) => wish.folder === null || folder === wish.folder);
  const until = wish.until.toZonedDateTime(zone).toInstant();
  return own.filter(({ at }) => Temporal.Instant.compare(at, until) < 0);
}

/** The database to restore into. Throws ARGUMENT_INVALID when that is not certain. */
export function targetOf(named: string | null, asked: string | null, databases: readonly Database[]): Database {
  const known = databases.map(({ name }) => name).join(', ');
  const wanted = asked ?? named ?? (databases.length === 1 ? databases[0]?.name : undefined);
  const found = databases.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  if (wanted === undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `DATABASE_PATH names several databases (${known}), and nothing says which one is meant.`,
      `Add --database NAME, such as --database ${databases[0]?.name}.`,
    );
  }
  throw new Failure(
    'ARGUMENT_INVALID',
    asked === null
      ? `The backup is of a database called ${wanted}; DATABASE_PATH names ${known}.`
      : `DATABASE_PATH has no database called ${wanted}; it names ${known}.`,
    asked === null
      ? `Choose another backup, or add --database NAME to put it in that one's place all the same.`
      : `Choose one of: ${known}.`,
  );
}
