import type { FetchRows } from './fetch-rows.ts';
import { quoted } from './sql-text.ts';
import type { TableProfile } from './table-profile.ts';

/** Up to so many rows are counted; beyond, the range of row numbers is used. */
const maxCountedRows = 200_000;

/** The range of row numbers is the row count where it has next to no gaps; else rows are counted. */
export async function sizeOf(
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

/** Row numbers counted from 1 lie close together: keys that are phone, IC or account numbers do not. */
export async function readRowNumbers(table: string, fetchRows: FetchRows): Promise<boolean> {
  const t = quoted(table);
  const [[last = 0] = []] = await fetchRows(`SELECT max(rowid) FROM ${t}`);
  const [[tenth = null] = []] = await fetchRows(`SELECT rowid FROM ${t} ORDER BY rowid DESC LIMIT 1 OFFSET 9`);
  const isSmall = Number(last) <= 1000;
  return isSmall || (tenth !== null && Number(last) < 100_000_000 && Number(last) - Number(tenth) < 1000);
}
