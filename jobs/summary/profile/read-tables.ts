import type { Cell, RunQuery } from '../queries/query.ts';
import { QueryError } from '../queries/query-error.ts';
import { type FetchRows, fetchRowsWith } from './fetch-rows.ts';
import { jsonColumns } from './json-columns.ts';
import { readRowNumbers, sizeOf } from './read-size.ts';
import { literal, quoted } from './sql-text.ts';
import { businessTables, type Framework, frameworkOf } from './system-tables.ts';
import type { ColumnProfile, SampleValues, TableProfile } from './table-profile.ts';

/** What a database holds, and what tells how it writes times. */
export type DatabaseProfile = {
  /** The business's own tables and views. */
  readonly tables: readonly TableProfile[];
  /** How many it has, a framework's, an index's and unreadable views among them. */
  readonly tableCount: number;
  readonly framework: Framework | null;
  /** Local time at which the file was last written, `2025-11-30 08:00:00`. */
  readonly lastWrite: string;
};

const maxTables = 200;
const maxColumns = 80;
const newestRows = 150;
const oldestRows = 50;
const listing = `SELECT l.name, l.type, coalesce(m.sql, ''), l.wr FROM pragma_table_list l
  LEFT JOIN sqlite_schema m ON m.name = l.name AND m.type IN ('table', 'view')
  WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name`;

/** Reads the tables of a database with a sample of their rows, without reading any big table whole. Throws QueryError. */
export async function readTables(run: RunQuery): Promise<DatabaseProfile> {
  const fetchRows = fetchRowsWith(run);
  const listed = (await fetchRows(listing)).map(([name, kind, sql, withoutRowid]) => ({
    name: String(name),
    kind: String(kind),
    sql: String(sql),
    hasRowid: withoutRowid === 0 && kind === 'table',
  }));
  const tables: TableProfile[] = [];
  for (const one of businessTables(listed).slice(0, maxTables)) {
    const table = one.kind === 'view' ? await readView(one.name, fetchRows) : await readTable(one, fetchRows);
    if (table !== null) tables.push(table);
  }
  const [[lastWrite = ''] = []] = await fetchRows('SELECT last_write()');
  return { tables, tableCount: listed.length, framework: frameworkOf(listed), lastWrite: String(lastWrite) };
}

/** A view that cannot be read, or not in time, is none: it may name a table that is gone. */
async function readView(name: string, fetchRows: FetchRows): Promise<TableProfile | null> {
  try {
    const table = await readTable({ name, hasRowid: false }, fetchRows);
    return { ...table, isView: true };
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}

async function readTable(
  { name, hasRowid }: { readonly name: string; readonly hasRowid: boolean },
  fetchRows: FetchRows,
): Promise<TableProfile> {
  const declared = (
    await fetchRows(
      `SELECT name, upper(type), pk, dflt_value FROM pragma_table_xinfo(${literal(name)}) WHERE hidden <> 1`,
    )
  ).slice(0, maxColumns);
  const keys = await fetchRows(`SELECT "from", "table", "to" FROM pragma_foreign_key_list(${literal(name)})`);
  const columns = declared.map(([column]) => String(column));
  const sample = await fetchRows(
    sampleSql(
      name,
      columns.map((column) => `t.${quoted(column)}`),
      hasRowid,
    ),
  );
  const plain = declared.map(([, type, key, defaultSql], index): ColumnProfile => {
    const column = columns[index] ?? '';
    return {
      name: column,
      label: column,
      json: null,
      type: String(type ?? ''),
      isKey: key !== 0,
      defaultSql: defaultSql === null || defaultSql === undefined ? null : String(defaultSql),
      ...valuesOf(sample.map((row) => row[index] ?? null)),
    };
  });
  const readSample = (cells: readonly string[]) => fetchRows(sampleSql(name, cells, hasRowid));
  return {
    name,
    isView: false,
    ...(await sizeOf(name, hasRowid, fetchRows)),
    hasRowid,
    hasRowNumbers: hasRowid && (await readRowNumbers(name, fetchRows)),
    columns: [...plain, ...(await jsonColumns(name, plain, hasRowid, { fetchRows, readSample, valuesOf }))],
    foreignKeys: keys.map(([from, to, column]) => ({
      column: String(from),
      table: String(to),
      to: column === null || column === undefined ? null : String(column),
    })),
  };
}

function sampleSql(table: string, columns: readonly string[], hasRowid: boolean): string {
  const cells = columns.map(
    (column) =>
      `CASE typeof(${column}) WHEN 'text' THEN substr(${column}, 1, 60) WHEN 'blob' THEN NULL ELSE ${column} END`,
  );
  const select = `SELECT ${cells.join(', ')} FROM ${quoted(table)} t`;
  if (!hasRowid) return `${select} LIMIT ${newestRows + oldestRows}`;
  const part = (order: string, count: number) => `SELECT * FROM (${select} ORDER BY t.rowid ${order} LIMIT ${count})`;
  return `${part('DESC', newestRows)} UNION ALL ${part('ASC', oldestRows)}`;
}

function valuesOf(values: readonly Cell[]): SampleValues {
  const cells = values.map((value) => (value === '' ? null : value));
  const sample = cells.filter((value) => value !== null);
  return { sample, cells, nulls: cells.length - sample.length };
}
