import { snake } from '../findings/personal.ts';
import { localCalendar } from '../measure/calendar.ts';
import { dayOf } from '../measure/day-of.ts';
import { type Column, quoted } from './table.ts';

/** How a column writes dates, as far as SQL must know. */
export type DateForm = 'iso' | 'utc-text' | 'zoned' | 'epoch-s' | 'epoch-ms' | 'excel' | 'mdy' | 'any';

/** A column that holds dates, and how good a sign of "when it happened" it is. */
export type DateColumn = {
  readonly name: string;
  readonly form: DateForm;
  readonly score: number;
  /** Newest day of the sample. */
  readonly newest: string;
};

const dateName =
  /(^|_)(date|day|at|on|time|timestamp|datetime|ts|when|created|updated|modified|tarikh|tanggal|datum|fecha)($|_)|(date|time)$/;
const dateType = /DATE|TIME/;
/** What programs write when they know no date. */
const zero = '1970-01-02';
/** When it happened; when it was recorded; when somebody merely touched or plans it. */
const happened =
  /(^|_)(order|ordered|sale|sold|invoice|invoiced|payment|paid|transaction|txn|booking|booked|rental|rented|purchase|visit|issued|placed|event)(_|$)/;
const recorded = /(^|_)(created|create|inserted|added|registered|date|timestamp|datetime|at)($|_)/;
const weak =
  /(^|_)(updated?|modified|last|birth|dob|born|hired?|due|required|expir\w*|deleted|shipped|delivered|returned?|return|end|start|valid|release|until|to)($|_)/;

/** The column as dates, or null. `zone`: IANA, for the newest day. */
export function dateColumnOf(column: Column, zone: string): DateColumn | null {
  const { sample } = column;
  const name = snake(column.name);
  const isNamed = dateName.test(name) || dateType.test(column.type);
  if (sample.length === 0 || (typeof sample[0] === 'number' && (column.isKey || !isNamed))) return null;
  const calendar = localCalendar(zone);
  const option = isMonthFirst(sample) ? 'mdy' : null;
  const days = sample.map((value) => dayOf(value, calendar, option)).filter((day) => day !== null && day > zero);
  if (days.length === 0 || days.length < sample.length * 0.8) return null;
  // A text of digits alone, a code or a phone number, is a date only where the name says so.
  if (!isNamed && sample.some((value) => typeof value === 'string' && /^[\d.]+$/.test(value))) return null;
  const score =
    (isNamed ? 2 : 0) + (happened.test(name) ? 4 : 0) + (recorded.test(name) ? 2 : 0) - (weak.test(name) ? 4 : 0);
  return { name: column.name, form: formOf(column), score, newest: days.toSorted().at(-1) ?? '' };
}

function formOf({ sample, fallback }: Column): DateForm {
  const all = (test: (value: string | number) => boolean) => sample.every(test);
  const number = (low: number, high: number) => (value: string | number) =>
    typeof value === 'number' && value >= low && value < high;
  if (all(number(1e8, 1e11))) return 'epoch-s';
  if (all(number(1e11, 1e14))) return 'epoch-ms';
  if (all(number(20_000, 80_000))) return 'excel';
  if (all((value) => /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/.test(String(value)))) {
    return isUtcNow(fallback) ? 'utc-text' : 'iso';
  }
  if (all((value) => /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(String(value)))) return 'zoned';
  return isMonthFirst(sample) ? 'mdy' : 'any';
}

/** SQLite's clock is UTC, and a text it writes does not say so. */
function isUtcNow(fallback: string | null): boolean {
  return fallback !== null && /current_timestamp|'now'/i.test(fallback) && !/localtime/i.test(fallback);
}

/** 12/31/2025 is no day-first date; such a column writes the month first throughout. */
function isMonthFirst(sample: readonly (string | number)[]): boolean {
  const parts = sample.map((value) => /^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b/.exec(String(value)));
  const over = (index: number) => parts.some((part) => Number(part?.[index] ?? 0) > 12);
  return over(2) && !over(1);
}

/**
 * SQL for the local day of a date column, for "from one local date to another" and "up to a local date": in terms of the
 * column itself where an index may serve. `newest` is the newest of the column, in terms of `max`.
 */
export type DateSql = {
  readonly day: string;
  readonly newest: string;
  readonly within: (from: string, to: string) => string;
  readonly upTo: (to: string) => string;
};

export function dateSql({ name, form }: Pick<DateColumn, 'name' | 'form'>, alias = ''): DateSql {
  const c = `${alias === '' ? '' : `${alias}.`}${quoted(name)}`;
  const ordered = (day: string, newest: string, start: (day: string) => string): DateSql => {
    const upTo = (to: string) => `${c} < ${start(`date(${to}, '+1 day')`)}`;
    return { day, newest, upTo, within: (from, to) => `${c} >= ${start(from)} AND ${upTo(to)}` };
  };
  switch (form) {
    case 'iso':
      return ordered(`substr(${c}, 1, 10)`, `substr(max(${c}), 1, 10)`, (day) => day);
    case 'epoch-s':
      return ordered(`day_of(${c})`, `day_of(max(${c}))`, (day) => `day_start(${day})`);
    case 'epoch-ms':
      return ordered(`day_of(${c})`, `day_of(max(${c}))`, (day) => `day_start(${day}) * 1000`);
    case 'excel':
      return ordered(`day_of(${c})`, `day_of(max(${c}))`, (day) => `julianday(${day}) - 2415018.5`);
    case 'utc-text':
      return nearby(c, `day_of(${c}, 'UTC')`);
    case 'zoned':
      return nearby(c, `day_of(${c})`);
    case 'mdy':
      return computed(`day_of(${c}, 'mdy')`);
    case 'any':
      return computed(`day_of(${c})`);
  }
}

/** The text's own date is at most a day from the local one: an index finds those, `day` tells them. */
function nearby(c: string, day: string): DateSql {
  const upTo = (to: string) => `${c} < date(${to}, '+2 days') AND ${day} <= ${to}`;
  return {
    day,
    newest: `max(${day})`,
    upTo,
    within: (from, to) => `${c} >= date(${from}, '-1 day') AND ${upTo(to)} AND ${day} >= ${from}`,
  };
}

function computed(day: string): DateSql {
  return {
    day,
    newest: `max(${day})`,
    upTo: (to) => `${day} <= ${to}`,
    within: (from, to) => `${day} BETWEEN ${from} AND ${to}`,
  };
}
