/** What each run stores; named after the local second of the snapshot. */
type RunKind = { readonly from: 'run'; readonly name: string; readonly prefix: string };

/** One backup a period, copied from the last good daily of it; named after the period. */
export type PeriodKind = {
  readonly from: 'daily';
  readonly name: string;
  readonly prefix: string;
  readonly plural: string;
  readonly period: string;
  /** Regular expression of a period in a name. */
  readonly pattern: string;
  /** The period of a local date as names have it; later ones sort later. */
  readonly periodOf: (date: Temporal.PlainDate) => string;
  /** First and last local date of a period. */
  readonly datesOf: (period: string) => { readonly first: Temporal.PlainDate; readonly last: Temporal.PlainDate };
  /** Why a copy is made: on the last day of its period, or after it. */
  readonly reasons: { readonly onLastDay: string; readonly missed: string };
};

/** A kind of backup: where it is stored, how it is named, and what it is copied from. */
export type BackupKind = RunKind | PeriodKind;

export const daily = {
  from: 'run',
  name: 'daily',
  prefix: 'sqlite-backups/daily/',
} as const satisfies RunKind;

export const weekly = {
  from: 'daily',
  name: 'weekly',
  prefix: 'sqlite-backups/weekly/',
  plural: 'weeklies',
  period: 'week',
  pattern: '\\d{4}-W(?:0[1-9]|[1-4]\\d|5[0-3])',
  periodOf: isoWeek,
  datesOf: datesOfWeek,
  reasons: { onLastDay: 'today is Sunday', missed: 'its Sunday was missed' },
} as const satisfies PeriodKind;

/**
 * Every kind of backup: keys, listings, `list`, restore, copies and retention follow from these rows. How many of each are
 * kept is the setting of the same name.
 */
export const backupKinds = [daily, weekly] as const satisfies readonly BackupKind[];

export type KindName = (typeof backupKinds)[number]['name'];

/** How many of each kind are kept; null for all. A kind without a setting is an error of types. */
export type RetentionLimits = Readonly<
  Record<string, number | null> & Record<KindName, number | null> & { daily: number }
>;

/** The kinds that are copied from dailies, in the order of the table. */
export function periodKindsOf(kinds: readonly BackupKind[]): PeriodKind[] {
  return kinds.filter((kind) => kind.from === 'daily');
}

/** `weekly`, or `weekly and monthly`. */
export function periodKindNames(kinds: readonly BackupKind[] = backupKinds): string {
  return periodKindsOf(kinds)
    .map(({ name }) => name)
    .join(' and ');
}

/** An ISO 8601 week: `2025-W48`. The year is that of the week's Thursday. */
export function isoWeek(date: Temporal.PlainDate): string {
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
}

/** Monday and Sunday of an ISO week. ISO 8601: January 4th is in week 1. */
function datesOfWeek(week: string) {
  const [year = 0, number = 0] = week.split('-W').map(Number);
  const inWeekOne = new Temporal.PlainDate(year, 1, 4);
  const firstSunday = inWeekOne.add({ days: 7 - inWeekOne.dayOfWeek });
  const last = firstSunday.add({ days: 7 * (number - 1) });
  return { first: last.subtract({ days: 6 }), last };
}
