import type { z } from 'zod';
import type { reportSchema } from '../report/schema.ts';
import { amountSql } from './amount-columns.ts';
import { dateSql } from './date-sql.ts';
import type { EventTable } from './event-tables.ts';
import { capitalized, spaced } from './row-nouns.ts';
import { literal, quoted } from './sql-text.ts';
import type { TableProfile } from './table-profile.ts';

export type BlockInput = z.input<typeof reportSchema>['blocks'][number];

/** SQL for the rows of an event table, joined with its line items where they hold the amount. */
type EventSource = { readonly from: string; readonly amount: string | null; readonly count: string };

function eventSource({ table, amount, lineItems }: EventTable): EventSource {
  const head = `${quoted(table.name)} t`;
  if (lineItems !== null) {
    const join = `LEFT JOIN ${quoted(lineItems.table)} l ON l.${quoted(lineItems.column)} = t.${quoted(lineItems.to)}`;
    return { from: `${head} ${join}`, amount: lineItems.sql, count: `count(DISTINCT t.${quoted(lineItems.to)})` };
  }
  return { from: head, amount: amount === null ? null : amountSql(amount, 't'), count: 'count(*)' };
}

/** What the sum of the amounts is called. */
function amountTitle({ rowNoun, amount }: EventTable): string {
  const name = amount === null ? '' : spaced(amount.name).replace(/( in)? \(?(rm|myr|usd|eur|sgd|cents?|sen)\)?$/, '');
  const isPlain = /^(total|amount|amt|value|grand total|total amount|)$/.test(name);
  return isPlain ? `${capitalized(rowNoun.one)} total` : capitalized(name);
}

/** Amount, count and average per day, with a chart; `format`: of the amount. */
export function kpiBlocks(eventTable: EventTable, format: 'money' | 'number'): BlockInput[] {
  const { from, amount, count } = eventSource(eventTable);
  const date = dateSql(eventTable, 't');
  const perDay = (value: string) =>
    joinLines(
      `SELECT ${date.day} AS day, ${value} AS value`,
      `FROM ${from}`,
      `WHERE ${date.within(':from', ':to')}`,
      'GROUP BY 1',
    );
  const isMoney = eventTable.lineItems !== null || eventTable.amount?.isMoney === true;
  const averageTitle = `Average ${isMoney ? eventTable.rowNoun.one : amountTitle(eventTable).toLowerCase()}`;
  const countBlock: BlockInput = {
    kind: 'kpi',
    title: capitalized(eventTable.rowNoun.many),
    unit: eventTable.rowNoun.many,
    sql: perDay(count),
  };
  if (amount === null) {
    return [countBlock, { kind: 'series', title: `${countBlock.title} by day`, sql: perDay(count) }];
  }
  return [
    { kind: 'kpi', title: amountTitle(eventTable), format, sql: perDay(`sum(${amount})`) },
    countBlock,
    { kind: 'kpi', title: averageTitle, format, empty: 'none', sql: perDay(`sum(${amount}) * 1.0 / ${count}`) },
    { kind: 'series', title: `${amountTitle(eventTable)} by day`, format, sql: perDay(`sum(${amount})`) },
  ];
}

/** How many rows a day, of a table that is not the main one. */
export function newRowsBlock(eventTable: EventTable): BlockInput {
  const { table, rowNoun } = eventTable;
  const { day, within } = dateSql(eventTable, 't');
  return {
    kind: 'kpi',
    title: `New ${rowNoun.many}`,
    sql: joinLines(
      `SELECT ${day} AS day, count(*) AS value`,
      `FROM ${quoted(table.name)} t`,
      `WHERE ${within(':from', ':to')}`,
      'GROUP BY 1',
    ),
  };
}

/** The five groups of a category with the largest amounts (or most rows) in 30 days, beside those of the day. */
export function topFiveBlock(eventTable: EventTable, format: 'money' | 'number'): BlockInput | null {
  const { category } = eventTable;
  if (category === null) return null;
  const { from, amount, count } = eventSource(eventTable);
  const date = dateSql(eventTable, 't');
  const group = `coalesce(nullif(t.${quoted(category.name)}, ''), '(none)')`;
  const name = spaced(category.name);
  const value = amount === null ? count : `sum(${amount})`;
  const ofDay = amount === null ? `sum(${date.day} = :day)` : `sum(CASE WHEN ${date.day} = :day THEN ${amount} END)`;
  return {
    kind: 'table',
    title: `Top 5 by ${name}`,
    rows: 5,
    formats: { 'that day': format, '30 days': format },
    sql: joinLines(
      `SELECT ${group} AS ${quoted(name)},`,
      `  ${ofDay} AS "that day",`,
      `  ${value} AS "30 days"`,
      `FROM ${from}`,
      `WHERE ${date.within(':from', ':to')}`,
      'GROUP BY 1 ORDER BY 3 DESC',
    ),
  };
}

/** Rows of the last 30 days that look wrong: amounts that are missing, not a number or below zero. */
export function exceptionsBlock(eventTable: EventTable): BlockInput | null {
  const { table, rowNoun, amount } = eventTable;
  const { day, within } = dateSql(eventTable, 't');
  const key = table.columns.filter(({ isKey }) => isKey).map(({ name }) => `t.${quoted(name)}`);
  const id = key.length > 0 ? key : table.hasRowid ? ['t.rowid AS "row"'] : [];
  if (amount === null) return null;
  const raw = `t.${quoted(amount.name)}`;
  const value = `num(${raw})`;
  return {
    kind: 'exceptions',
    title: `${capitalized(rowNoun.many)} to check`,
    rows: 10,
    none: `No ${rowNoun.one} of the last 30 days is missing its ${spaced(amount.name)} or has one below zero.`,
    sql: joinLines(
      `SELECT ${[...id, `${day} AS day`, raw].join(', ')},`,
      `  CASE WHEN ${raw} IS NULL THEN 'missing' WHEN ${value} IS NULL THEN 'not a number' ELSE 'below zero' END AS why`,
      `FROM ${quoted(table.name)} t`,
      `WHERE ${within(':from', ':to')} AND (${value} IS NULL OR ${value} < 0)`,
      `ORDER BY ${day} DESC`,
    ),
  };
}

/** One row a table: how many rows it has, how many came on the day and in 30 days, and its newest day. */
export function dataHealthBlock(tables: readonly TableProfile[], eventTables: readonly EventTable[]): BlockInput {
  const rows = tables.map((table) => {
    const eventTable = eventTables.find((one) => one.table === table);
    const size = table.isEstimate
      ? `(SELECT max(rowid) FROM ${quoted(table.name)}) - (SELECT min(rowid) FROM ${quoted(table.name)}) + 1`
      : `(SELECT count(*) FROM ${quoted(table.name)})`;
    const cells = eventTable === undefined ? ['NULL', 'NULL', 'NULL'] : datedCells(eventTable);
    const title = `${table.name}${table.isEstimate ? ' (about)' : ''}`;
    return joinLines(
      `SELECT ${literal(title)} AS "table", ${size} AS "rows",`,
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

/** When the database file was last written. */
export function lastWriteBlock(): BlockInput {
  return {
    kind: 'text',
    title: 'Last write',
    sql: `SELECT 'The database was last written on ' || last_write() || '.'`,
  };
}

function datedCells(eventTable: EventTable): [string, string, string] {
  const { newest, within, upTo } = dateSql(eventTable, 't');
  const from = `FROM ${quoted(eventTable.table.name)} t WHERE`;
  return [
    `(SELECT count(*) ${from} ${within(':day', ':day')})`,
    `(SELECT count(*) ${from} ${within(':from', ':to')})`,
    `(SELECT ${newest} ${from} ${upTo(':day')})`,
  ];
}

/** The newest day of an event table up to the page's day. */
export function newestSql(eventTable: EventTable): string {
  const { newest, upTo } = dateSql(eventTable, 't');
  return joinLines(`SELECT ${newest}`, `FROM ${quoted(eventTable.table.name)} t`, `WHERE ${upTo(':day')}`);
}

function joinLines(...parts: readonly string[]): string {
  return parts.join('\n');
}
