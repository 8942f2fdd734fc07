import type { DateColumn } from './dates.ts';
import { quoted, type Table } from './table.ts';

/**
 * SQL for the local day of a date column, for "from one local date to another" and "up to a local date": in terms of the
 * column itself where an index may serve. `newest` is the newest day of the column, in terms of `max`.
 */
export type DateSql = {
  readonly day: string;
  readonly newest: string;
  readonly within: (from: string, to: string) => string;
  readonly upTo: (to: string) => string;
};

export type Dated = { readonly table: Pick<Table, 'name'>; readonly date: DateColumn };

/** Whether an index on the column finds days; else every row must be looked at. */
export function isOrdered({ form }: Pick<DateColumn, 'form'>): boolean {
  return form !== 'offset' && form !== 'mdy' && form !== 'any';
}

export function dateSql({ table, date }: Dated, alias: string): DateSql {
  const c = `${alias}.${quoted(date.name)}`;
  switch (date.form) {
    case 'iso':
      return ordered(
        c,
        (x) => `substr(${x}, 1, 10)`,
        (day) => day,
      );
    case 'utc-space':
      return ordered(
        c,
        (x) => `day_of(${x}, 'UTC')`,
        (day) => `datetime(day_start(${day}), 'unixepoch')`,
      );
    case 'utc-t':
      return ordered(
        c,
        (x) => `day_of(${x}, 'UTC')`,
        (day) => `strftime('%Y-%m-%dT%H:%M:%S', day_start(${day}), 'unixepoch')`,
      );
    case 'epoch-s':
      return ordered(
        c,
        (x) => `day_of(${x})`,
        (day) => `day_start(${day})`,
      );
    case 'epoch-ms':
      return ordered(
        c,
        (x) => `day_of(${x})`,
        (day) => `day_start(${day}) * 1000`,
      );
    case 'excel':
      return ordered(
        c,
        (x) => `day_of(${x})`,
        (day) => `julianday(${day}) - 2415018.5`,
      );
    case 'offset':
    case 'any':
      return computed(`day_of(${c})`, tailSql(table.name, date.tail, alias));
    case 'mdy':
      return computed(`day_of(${c}, 'mdy')`, tailSql(table.name, date.tail, alias));
  }
}

function ordered(c: string, day: (value: string) => string, start: (day: string) => string): DateSql {
  const upTo = (to: string) => `${c} < ${start(`date(${to}, '+1 day')`)}`;
  return {
    day: day(c),
    newest: day(`max(${c})`),
    upTo,
    within: (from, to) => `${c} >= ${start(from)} AND ${upTo(to)}`,
  };
}

function computed(day: string, tail: string): DateSql {
  return {
    day,
    newest: `max(${day})`,
    upTo: (to) => `${tail}${day} <= ${to}`,
    within: (from, to) => `${tail}${day} BETWEEN ${from} AND ${to}`,
  };
}

function tailSql(table: string, tail: number | null, alias: string): string {
  return tail === null ? '' : `${alias}.rowid > (SELECT max(rowid) FROM ${quoted(table)}) - ${tail} AND `;
}
