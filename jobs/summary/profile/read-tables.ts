import type { Answer, Ask, Cell } from '../measure/question.ts';
import { Unanswered } from '../measure/unanswered.ts';
import { type Column, quoted, type Sampled, type Table } from './table.ts';

const mostTables = 60;
const mostColumns = 60;
const newestRows = 150;
const oldestRows = 50;
/** Up to so many rows are counted; beyond, the range of row numbers tells. */
const countedRows = 200_000;
const timeLimitMs = 10_000;
const own = `schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

/** Reads the tables of a database with a sample of their rows, without reading any big table whole. Throws Unanswered. */
export async function readTables(ask: Ask): Promise<Table[]> {
  const get = async (sql: string, rows = 5000) => rowsOf(await ask({ sql, dates: noDates, rows, timeLimitMs }));
  const names = await get(`SELECT name, wr FROM pragma_table_list WHERE ${own} ORDER BY name`, mostTables);
  const columns = await get(
    `SELECT t, c.name, upper(c.type), c.pk, c.dflt_value
     FROM (SELECT name AS t FROM pragma_table_list WHERE ${own}), pragma_table_xinfo(t) c WHERE c.hidden <> 1`,
  );
  const keys = await get(
    `SELECT t, f."from", f."table", f."to"
     FROM (SELECT name AS t FROM pragma_table_list WHERE ${own}), pragma_foreign_key_list(t) f`,
  );
  const tables: Table[] = [];
  for (const [name, withoutRowid] of names) {
    const table = String(name);
    const hasRowid = withoutRowid === 0;
    const declared = columns.filter(([of]) => of === table).slice(0, mostColumns);
    const sample = await get(sampleSql(table, declared, hasRowid));
    tables.push({
      name: table,
      ...(await sizeOf(table, hasRowid, get)),
      hasRowid,
      columns: declared.map(([, column, type, key, fallback], index) => ({
        name: String(column),
        type: String(type ?? ''),
        isKey: key !== 0,
        fallback: fallback === null || fallback === undefined ? null : String(fallback),
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

/** What comes from the schema alone asks for no date. */
const noDates = { day: '', from: '', to: '' };

type Get = (sql: string, rows?: number) => Promise<readonly (readonly Cell[])[]>;

function rowsOf(answer: Answer): readonly (readonly Cell[])[] {
  if (answer.kind === 'rows') return answer.rows;
  throw new Unanswered(answer);
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

function valuesOf(sample: Sampled, index: number): Pick<Column, 'sample' | 'nulls'> {
  const values = sample.map((row) => row[index] ?? null);
  const known = values.filter((value): value is string | number => value !== null && value !== '');
  return { sample: known, nulls: values.length - known.length };
}

/** The range of row numbers tells how many rows there are where it has next to no gaps; else they are counted. */
async function sizeOf(table: string, hasRowid: boolean, get: Get): Promise<Pick<Table, 'rows' | 'isEstimate'>> {
  const t = quoted(table);
  if (hasRowid) {
    // Two queries in one: SQLite finds each end of the rowids at once, but not both together.
    const [[first = 0, range = 0] = []] = await get(
      `SELECT (SELECT min(rowid) FROM ${t}), (SELECT max(rowid) FROM ${t}) - (SELECT min(rowid) FROM ${t}) + 1`,
    );
    const isLong = Number(range) > countedRows;
    if (isLong && (await isDense(t, Number(first), Number(range), get)))
      return { rows: Number(range), isEstimate: true };
  }
  return { rows: Number((await get(`SELECT count(*) FROM ${t}`))[0]?.[0] ?? 0), isEstimate: false };
}

/** Whether nine in ten of the row numbers are taken, by ten looks at two hundred each. */
async function isDense(t: string, first: number, range: number, get: Get): Promise<boolean> {
  const looks = Array.from({ length: 10 }, (_, index) => first + Math.floor(((range - 200) * index) / 9));
  const taken = looks.map((from) => `(SELECT count(*) FROM ${t} WHERE rowid BETWEEN ${from} AND ${from + 199})`);
  return Number((await get(`SELECT ${taken.join(' + ')}`))[0]?.[0] ?? 0) >= 1800;
}
