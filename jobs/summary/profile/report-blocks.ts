import type { z } from 'zod';
import type { reportSchema } from '../report/schema.ts';
import { amountName, amountSql, amountTitle } from './amounts/amount.ts';
import { dateSql } from './dates/date-sql.ts';
import { allRows, datedParts, eventsSql, perDaySql, type Reading } from './reading.ts';
import { capitalized, spaced } from './row-nouns.ts';
import { cellSql, joinLines, literal, quoted } from './sql-text.ts';
import type { Stream } from './streams.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

export type BlockInput = z.input<typeof reportSchema>['blocks'][number];

/** Amount, count and average per day, with a chart; `format`: of the amount. */
export function kpiBlocks(reading: Reading, format: 'money' | 'number'): BlockInput[] {
  const { amount, stream } = reading;
  const { one, many } = stream.rowNoun;
  const countSql = perDaySql(reading, 'sum(counted)');
  const countBlock: BlockInput = { kind: 'kpi', title: capitalized(many), unit: many, sql: countSql };
  if (amount === null) return [countBlock, { kind: 'series', title: `${countBlock.title} by day`, sql: countSql }];
  const title = amountTitle(amount, one);
  const sumSql = perDaySql(reading, 'sum(value)');
  const averageSql = perDaySql(reading, 'sum(value) * 1.0 / nullif(sum(counted), 0)');
  return [
    { kind: 'kpi', title, format, sql: sumSql },
    countBlock,
    { kind: 'kpi', title: `Average ${one}`, format, empty: 'none', sql: averageSql },
    { kind: 'series', title: `${title} by day`, format, sql: sumSql },
  ];
}

/** How many rows were added a day, with a chart: all that can be said before a person says more. */
export function rowBlocks(reading: Reading): BlockInput[] {
  const title = `Rows added to ${reading.stream.name}`;
  const sql = perDaySql(allRows(reading), 'count(*)');
  return [
    { kind: 'kpi', title, unit: 'rows', sql },
    { kind: 'series', title: `${title} by day`, sql },
  ];
}

/** How many rows a day, of a table that is not the main one. */
export function newRowsBlock(reading: Reading): BlockInput {
  return {
    kind: 'kpi',
    title: `New ${reading.stream.rowNoun.many}`,
    sql: perDaySql(allRows(reading), 'count(*)'),
  };
}

/** The five groups of a category with the largest amounts (or most rows) in 30 days, beside those of the day. */
export function topFiveBlock(
  reading: Reading,
  category: ColumnProfile | null,
  format: 'money' | 'number',
): BlockInput | null {
  if (category === null) return null;
  const name = spaced(category.label);
  const group = "CASE WHEN coalesce(grp, '') = '' THEN '(none)' ELSE coalesce(known_word(grp), '(other)') END";
  const value = reading.amount === null ? 'counted' : 'value';
  const ofDay = reading.amount === null ? 'sum(day = :day)' : 'sum(CASE WHEN day = :day THEN value END)';
  return {
    kind: 'table',
    title: `Top 5 by ${name}`,
    rows: 5,
    formats: { 'that day': format, '30 days': format },
    sql: joinLines(
      `SELECT ${group} AS ${quoted(name)},`,
      `  ${ofDay} AS "that day",`,
      `  sum(${value}) AS "30 days"`,
      `FROM (${eventsSql(reading, ':from', ':to', category)})`,
      'GROUP BY 1 ORDER BY 3 DESC',
    ),
  };
}

/** Rows of the last 30 days that look wrong: amounts that are missing, not a number or below zero. */
export function exceptionsBlock(reading: Reading): BlockInput | null {
  const { amount, stream, grain, counting } = reading;
  const [part, ...more] = datedParts(reading);
  const isSimple = more.length === 0 && grain.kind === 'row' && reading.lines === null;
  if (part === undefined || !isSimple || amount?.kind !== 'column') return null;
  const { table, date } = part;
  const { day, within } = dateSql(table, date);
  const raw = cellSql(amount.column);
  const value = `num(${raw})`;
  const known = [...counting.excluded, ...counting.refunds].map((condition) => ` AND NOT (${condition})`).join('');
  return {
    kind: 'exceptions',
    title: `${capitalized(stream.rowNoun.many)} to check`,
    rows: 10,
    none: `No ${stream.rowNoun.one} of the last 30 days is missing its ${spaced(amount.column.label)} or has one below zero.`,
    sql: joinLines(
      `SELECT ${[...(table.hasRowNumbers ? ['t.rowid AS "row"'] : []), `${day} AS day`].join(', ')},`,
      `  ${value} AS ${quoted(amount.column.name)},`,
      `  CASE WHEN ${raw} IS NULL THEN 'missing' WHEN ${value} IS NULL THEN 'not a number' ELSE 'below zero' END AS why`,
      `FROM ${quoted(table.name)} t`,
      `WHERE ${within(':from', ':to')}${known} AND (${value} IS NULL OR ${value} < 0)`,
      `ORDER BY ${day} DESC`,
    ),
  };
}

/** One row a stream: how many rows it has, how many came on the day and in 30 days, and its newest day. */
export function dataHealthBlock(
  streams: readonly { readonly stream: Stream; readonly reading: Reading | null }[],
): BlockInput {
  const rows = streams.map(({ stream, reading }) => {
    const isEstimate = stream.parts.some((table) => table.isEstimate);
    const cells = reading === null ? ['NULL', 'NULL', 'NULL'] : datedCells(reading);
    const title = `${stream.name}${isEstimate ? ' (about)' : ''}`;
    return joinLines(
      `SELECT ${literal(title)} AS "table", ${stream.parts.map(sizeSql).join(' + ')} AS "rows",`,
      `  ${cells[0]} AS "that day",`,
      `  ${cells[1]} AS "30 days",`,
      `  ${cells[2]} AS "newest"`,
    );
  });
  return {
    kind: 'table',
    title: 'Data health',
    rows: 20,
    formats: { rows: 'number', 'that day': 'number', '30 days': 'number' },
    sql: rows.join('\nUNION ALL '),
  };
}

function sizeSql({ name, isEstimate }: TableProfile): string {
  const t = quoted(name);
  return isEstimate
    ? `(SELECT max(rowid) FROM ${t}) - (SELECT min(rowid) FROM ${t}) + 1`
    : `(SELECT count(*) FROM ${t})`;
}

/** When the database file was last written. */
export function lastWriteBlock(): BlockInput {
  return {
    kind: 'text',
    title: 'Last write',
    sql: `SELECT 'The database was last written on ' || last_write() || '.'`,
  };
}

function datedCells(reading: Reading): [string, string, string] {
  const parts = datedParts(reading).map(({ table, date }) => ({
    from: `FROM ${quoted(table.name)} t WHERE`,
    ...dateSql(table, date),
  }));
  const sum = (condition: (part: (typeof parts)[number]) => string) =>
    parts.map((part) => `(SELECT count(*) ${part.from} ${condition(part)})`).join(' + ');
  const newest = parts.map((part) => `(SELECT ${part.newest} ${part.from} ${part.upTo(':day')})`);
  return [
    sum(({ within }) => within(':day', ':day')),
    sum(({ within }) => within(':from', ':to')),
    newest.length === 1
      ? newest.join('')
      : `nullif(max(${newest.map((one) => `coalesce(${one}, '')`).join(', ')}), '')`,
  ];
}

/** What the amount is, as an assumption says it. */
export function amountNote({ amount, lines, stream }: Reading): string | null {
  if (amount === null) return null;
  if (lines !== null)
    return amount.kind === 'product'
      ? `The amount is price times quantity of ${lines.table.name}.`
      : `The amount is the sum of ${amountName(amount)} of ${lines.table.name}.`;
  if (amount.kind === 'product') return `The amount is ${amountName(amount)} of ${stream.name}.`;
  const isText = /^num\(/.test(amountSql(amount));
  return `The amount is ${stream.name}.${amount.column.name}${isText ? ', a text read as a number' : ''}${amount.isMinor ? ', in hundredths' : ''}${amount.less === null ? '' : `, less “${amount.less.name}”`}.`;
}
