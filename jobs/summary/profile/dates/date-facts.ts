import type { FetchRows } from '../fetch-rows.ts';
import { cellSql, quoted } from '../sql-text.ts';
import type { ColumnProfile, TableProfile } from '../table-profile.ts';

/** The rows of a date column that are written in one form. */
export type DateFormCount = {
  /** As `date_form` names it. */
  readonly form: string;
  /** What stands before the time: a space or a T. */
  readonly separator: string;
  /** Comparable as text: `2025-11-30…`. */
  readonly isSortable: boolean;
  readonly isZulu: boolean;
  readonly count: number;
  /** The newest day, read day first and month first. */
  readonly newest: { readonly dmy: string; readonly mdy: string };
};

/** What all rows of a date column say, or of a big table its newest. */
export type DateFacts = {
  readonly forms: readonly DateFormCount[];
  /** Rows without a value, and with one that is no date. */
  readonly blank: number;
  readonly unfit: number;
  /** Of times that do not say their zone: how many in each hour, and the newest, in epoch seconds as if it were UTC. */
  readonly hours: readonly number[];
  readonly newestNaive: number | null;
};

const maxRows = 100_000;

/** `upTo`: the local date after which dates are not looked at for the newest time. */
export async function readDateFacts(
  table: TableProfile,
  column: ColumnProfile,
  upTo: string,
  fetchRows: FetchRows,
): Promise<DateFacts> {
  const c = cellSql(column);
  const from = `(SELECT ${c} AS c FROM ${quoted(table.name)} t ${table.hasRowid ? 'ORDER BY t.rowid DESC' : ''} LIMIT ${maxRows})`;
  const rows = await fetchRows(
    `SELECT coalesce(date_form(c), CASE WHEN trim(coalesce(c, '')) = '' THEN 'blank' ELSE 'unfit' END), substr(c, 11, 1),
       coalesce(c GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*', 0), coalesce(c LIKE '%Z', 0), count(*),
       max(day_of(c)), max(day_of(c, 'mdy'))
     FROM ${from} GROUP BY 1, 2, 3, 4`,
    500,
  );
  const hours = await fetchRows(
    `SELECT CAST(s AS INTEGER) % 86400 / 3600, count(*), max(CASE WHEN s < unixepoch(date('${upTo}', '+2 day')) THEN s END)
     FROM (SELECT naive_seconds(c) AS s FROM ${from}) WHERE s IS NOT NULL GROUP BY 1`,
  );
  const countOf = (form: string) =>
    rows.filter(([one]) => one === form).reduce((sum, [, , , , count]) => sum + Number(count), 0);
  const newest = hours.map(([, , seconds]) => seconds).filter((seconds) => typeof seconds === 'number');
  return {
    forms: rows
      .filter(([form]) => form !== 'blank' && form !== 'unfit')
      .map(([form, separator, isSortable, isZulu, count, dmy, mdy]) => ({
        form: String(form),
        separator: String(separator ?? ''),
        isSortable: isSortable === 1,
        isZulu: isZulu === 1,
        count: Number(count),
        newest: { dmy: String(dmy ?? ''), mdy: String(mdy ?? '') },
      })),
    blank: countOf('blank'),
    unfit: countOf('unfit'),
    hours: Array.from({ length: 24 }, (_, hour) => Number(hours.find(([one]) => one === hour)?.[1] ?? 0)),
    newestNaive: newest.length === 0 ? null : Math.max(...newest),
  };
}

export function isNaive({ form }: DateFormCount): boolean {
  return form.endsWith(' time');
}
