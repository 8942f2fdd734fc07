import type { Cell, QueryRows, ResultColumn } from '../queries/query.ts';
import { isAllowed, looksPersonal } from './personal-data.ts';
import { type PersonalValueKind, personalValueKind } from './personal-values.ts';

/** Cells of a shown column that were hidden, as their values look like `kind`. */
export type HiddenCells = { readonly column: string; readonly count: number; readonly kind: PersonalValueKind };

export type HiddenParts = { readonly hiddenColumns: readonly string[]; readonly hiddenCells: readonly HiddenCells[] };

/** What a hidden cell shows. */
const hidden = '(hidden)';

/**
 * The result without the columns that look personal and that `show` does not name, by their titles in `hiddenColumns`, and
 * without the cells that look so in others. Throws RangeError when no column is left.
 */
export function visibleColumns(
  { columns, rows, omittedRows }: QueryRows,
  show: readonly string[],
): HiddenParts & { readonly visible: QueryRows } {
  const isVisible = (column: ResultColumn) => !looksPersonal(column) || isAllowed(column, show);
  const flags = columns.map(isVisible);
  const keep = <T>(cells: readonly T[]) => cells.filter((_, index) => flags[index]);
  const kept = keep(columns);
  if (kept.length === 0) {
    throw new RangeError('all its columns look personal: name those that may be shown under `show`');
  }
  const shownRows = rows.map((row) => keep(row));
  const kindOf = (cell: Cell, column: ResultColumn | undefined) =>
    column === undefined || isAllowed(column, show) ? null : personalValueKind(cell);
  return {
    visible: {
      columns: kept,
      rows: shownRows.map((row) => row.map((cell, index) => (kindOf(cell, kept[index]) === null ? cell : hidden))),
      omittedRows,
    },
    hiddenColumns: columns.filter((column) => !isVisible(column)).map(({ name }) => name),
    hiddenCells: kept.flatMap((column, index) => {
      const kinds = shownRows.map((row) => kindOf(row[index] ?? null, column)).filter((kind) => kind !== null);
      const [kind] = kinds;
      return kind === undefined ? [] : [{ column: column.name, count: kinds.length, kind }];
    }),
  };
}
