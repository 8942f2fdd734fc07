/** What each run stores; named after the local second of the snapshot. */
type RunKindRow = { readonly from: 'run'; readonly name: string };

/** One backup a period, copied from the last good daily of it; named after the period. */
type PeriodKindRow = {
  readonly from: 'daily';
  readonly name: string;
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

/** Where a kind is stored: its keys begin with that. */
type InStore = { readonly prefix: string };

export type RunKind = RunKindRow & InStore;
export type PeriodKind = PeriodKindRow & InStore;

/** A kind of backup: where it is stored, how it is named, and what it is copied from. */
export type BackupKind = RunKind | PeriodKind;

const daily = { from: 'run', name: 'daily' } as const satisfies RunKindRow;

const weekly = {
  from: 'daily',
  name: 'weekly',
  plural: 'weeklies',
  period: 'week',
  pattern: '\\d{4}-W(?:0[1-9]|[1-4]\\d|5[0-3])',
  periodOf: isoWeek,
  datesOf: datesOfWeek,
  reasons: { onLastDay: 'today is Sunday', missed: 'its Sunday was missed' },
} as const satisfies PeriodKindRow;

const monthly = {
  from: 'daily',
  name: 'monthly',
  plural: 'monthlies',
  period: 'month',
  pattern: '\\d{4}-(?:0[1-9]|1[0-2])',
  periodOf: (date) => date.toPlainYearMonth().toString(),
  datesOf: (month) => datesFrom(Temporal.PlainDate.from(`${month}-01`), { months: 1 }),
  reasons: { onLastDay: 'today is the last day of the month', missed: 'the last day of the month was missed' },
} as const satisfies PeriodKindRow;

const yearly = {
  from: 'daily',
  name: 'yearly',
  plural: 'yearlies',
  period: 'year',
  pattern: '[1-9]\\d{3}',
  periodOf: (date) => String(date.year),
  datesOf: (year) => datesFrom(Temporal.PlainDate.from(`${year}-01-01`), { years: 1 }),
  reasons: { onLastDay: 'today is the last day of the year', missed: 'the last day of the year was missed' },
} as const satisfies PeriodKindRow;

/**
 * Every kind of backup: keys, listings, `list`, restore, copies and retention follow from these rows. How many of each are
 * kept is the setting of the same name.
 */
const rows = [daily, weekly, monthly, yearly] as const satisfies readonly (RunKindRow | PeriodKindRow)[];

/** A rung that keeps the newest backup of each of the newest periods, of those that runs stored. */
export type RunRung = {
  readonly name: 'hourly' | 'daily';
  readonly period: string;
  /** The period of a local time; an hour that a clock change repeats is two. */
  readonly periodOf: (at: Temporal.ZonedDateTime) => string;
};

/** The rungs below the kinds that are copied, the shortest period first. */
export const runRungs: readonly [RunRung, RunRung] = [
  { name: 'hourly', period: 'hour', periodOf: (at) => `${at.toPlainDate()} ${at.hour}:00${at.offset}` },
  { name: 'daily', period: 'day', periodOf: (at) => at.toPlainDate().toString() },
];

export type KindName = (typeof rows)[number]['name'];

export const kindNames: readonly KindName[] = rows.map(({ name }) => name);

/** Where backups lie in a store: all that knows a key gets this. */
export type BackupLayout = {
  /** What every key begins with: BACKUP_PREFIX. Ends with a slash. */
  readonly prefix: string;
  readonly daily: RunKind;
  /** Every kind, the dailies first. */
  readonly kinds: readonly BackupKind[];
};

/** The layout below a prefix that ends with a slash. */
export function layoutBelow(prefix: string): BackupLayout {
  const inStore = <Row extends RunKindRow | PeriodKindRow>(row: Row) => ({ ...row, prefix: `${prefix}${row.name}/` });
  return { prefix, daily: inStore(daily), kinds: rows.map(inStore) };
}

/**
 * How many of each rung are kept; null for all, 0: there is no such rung. A kind without a setting is an error of types.
 */
export type RetentionLimits = Readonly<
  Record<string, number | null> & Record<KindName, number | null> & Record<RunRung['name'], number>
>;

/** The kinds that are copied from dailies, in the order of the table. */
export function periodKindsOf(kinds: readonly BackupKind[]): PeriodKind[] {
  return kinds.filter((kind) => kind.from === 'daily');
}

/** The kinds that are copied from dailies and not switched off: `weekly`, or `weekly, monthly and yearly`. */
export function periodKindNames(kinds: readonly BackupKind[], retention: RetentionLimits): string {
  const names = periodKindsOf(kinds).flatMap(({ name }) => (retention[name] === 0 ? [] : [name]));
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** An ISO 8601 week: `2025-W48`. The year is that of the week's Thursday. */
export function isoWeek(date: Temporal.PlainDate): string {
  return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
}

function datesFrom(first: Temporal.PlainDate, length: Temporal.DurationLike) {
  return { first, last: first.add(length).subtract({ days: 1 }) };
}

/** Monday and Sunday of an ISO week. ISO 8601: January 4th is in week 1. */
function datesOfWeek(week: string) {
  const [year = 0, number = 0] = week.split('-W').map(Number);
  const inWeekOne = new Temporal.PlainDate(year, 1, 4);
  const firstSunday = inWeekOne.add({ days: 7 - inWeekOne.dayOfWeek });
  const last = firstSunday.add({ days: 7 * (number - 1) });
  return { first: last.subtract({ days: 6 }), last };
}
