import type { DateColumn } from './date-columns.ts';
import { quoted } from './sql-text.ts';
import type { TableProfile } from './table-profile.ts';

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

export type DatedTable = { readonly table: Pick<TableProfile, 'name'>; readonly date: DateColumn };

/** Whether an index on the column finds days; else every row must be read. */
export function isIndexable({ form }: Pick<DateColumn, 'form'>): boolean {
  return form !== 'offset' && form !== 'mdy' && form !== 'any';
}

export function dateSql({ table, date }: DatedTable, alias: string): DateSql {
  const c = `${alias}.${quoted(date.name)}`;
  switch (date.form) {
    case 'iso':
      return indexedDateSql(
        c,
        (x) => `substr(${x}, 1, 10)`,
        (day) => day,
      );
    case 'utc-space':
      return indexedDateSql(
        c,
        (x) => `day_of(${x}, 'UTC')`,
        (day) => `datetime(day_start(${day}), 'unixepoch')`,
      );
    case 'utc-t':
      return indexedDateSql(
        c,
        (x) => `day_of(${x}, 'UTC')`,
        (day) => `strftime('%Y-%m-%dT%H:%M:%S', day_start(${day}), 'unixepoch')`,
      );
    case 'epoch-s':
      return indexedDateSql(
        c,
        (x) => `day_of(${x})`,
        (day) => `day_start(${day})`,
      );
    case 'epoch-ms':
      return indexedDateSql(
        c,
        (x) => `day_of(${x})`,
        (day) => `day_start(${day}) * 1000`,
      );
    case 'excel':
      return indexedDateSql(
        c,
        (x) => `day_of(${x})`,
        (day) => `julianday(${day}) - 2415018.5`,
      );
    case 'offset':
    case 'any':
      return computedDateSql(`day_of(${c})`, recentRowsSql(table.name, date.recentRows, alias));
    case 'mdy':
      return computedDateSql(`day_of(${c}, 'mdy')`, recentRowsSql(table.name, date.recentRows, alias));
  }
}

function indexedDateSql(c: string, day: (value: string) => string, start: (day: string) => string): DateSql {
  const upTo = (to: string) => `${c} < ${start(`date(${to}, '+1 day')`)}`;
  return {
    day: day(c),
    newest: day(`max(${c})`),
    upTo,
    within: (from, to) => `${c} >= ${start(from)} AND ${upTo(to)}`,
  };
}

function computedDateSql(day: string, limit: string): DateSql {
  return {
    day,
    newest: `max(${day})`,
    upTo: (to) => `${limit}${day} <= ${to}`,
    within: (from, to) => `${limit}${day} BETWEEN ${from} AND ${to}`,
  };
}

function recentRowsSql(table: string, recentRows: number | null, alias: string): string {
  return recentRows === null ? '' : `${alias}.rowid > (SELECT max(rowid) FROM ${quoted(table)}) - ${recentRows} AND `;
}
