import { snakeCase } from '../blocks/personal-data.ts';
import { dayOf } from '../queries/day-of.ts';
import { localCalendar } from '../queries/local-calendar.ts';
import type { ColumnProfile } from './table-profile.ts';

/**
 * How a column writes dates, as far as SQL must know. `utc`: ISO texts in UTC, with a space or a T before the time;
 * `offset`: with any offset; `mdy`: 12/31/2025; `any`: what else `day_of` reads.
 */
export type DateForm = 'iso' | 'utc-space' | 'utc-t' | 'offset' | 'epoch-s' | 'epoch-ms' | 'excel' | 'mdy' | 'any';

/** A column that holds dates, and how likely it says when the row happened. */
export type DateColumn = {
  readonly name: string;
  readonly form: DateForm;
  readonly score: number;
  /** Newest day of the sample. */
  readonly newest: string;
  /** Only so many of the newest rows are read, as no index helps to find days; null: all are. */
  readonly recentRows: number | null;
};

const dateName =
  /(^|_)(date|day|at|on|time|timestamp|datetime|ts|when|created|updated|modified|tarikh|tanggal|datum|fecha)($|_)|(date|time)$/;
const dateType = /DATE|TIME/;
/** Programs write an earlier date when they have none. */
const unknownDate = '1970-01-02';
/** When it happened; when it was recorded; when it was changed or is planned. */
const happened =
  /(^|_)(order|ordered|sale|sold|invoice|invoiced|payment|paid|transaction|txn|booking|booked|rental|rented|purchase|visit|issued|placed|event)(_|$)/;
const recorded = /(^|_)(created|create|inserted|added|registered|date|timestamp|datetime|at)($|_)/;
const weak =
  /(^|_)(updated?|modified|last|birth|dob|born|hired?|due|required|expir\w*|deleted|shipped|delivered|returned?|return|end|start|valid|release|until|to)($|_)/;

/** The column as dates, or null. `zone`: IANA, for the newest day. */
export function dateColumnOf(column: ColumnProfile, zone: string): DateColumn | null {
  const { sample } = column;
  const name = snakeCase(column.name);
  const isNamed = dateName.test(name) || dateType.test(column.type);
  if (sample.length === 0 || (typeof sample[0] === 'number' && (column.isKey || !isNamed))) return null;
  const calendar = localCalendar(zone);
  const option = isMonthFirst(sample) ? 'mdy' : null;
  const days = sample.map((value) => dayOf(value, calendar, option)).filter((day) => day !== null && day > unknownDate);
  if (days.length === 0 || days.length < sample.length * 0.8) return null;
  // A text of digits alone, a code or a phone number, is a date only where the name says so.
  if (!isNamed && sample.some((value) => typeof value === 'string' && /^[\d.]+$/.test(value))) return null;
  const score =
    (isNamed ? 2 : 0) + (happened.test(name) ? 4 : 0) + (recorded.test(name) ? 2 : 0) - (weak.test(name) ? 4 : 0);
  return { name: column.name, form: formOf(column), score, newest: days.toSorted().at(-1) ?? '', recentRows: null };
}

function formOf({ sample, defaultSql }: ColumnProfile): DateForm {
  const all = (test: (value: string | number) => boolean) => sample.every(test);
  const number = (low: number, high: number) => (value: string | number) =>
    typeof value === 'number' && value >= low && value < high;
  if (all(number(1e8, 1e11))) return 'epoch-s';
  if (all(number(1e11, 1e14))) return 'epoch-ms';
  if (all(number(20_000, 80_000))) return 'excel';
  const each = (pattern: RegExp) => all((value) => pattern.test(String(value)));
  const isUtc = isUtcNow(defaultSql);
  if (each(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2}(\.\d+)?)?$/) && isUtc) return 'utc-space';
  if (each(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/) && isUtc) return 'utc-t';
  if (each(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?Z$/)) return 'utc-space';
  if (each(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)) return 'utc-t';
  if (each(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/)) return 'iso';
  if (each(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/)) return 'offset';
  return isMonthFirst(sample) ? 'mdy' : 'any';
}

/** SQLite's clock is UTC, and a text it writes does not say so. */
function isUtcNow(defaultSql: string | null): boolean {
  return defaultSql !== null && /current_timestamp|'now'/i.test(defaultSql) && !/localtime/i.test(defaultSql);
}

/** 12/31/2025 is no day-first date; such a column writes the month first throughout. */
function isMonthFirst(sample: readonly (string | number)[]): boolean {
  const parts = sample.map((value) => /^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b/.exec(String(value)));
  const over = (index: number) => parts.some((part) => Number(part?.[index] ?? 0) > 12);
  return over(2) && !over(1);
}
