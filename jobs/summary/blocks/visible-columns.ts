import type { QueryRows, ResultColumn } from '../queries/query.ts';
import { isAllowed, looksPersonal } from './personal-data.ts';

/**
 * The result without the columns that look personal and that `show` does not name; `hiddenColumns`: their titles. Throws
 * RangeError when none is left.
 */
export function visibleColumns(
  { columns, rows, omittedRows }: QueryRows,
  show: readonly string[],
): { readonly visible: QueryRows; readonly hiddenColumns: readonly string[] } {
  const isVisible = (column: ResultColumn) => !looksPersonal(column) || isAllowed(column, show);
  const flags = columns.map(isVisible);
  const keep = <T>(cells: readonly T[]) => cells.filter((_, index) => flags[index]);
  const visible = { columns: keep(columns), rows: rows.map(keep), omittedRows };
  if (visible.columns.length === 0) {
    throw new RangeError('all its columns look personal: name those that may be shown under `show`');
  }
  return { visible, hiddenColumns: columns.filter((column) => !isVisible(column)).map(({ name }) => name) };
}
