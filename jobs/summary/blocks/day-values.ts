import type { Cell, QueryRows } from '../queries/query.ts';
import { personalValueKind } from './personal-values.ts';

/** One day's value; null: unknown. Days are local dates. */
export type DayValue = { readonly day: string; readonly value: number | null };

/** The last of 57 days is the page's day: eight weeks before it, so that eight same weekdays come before. */
export const historyDays = 57;

/** `2025-11-30`, so many days on. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Days from `from` to `to`: 0 when they are the same. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

/** More than the days that a query for `:from` to `:to` returns. */
export const maxDays = 1000;

/** Throws RangeError when a query returned more days than a block uses. */
export function requireFewDays({ omittedRows }: Pick<QueryRows, 'omittedRows'>): void {
  if (omittedRows > 0) throw new RangeError(`it returns more than ${maxDays} days: select those from :from to :to`);
}

/** A value as an error names it, unless it looks personal. */
export function quotedValue(value: Cell): string {
  return personalValueKind(value) === null ? JSON.stringify(value) : 'a value that looks personal';
}

/** Rows of (day, value), one a day, as a query returned them. Throws RangeError with the reason when they are not. */
export function parseDayValues(rows: readonly (readonly Cell[])[]): DayValue[] {
  const values = rows.map(([day, value = null]) => {
    if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) {
      throw new RangeError(
        `its first column is ${quotedValue(day ?? null)}, not a day such as 2025-11-30: use day_of(…)`,
      );
    }
    const number = typeof value === 'string' ? Number.NaN : value;
    if (Number.isNaN(number)) {
      throw new RangeError(`its second column is ${quotedValue(value)}, not a number: use num(…)`);
    }
    return { day, value: number };
  });
  for (const [day, { length }] of Map.groupBy(values, (value) => value.day)) {
    if (length > 1) throw new RangeError(`it returns ${length} rows for ${day}: return one a day, with GROUP BY`);
  }
  return values;
}

/**
 * One value for every day from `from` to `to`. A day without a row is 0 with `zero`, but unknown before the first
 * row there is; with `none` it is unknown. `known` has a day once.
 */
export function fillDays(known: readonly DayValue[], from: string, to: string, empty: 'zero' | 'none'): DayValue[] {
  const values = new Map(known.map(({ day, value }) => [day, value]));
  const first = known.reduce<string | null>(
    (earliest, { day }) => (earliest === null || day < earliest ? day : earliest),
    null,
  );
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => {
    const day = addDays(from, index);
    const missing = empty === 'zero' && (first === null || day >= first) ? 0 : null;
    const value = values.get(day);
    return { day, value: value === undefined ? missing : value };
  });
}

/** The values of up to eight same weekdays before the last day, newest first; unknown ones are left out. */
export function sameWeekdays(series: readonly DayValue[]): number[] {
  const last = series.length - 1;
  return Array.from({ length: 8 }, (_, week) => series[last - 7 * (week + 1)]?.value ?? null).filter(
    (value) => value !== null,
  );
}

/** The known values of the seven days before the last. */
export function precedingWeek(series: readonly DayValue[]): number[] {
  return series
    .slice(-8, -1)
    .map(({ value }) => value)
    .filter((value) => value !== null);
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
