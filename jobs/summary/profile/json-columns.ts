import type { Cell } from '../queries/query.ts';
import type { FetchRows } from './fetch-rows.ts';
import { cellSql, quoted } from './sql-text.ts';
import type { ColumnProfile, SampleValues } from './table-profile.ts';

const maxPaths = 40;
const probedRows = 50;

type JsonColumnsDeps = {
  readonly fetchRows: FetchRows;
  readonly readSample: (cells: readonly string[]) => Promise<readonly (readonly Cell[])[]>;
  readonly valuesOf: (values: readonly Cell[]) => SampleValues;
};

/** The single values within columns that hold JSON objects, each as a column `payload.total`. */
export async function jsonColumns(
  table: string,
  columns: readonly ColumnProfile[],
  hasRowid: boolean,
  { fetchRows, readSample, valuesOf }: JsonColumnsDeps,
): Promise<ColumnProfile[]> {
  const found: ColumnProfile[] = [];
  for (const { name, sample } of columns) {
    const isObject = sample.length > 0 && sample.every((value) => /^\s*\{/.test(String(value)));
    if (!isObject) continue;
    const c = quoted(name);
    const order = hasRowid ? 'ORDER BY rowid DESC' : '';
    const paths = await fetchRows(
      `SELECT j.fullkey, j.key FROM (SELECT ${c} AS c FROM ${quoted(table)} WHERE json_valid(${c}) ${order} LIMIT ${probedRows}) s,
         json_tree(s.c) j
       WHERE j.type IN ('integer', 'real', 'text') AND j.fullkey NOT LIKE '%[%' GROUP BY 1 ORDER BY count(*) DESC, min(j.id)`,
      maxPaths,
    );
    const inner = paths.map(([path, key]) => ({
      name: `${name}.${String(path).replace(/^\$\.?/, '')}`,
      label: String(key),
      json: { column: name, path: String(path) },
    }));
    if (inner.length === 0) continue;
    const rows = await readSample(inner.map((column) => cellSql(column)));
    found.push(
      ...inner.map((column, index) => ({
        ...column,
        type: '',
        isKey: false,
        defaultSql: null,
        ...valuesOf(rows.map((row) => row[index] ?? null)),
      })),
    );
  }
  return found;
}
