import Sqlite from 'better-sqlite3';
import type { Answer, Cell, Question } from './question.ts';

/** Longer texts are cut: a page shows no more. */
const longestText = 500;

/** Runs one query on a connection of `openForReports` and keeps what was asked for. Never throws. */
export function answerTo(connection: Sqlite.Database, { sql, dates, rows: kept }: Question): Answer {
  try {
    const statement = connection.prepare(sql);
    if (!statement.reader || !statement.readonly) {
      return refused('it would change something, and a report may only read: write one SELECT');
    }
    statement.raw(true).safeIntegers(true);
    const columns = statement.columns().map(({ name, column, table }) => ({ name, column, table }));
    const rows: Cell[][] = [];
    let left = 0;
    for (const row of statement.iterate(dates) as IterableIterator<unknown[]>) {
      if (rows.length < kept) rows.push(row.map(cellOf));
      else left += 1;
    }
    return { kind: 'rows', columns, rows, left };
  } catch (error) {
    const code = error instanceof Sqlite.SqliteError ? error.code : null;
    return refused(code === 'SQLITE_FULL' ? noSpace : reasonOf(error), code);
  }
}

/** Only temporary space can be full: the connection writes nothing else. */
const noSpace =
  'sorting its rows needs more space than /tmp has: ask for fewer, or set SQLITE_TMPDIR to a folder on a larger disk';

function refused(reason: string, code: string | null = null): Answer {
  return { kind: 'failed', reason, code };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const parameter = /^Missing named parameter "(.*)"/.exec(message)?.[1];
  if (parameter !== undefined) return `it asks for :${parameter}; there are :day, :from and :to`;
  if (/more than one statement/.test(message)) return 'it holds more than one statement: write one SELECT';
  if (/contains no statements/.test(message)) return 'it is empty';
  if (/attempt to write a readonly database/.test(message))
    return 'it would change the database, and a report may only read';
  return message;
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string') return value.length > longestText ? `${value.slice(0, longestText)}…` : value;
  return value instanceof Uint8Array ? `(${value.byteLength} bytes)` : String(value);
}
