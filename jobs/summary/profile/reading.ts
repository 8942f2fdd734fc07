import { type Amount, amountSql } from './amounts/amount.ts';
import type { LineItems } from './amounts/line-items.ts';
import { type DateReading, dateSql } from './dates/date-sql.ts';
import type { Grain } from './grain.ts';
import { cellSql, joinLines, quoted } from './sql-text.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';
import type { Counting } from './what-counts.ts';

/** One way to read the business in a database: what happened, when, how much, and what counts. */
export type Reading = {
  readonly stream: Stream;
  readonly dateColumn: Pick<ColumnProfile, 'name' | 'label'>;
  /** How the dates are read, by table. */
  readonly dates: ReadonlyMap<string, DateReading>;
  readonly amount: Amount | null;
  readonly lines: Pick<LineItems, 'table' | 'column' | 'key'> | null;
  readonly grain: Grain;
  readonly counting: Counting;
};

/** A table of the reading's stream with its dates. */
export type DatedPart = { readonly table: TableProfile; readonly date: DateReading };

export function datedParts({ stream, dates }: Pick<Reading, 'stream' | 'dates'>): DatedPart[] {
  return stream.parts.flatMap((table) => {
    const date = dates.get(table.name);
    return date === undefined ? [] : [{ table, date }];
  });
}

/**
 * SQL for one row an event between two local dates: `day`, `value` (null without an amount), `counted` (0: money given back)
 * and, where `group` is a column, its text in `grp`.
 */
export function eventsSql(reading: Reading, from: string, to: string, group: ColumnProfile | null = null): string {
  const { amount, lines, grain, counting } = reading;
  const parts = datedParts(reading).map(({ table, date }) => {
    const { day, within } = dateSql(table, date);
    const plain = amount === null ? 'NULL' : lines === null ? amountSql(amount) : `sum(${amountSql(amount, 'l')})`;
    const refund = counting.refunds.join(' OR ');
    const value = refund === '' ? plain : `CASE WHEN ${refund} THEN -abs(${plain}) ELSE ${plain} END`;
    const isExcluded = counting.excluded.join(' OR ');
    const isByOrder = grain.kind === 'key' && grain.leavesOut === 'order';
    const cells = [
      `${day} AS day`,
      `${value} AS value`,
      ...(group === null ? [] : [`${cellSql(group)} AS grp`]),
      ...(grain.kind === 'key'
        ? [`${cellSql(grain.column)} AS key`, `${isByOrder ? isExcluded || '0' : '0'} AS excluded`]
        : []),
    ];
    const join =
      lines === null
        ? ''
        : `LEFT JOIN ${quoted(lines.table.name)} l ON l.${quoted(lines.column)} = t.${quoted(lines.key)}`;
    const isCounted = isExcluded === '' || isByOrder ? '' : ` AND NOT (${isExcluded})`;
    return joinLines(
      `SELECT ${cells.join(', ')}`,
      `FROM ${quoted(table.name)} t`,
      join,
      `WHERE ${within(from, to)}${isCounted}`,
      lines === null ? '' : `GROUP BY t.${quoted(lines.key)}`,
    );
  });
  const rows = parts.join('\nUNION ALL\n');
  const counted = 'coalesce(value, 0) >= 0 AS counted';
  const grp = group === null ? '' : ', grp';
  if (grain.kind === 'row') return `SELECT day, value, ${counted}${grp} FROM (\n${rows})`;
  return joinLines(
    `SELECT day, value, ${counted}${grp} FROM (`,
    `SELECT min(day) AS day, ${grain.value}(value) AS value${group === null ? '' : ', max(grp) AS grp'} FROM (`,
    `${rows})`,
    'GROUP BY key HAVING max(excluded) = 0)',
  );
}

/** SQL for one row a day: the `day` and what `value` makes of its events. */
export function perDaySql(reading: Reading, value: string): string {
  return joinLines(`SELECT day, ${value} AS value FROM (`, `${eventsSql(reading, ':from', ':to')})`, 'GROUP BY 1');
}

/** The newest day of the stream up to the page's day. */
export function newestSql(reading: Reading): string {
  const parts = datedParts(reading).map(({ table, date }) => {
    const { newest, upTo } = dateSql(table, date);
    return joinLines(`SELECT ${newest} AS day`, `FROM ${quoted(table.name)} t`, `WHERE ${upTo(':day')}`);
  });
  const [only = '', ...more] = parts;
  return more.length === 0 ? only : `SELECT max(day) FROM (\n${parts.join('\nUNION ALL\n')})`;
}

/** The same rows, whatever they are worth, and whether or not they count. */
export function allRows(reading: Reading): Reading {
  return { ...reading, amount: null, lines: null, grain: { kind: 'row' }, counting: { excluded: [], refunds: [] } };
}
