import Sqlite from 'better-sqlite3';
import type { Cell, Query, QueryResult } from './query.ts';

/** Longer texts are cut: a page shows no more. */
const maxTextLength = 500;

/** Runs one query on a connection of `openForReports` and returns its first rows. Never throws. */
export function runQuery(connection: Sqlite.Database, { sql, dates, maxRows }: Query): QueryResult {
  try {
    const statement = connection.prepare(sql);
    if (!statement.reader || !statement.readonly) {
      return failed('it would change the database, and reports are read-only: write one SELECT');
    }
    statement.raw(true).safeIntegers(true);
    const columns = statement.columns().map(({ name, column, table }) => ({ name, column, table }));
    const rows: Cell[][] = [];
    let omittedRows = 0;
    for (const row of statement.iterate(dates) as IterableIterator<unknown[]>) {
      if (rows.length < maxRows) rows.push(row.map(cellOf));
      else omittedRows += 1;
    }
    return { kind: 'rows', columns, rows, omittedRows };
  } catch (error) {
    const code = error instanceof Sqlite.SqliteError ? error.code : null;
    return failed(limitReasons[code ?? ''] ?? reasonOf(error), code);
  }
}

const limitReasons: Readonly<Record<string, string>> = {
  // Only temporary space can be full: the connection writes nothing else.
  SQLITE_FULL:
    'sorting its rows needs more space than /tmp has: select fewer, or set SQLITE_TMPDIR to a folder on a larger disk',
  SQLITE_TOOBIG: 'it makes a value that is too large: select shorter ones',
};

function failed(reason: string, code: string | null = null): QueryResult {
  return { kind: 'failed', reason, code };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const parameter = /^Missing named parameter "(.*)"/.exec(message)?.[1];
  if (parameter !== undefined) return `it uses :${parameter}; there are only :day, :from and :to`;
  if (/more than one statement/.test(message)) return 'it has more than one statement: write one SELECT';
  if (/contains no statements/.test(message)) return 'it is empty';
  if (/attempt to write a readonly database/.test(message))
    return 'it would change the database, and reports are read-only';
  return message;
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string') return value.length > maxTextLength ? `${cut(value)}…` : value;
  return value instanceof Uint8Array ? `(${value.byteLength} bytes)` : String(value);
}

/** A slice alone would keep the whole text in memory, row after row. */
function cut(text: string): string {
  return Buffer.from(text.slice(0, maxTextLength)).toString();
}
