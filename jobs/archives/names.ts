import { fileStamp } from '../runtime/clock.ts';
import { Failure } from '../runtime/errors.ts';

export const dailyPrefix = 'sqlite-backups/daily/';
export const weeklyPrefix = 'sqlite-backups/weekly/';
const detailsPrefix = 'sqlite-backups/meta/';

export type Kind = 'daily' | 'weekly';

export const prefixOf: Readonly<Record<Kind, string>> = { daily: dailyPrefix, weekly: weeklyPrefix };

export type ArchiveEnding = '.db.gz' | '.db.zst' | '.db.gz.age' | '.db.zst.age';

/** An ISO 8601 week: `2025-W48`. The year is that of the week's Thursday. */
export type Week = string;

export type DailyName = {
  readonly database: string;
  /** Local time, whole seconds. */
  readonly at: Temporal.PlainDateTime;
  readonly ending: ArchiveEnding;
};
export type WeeklyName = { readonly database: string; readonly week: Week; readonly ending: ArchiveEnding };

const ending = '(?<ending>\\.db\\.(?:gz|zst)(?:\\.age)?)$';
const daily = new RegExp(
  `^(?<database>[\\w.-]+)_(?<date>\\d{4}-\\d{2}-\\d{2})_(?<time>[0-2]\\d[0-5]\\d[0-5]\\d)${ending}`,
);
const weekly = new RegExp(`^(?<database>[\\w.-]+)_(?<week>\\d{4}-W(?:0[1-9]|[1-4]\\d|5[0-3]))${ending}`);

/** `sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz`. */
export function dailyKey({ database, at, ending }: DailyName): string {
  return `${dailyPrefix}${database}_${fileStamp(at)}${ending}`;
}

/** The daily key, a second or more later where `taken` has it: a local hour can happen twice, and no backup replaces another. */
export function freeDailyKey(name: DailyName, taken: ReadonlySet<string>): string {
  const key = dailyKey(name);
  return taken.has(key) ? freeDailyKey({ ...name, at: name.at.add({ seconds: 1 }) }, taken) : key;
}

/** `sqlite-backups/weekly/csv_data_2025-W48.db.gz`. */
export function weeklyKey({ database, week, ending }: WeeklyName): string {
  return `${weeklyPrefix}${database}_${week}${ending}`;
}

/** What a daily key says, or null when it is not exactly one of ours. */
export function parseDailyKey(key: string): DailyName | null {
  const groups = key.startsWith(dailyPrefix) ? daily.exec(key.slice(dailyPrefix.length))?.groups : undefined;
  if (groups === undefined) return null;
  const { database = '', date = '', time = '', ending } = groups;
  try {
    const clock = `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}`;
    const at = Temporal.PlainDateTime.from(`${date}T${clock}`, { overflow: 'reject' });
    return { database, at, ending: ending as ArchiveEnding };
  } catch {
    return null;
  }
}

/** What a weekly key says, or null when it is not exactly one of ours. */
export function parseWeeklyKey(key: string): WeeklyName | null {
  const groups = key.startsWith(weeklyPrefix) ? weekly.exec(key.slice(weeklyPrefix.length))?.groups : undefined;
  if (groups === undefined) return null;
  const { database = '', week = '', ending } = groups;
  return { database, week, ending: ending as ArchiveEnding };
}

/** The ISO week of a local date. */
export function isoWeek(date: Temporal.PlainDate): Week {
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
}

/** The Sunday of an ISO week. ISO 8601: January 4th lies in week 1. */
export function sundayOf(week: Week): Temporal.PlainDate {
  const [year = 0, number = 0] = week.split('-W').map(Number);
  const inWeekOne = new Temporal.PlainDate(year, 1, 4);
  const firstSunday = inWeekOne.add({ days: 7 - inWeekOne.dayOfWeek });
  return firstSunday.add({ days: 7 * (number - 1) });
}

/** A key without its folders: `csv_data_2025-11-30_020000.db.gz`. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Where the details of one of our own backups lie: `sqlite-backups/meta/csv_data_2025-11-30_020000.db.gz.json`. */
export function detailsKey(key: string): string {
  return `${detailsPrefix}${fileNameOf(key)}.json`;
}

/** Begins the details of every backup of a database, and of databases whose names begin with that. */
export function detailsPrefixOf(database: string): string {
  return `${detailsPrefix}${database}_`;
}

/** The daily or weekly key that details belong to, or null when their name is not exactly one of ours. */
export function parseDetailsKey(key: string): { readonly key: string; readonly database: string } | null {
  if (!key.startsWith(detailsPrefix) || !key.endsWith('.json')) return null;
  const file = key.slice(detailsPrefix.length, -'.json'.length);
  const database = parseDailyKey(dailyPrefix + file)?.database;
  if (database !== undefined) return { key: dailyPrefix + file, database };
  const weeklyDatabase = parseWeeklyKey(weeklyPrefix + file)?.database;
  return weeklyDatabase === undefined ? null : { key: weeklyPrefix + file, database: weeklyDatabase };
}

/** The kind of a key and its name below the kind's folder, as `list` prints it; null when it lies in neither folder. */
export function placeOf(key: string): { readonly kind: Kind; readonly name: string } | null {
  for (const kind of ['daily', 'weekly'] as const) {
    if (key.startsWith(prefixOf[kind])) return { kind, name: key.slice(prefixOf[kind].length) };
  }
  return null;
}

/** Key of a backup's name as a person gives it, with or without the prefix. Throws ARGUMENT_INVALID. */
export function keyOf(name: string, kind: Kind): string {
  const prefix = prefixOf[kind];
  const file = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const partsFit = file.split('/').every((part) => !['', '.', '..'].includes(part));
  if (partsFit && placeOf(file) === null) return prefix + file;
  throw new Failure(
    'ARGUMENT_INVALID',
    `"${name}" is not the name of a ${kind} backup.`,
    'Give the name as `nightshift list` prints it, such as csv_data_2025-11-30_020000.db.gz.',
  );
}
