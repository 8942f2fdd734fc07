import type { Cell, QueryResult, RunQuery } from '../queries/query.ts';
import { QueryError } from '../queries/query-error.ts';
import { quoted } from './sql-text.ts';
import type { ColumnProfile, TableProfile } from './table-profile.ts';

const maxTables = 60;
const maxColumns = 60;
const newestRows = 150;
const oldestRows = 50;
/** Up to so many rows are counted; beyond, the range of row numbers is used. */
const maxCountedRows = 200_000;
const timeLimitMs = 10_000;
const ownTables = `schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

/** Reads the tables of a database with a sample of their rows, without reading any big table whole. Throws QueryError. */
export async function readTables(run: RunQuery): Promise<TableProfile[]> {
  const fetchRows = async (sql: string, rows = 5000) =>
    rowsOf(await run({ sql, dates: noDates, maxRows: rows, timeLimitMs }));
  const names = await fetchRows(`SELECT name, wr FROM pragma_table_list WHERE ${ownTables} ORDER BY name`, maxTables);
  const columns = await fetchRows(
    `SELECT t, c.name, upper(c.type), c.pk, c.dflt_value
     FROM (SELECT name AS t FROM pragma_table_list WHERE ${ownTables}), pragma_table_xinfo(t) c WHERE c.hidden <> 1`,
  );
  const keys = await fetchRows(
    `SELECT t, f."from", f."table", f."to"
     FROM (SELECT name AS t FROM pragma_table_list WHERE ${ownTables}), pragma_foreign_key_list(t) f`,
  );
  const tables: TableProfile[] = [];
  for (const [name, withoutRowid] of names) {
    const table = String(name);
    const hasRowid = withoutRowid === 0;
    const declared = columns.filter(([of]) => of === table).slice(0, maxColumns);
    const sample = await fetchRows(sampleSql(table, declared, hasRowid));
    tables.push({
      name: table,
      ...(await sizeOf(table, hasRowid, fetchRows)),
      hasRowid,
      columns: declared.map(([, column, type, key, defaultSql], index) => ({
        name: String(column),
        type: String(type ?? ''),
        isKey: key !== 0,
        defaultSql: defaultSql === null || defaultSql === undefined ? null : String(defaultSql),
        ...valuesOf(sample, index),
      })),
      foreignKeys: keys
        .filter(([of]) => of === table)
        .map(([, from, to, column]) => ({
          column: String(from),
          table: String(to),
          to: column === null || column === undefined ? null : String(column),
        })),
    });
  }
  return tables;
}

/** These queries use no dates. */
const noDates = { day: '', from: '', to: '' };

type FetchRows = (sql: string, rows?: number) => Promise<readonly (readonly Cell[])[]>;

function rowsOf(result: QueryResult): readonly (readonly Cell[])[] {
  if (result.kind === 'rows') return result.rows;
  throw new QueryError(result);
}

function sampleSql(table: string, columns: readonly (readonly Cell[])[], hasRowid: boolean): string {
  const cells = columns.map(([, name]) => {
    const column = quoted(String(name));
    return `CASE typeof(${column}) WHEN 'text' THEN substr(${column}, 1, 60) WHEN 'blob' THEN NULL ELSE ${column} END`;
  });
  const select = `SELECT ${cells.join(', ')} FROM ${quoted(table)}`;
  if (!hasRowid) return `${select} LIMIT ${newestRows + oldestRows}`;
  const part = (order: string, count: number) => `SELECT * FROM (${select} ORDER BY rowid ${order} LIMIT ${count})`;
  return `${part('DESC', newestRows)} UNION ALL ${part('ASC', oldestRows)}`;
}

function valuesOf(sample: readonly (readonly Cell[])[], index: number): Pick<ColumnProfile, 'sample' | 'nulls'> {
  const values = sample.map((row) => row[index] ?? null);
  const known = values.filter((value): value is string | number => value !== null && value !== '');
  return { sample: known, nulls: values.length - known.length };
}

/** The range of row numbers is the row count where it has next to no gaps; else rows are counted. */
async function sizeOf(
  table: string,
  hasRowid: boolean,
  fetchRows: FetchRows,
): Promise<Pick<TableProfile, 'rowCount' | 'isEstimate'>> {
  const t = quoted(table);
  if (hasRowid) {
    // Two queries in one: SQLite finds each end of the rowids at once, but not both together.
    const [[first = 0, range = 0] = []] = await fetchRows(
      `SELECT (SELECT min(rowid) FROM ${t}), (SELECT max(rowid) FROM ${t}) - (SELECT min(rowid) FROM ${t}) + 1`,
    );
    const isLong = Number(range) > maxCountedRows;
    if (isLong && (await isDense(t, Number(first), Number(range), fetchRows)))
      return { rowCount: Number(range), isEstimate: true };
  }
  return { rowCount: Number((await fetchRows(`SELECT count(*) FROM ${t}`))[0]?.[0] ?? 0), isEstimate: false };
}

/** Whether nine in ten of the row numbers exist, by ten samples of two hundred each. */
async function isDense(t: string, first: number, range: number, fetchRows: FetchRows): Promise<boolean> {
  const starts = Array.from({ length: 10 }, (_, index) => first + Math.floor(((range - 200) * index) / 9));
  const counts = starts.map((from) => `(SELECT count(*) FROM ${t} WHERE rowid BETWEEN ${from} AND ${from + 199})`);
  return Number((await fetchRows(`SELECT ${counts.join(' + ')}`))[0]?.[0] ?? 0) >= 1800;
}
