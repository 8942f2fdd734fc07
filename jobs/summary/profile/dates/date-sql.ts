import type { DayOption } from '../../queries/day-of.ts';
import { cellSql, quoted } from '../sql-text.ts';
import type { ColumnProfile, TableProfile } from '../table-profile.ts';

/**
 * How a column writes dates, as far as SQL must know: `iso`, local and comparable as text; `utc-space`, `utc-t`: ISO texts in
 * UTC with a space or a T before the time; `mixed`: each row is read by `day_of` with the option.
 */
export type DateForm = 'iso' | 'utc-space' | 'utc-t' | 'epoch-s' | 'epoch-ms' | 'excel' | 'mixed';

/** How the dates of one table are read. */
export type DateReading = {
  readonly column: Pick<ColumnProfile, 'name' | 'json'>;
  readonly form: DateForm;
  readonly option: DayOption;
  /** Only so many of the newest rows are read, as no index helps to find days; null: all are. */
  readonly recentRows: number | null;
};

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

/** Whether an index on the column finds days; else every row must be read. */
export function isIndexable({ form, column }: Pick<DateReading, 'form' | 'column'>): boolean {
  return form !== 'mixed' && column.json === null;
}

/** The SQL of a table's dates, the table being called `t`. */
export function dateSql(table: Pick<TableProfile, 'name'>, { column, form, option, recentRows }: DateReading): DateSql {
  const c = cellSql(column);
  const utc = (x: string) => `day_of(${x}, 'UTC')`;
  const plain = (x: string) => `day_of(${x})`;
  switch (form) {
    case 'iso':
      return indexed(
        c,
        (x) => `substr(${x}, 1, 10)`,
        (day) => day,
      );
    case 'utc-space':
      return indexed(c, utc, (day) => `datetime(day_start(${day}), 'unixepoch')`);
    case 'utc-t':
      return indexed(c, utc, (day) => `strftime('%Y-%m-%dT%H:%M:%S', day_start(${day}), 'unixepoch')`);
    case 'epoch-s':
      return indexed(c, plain, (day) => `day_start(${day})`);
    case 'epoch-ms':
      return indexed(c, plain, (day) => `day_start(${day}) * 1000`);
    case 'excel':
      return indexed(c, plain, (day) => `julianday(${day}) - 2415018.5`);
    case 'mixed':
      return computed(option === null ? plain(c) : `day_of(${c}, '${option}')`, recentRowsSql(table.name, recentRows));
  }
}

function indexed(c: string, day: (value: string) => string, start: (day: string) => string): DateSql {
  const upTo = (to: string) => `${c} < ${start(`date(${to}, '+1 day')`)}`;
  return {
    day: day(c),
    newest: day(`max(${c})`),
    upTo,
    within: (from, to) => `${c} >= ${start(from)} AND ${upTo(to)}`,
  };
}

function computed(day: string, limit: string): DateSql {
  return {
    day,
    newest: `max(${day})`,
    upTo: (to) => `${limit}${day} <= ${to}`,
    within: (from, to) => `${limit}${day} BETWEEN ${from} AND ${to}`,
  };
}

function recentRowsSql(table: string, recentRows: number | null): string {
  return recentRows === null ? '' : `t.rowid > (SELECT max(rowid) FROM ${quoted(table)}) - ${recentRows} AND `;
}
