import type { z } from 'zod';
import type { reportSchema } from '../report/schema.ts';
import { amountSql } from './amounts.ts';
import { dateSql } from './date-sql.ts';
import type { Subject } from './subject.ts';
import { capital, literal, quoted, type Table, words } from './table.ts';

export type BlockInput = z.input<typeof reportSchema>['blocks'][number];

/** The rows of a subject with its date and amount, joined with its lines where the amount is theirs. */
type Rows = { readonly from: string; readonly amount: string | null; readonly count: string };

function rowsOf({ table, amount, lines }: Subject): Rows {
  const head = `${quoted(table.name)} t`;
  if (lines !== null) {
    const join = `LEFT JOIN ${quoted(lines.table)} l ON l.${quoted(lines.column)} = t.${quoted(lines.to)}`;
    return { from: `${head} ${join}`, amount: lines.sql, count: `count(DISTINCT t.${quoted(lines.to)})` };
  }
  return { from: head, amount: amount === null ? null : amountSql(amount, 't'), count: 'count(*)' };
}

/** What the sum of the amounts is called. */
function amountTitle({ rows, amount }: Subject): string {
  const name = amount === null ? '' : words(amount.name).replace(/( in)? \(?(rm|myr|usd|eur|sgd|cents?|sen)\)?$/, '');
  const isPlain = /^(total|amount|amt|value|grand total|total amount|)$/.test(name);
  return isPlain ? `${capital(rows.one)} total` : capital(name);
}

/** Amount, count and mean of the rows of a day; `format`: of the amount. */
export function figures(subject: Subject, format: 'money' | 'number'): BlockInput[] {
  const { from, amount, count } = rowsOf(subject);
  const date = dateSql(subject, 't');
  const perDay = (value: string) =>
    lines(
      `SELECT ${date.day} AS day, ${value} AS value`,
      `FROM ${from}`,
      `WHERE ${date.within(':from', ':to')}`,
      'GROUP BY 1',
    );
  const isMoney = subject.lines !== null || subject.amount?.isMoney === true;
  const mean = `Average ${isMoney ? subject.rows.one : amountTitle(subject).toLowerCase()}`;
  const counted: BlockInput = {
    kind: 'kpi',
    title: capital(subject.rows.many),
    unit: subject.rows.many,
    sql: perDay(count),
  };
  if (amount === null) {
    return [counted, { kind: 'series', title: `${counted.title} by day`, sql: perDay(count) }];
  }
  return [
    { kind: 'kpi', title: amountTitle(subject), format, sql: perDay(`sum(${amount})`) },
    counted,
    { kind: 'kpi', title: mean, format, empty: 'none', sql: perDay(`sum(${amount}) * 1.0 / ${count}`) },
    { kind: 'series', title: `${amountTitle(subject)} by day`, format, sql: perDay(`sum(${amount})`) },
  ];
}

/** How many rows a day, of a table that is not the main one. */
export function newRows(subject: Subject): BlockInput {
  const { table, rows } = subject;
  const { day, within } = dateSql(subject, 't');
  return {
    kind: 'kpi',
    title: `New ${rows.many}`,
    sql: lines(
      `SELECT ${day} AS day, count(*) AS value`,
      `FROM ${quoted(table.name)} t`,
      `WHERE ${within(':from', ':to')}`,
      'GROUP BY 1',
    ),
  };
}

/** The five groups of a category with the largest amounts (or most rows) in 30 days, with those of the day beside. */
export function topFive(subject: Subject, format: 'money' | 'number'): BlockInput | null {
  const { category } = subject;
  if (category === null) return null;
  const { from, amount, count } = rowsOf(subject);
  const date = dateSql(subject, 't');
  const group = `coalesce(nullif(t.${quoted(category.name)}, ''), '(none)')`;
  const name = words(category.name);
  const value = amount === null ? count : `sum(${amount})`;
  const ofDay = amount === null ? `sum(${date.day} = :day)` : `sum(CASE WHEN ${date.day} = :day THEN ${amount} END)`;
  return {
    kind: 'table',
    title: `Top 5 by ${name}`,
    rows: 5,
    formats: { 'that day': format, '30 days': format },
    sql: lines(
      `SELECT ${group} AS ${quoted(name)},`,
      `  ${ofDay} AS "that day",`,
      `  ${value} AS "30 days"`,
      `FROM ${from}`,
      `WHERE ${date.within(':from', ':to')}`,
      'GROUP BY 1 ORDER BY 3 DESC',
    ),
  };
}

/** Rows of the last 30 days that look wrong: amounts that are missing, no number or below zero; dates after the day. */
export function exceptions(subject: Subject): BlockInput | null {
  const { table, rows, amount } = subject;
  const { day, within } = dateSql(subject, 't');
  const key = table.columns.filter(({ isKey }) => isKey).map(({ name }) => `t.${quoted(name)}`);
  const id = key.length > 0 ? key : table.hasRowid ? ['t.rowid AS "row"'] : [];
  if (amount === null) return null;
  const raw = `t.${quoted(amount.name)}`;
  const value = `num(${raw})`;
  return {
    kind: 'exceptions',
    title: `${capital(rows.many)} to look at`,
    rows: 10,
    none: `No ${rows.one} of the last 30 days lacks its ${words(amount.name)} or has one below zero.`,
    sql: lines(
      `SELECT ${[...id, `${day} AS day`, raw].join(', ')},`,
      `  CASE WHEN ${raw} IS NULL THEN 'missing' WHEN ${value} IS NULL THEN 'no number' ELSE 'below zero' END AS why`,
      `FROM ${quoted(table.name)} t`,
      `WHERE ${within(':from', ':to')} AND (${value} IS NULL OR ${value} < 0)`,
      `ORDER BY ${day} DESC`,
    ),
  };
}

/** One row a table: how many rows it has, how many came on the day and in 30 days, and its newest day. */
export function health(tables: readonly Table[], subjects: readonly Subject[]): BlockInput {
  const rows = tables.map((table) => {
    const subject = subjects.find((one) => one.table === table);
    const size = table.isEstimate
      ? `(SELECT max(rowid) FROM ${quoted(table.name)}) - (SELECT min(rowid) FROM ${quoted(table.name)}) + 1`
      : `(SELECT count(*) FROM ${quoted(table.name)})`;
    const dated = subject === undefined ? ['NULL', 'NULL', 'NULL'] : datedCells(subject);
    const title = `${table.name}${table.isEstimate ? ' (about)' : ''}`;
    return lines(
      `SELECT ${literal(title)} AS "table", ${size} AS "rows",`,
      `  ${dated[0]} AS "that day",`,
      `  ${dated[1]} AS "30 days",`,
      `  ${dated[2]} AS "newest"`,
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

/** When anything at all was last written. */
export function lastWrite(): BlockInput {
  return {
    kind: 'text',
    title: 'Last write',
    sql: `SELECT 'The database was last written on ' || last_write() || '.'`,
  };
}

function datedCells(subject: Subject): [string, string, string] {
  const { newest, within, upTo } = dateSql(subject, 't');
  const from = `FROM ${quoted(subject.table.name)} t WHERE`;
  return [
    `(SELECT count(*) ${from} ${within(':day', ':day')})`,
    `(SELECT count(*) ${from} ${within(':from', ':to')})`,
    `(SELECT ${newest} ${from} ${upTo(':day')})`,
  ];
}

/** The newest day of a subject up to the page's day. */
export function newestSql(subject: Subject): string {
  const { newest, upTo } = dateSql(subject, 't');
  return lines(`SELECT ${newest}`, `FROM ${quoted(subject.table.name)} t`, `WHERE ${upTo(':day')}`);
}

function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}
