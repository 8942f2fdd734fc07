import type { TableContent } from '../page/page.ts';
import type { Cell, QueryRows } from '../queries/query.ts';
import type { BlockComputation, ReportBlockOf } from './block-computation.ts';
import type { ReportFormat, ValueFormat } from './report-format.ts';
import { visibleColumns } from './visible-columns.ts';

export const tableComputation: BlockComputation<'table'> = {
  days: ({ days }) => days,
  maxRows: ({ rows }) => rows,
  compute(table, result, { id, show, format }) {
    const { visible, hiddenColumns } = visibleColumns(result, show);
    const block = { id, kind: 'table', title: table.title, ...contentOf(table, visible, format) } as const;
    return { block, series: null, daysWithData: [], hiddenColumns };
  },
};

export const exceptionsComputation: BlockComputation<'exceptions'> = {
  days: ({ days }) => days,
  maxRows: ({ rows }) => rows,
  compute(table, result, { id, show, format }) {
    const { visible, hiddenColumns } = visibleColumns(result, show);
    const block = { id, kind: 'exceptions', title: table.title, ...contentOf(table, visible, format) } as const;
    return { block, series: null, daysWithData: [], hiddenColumns };
  },
};

function contentOf(
  { formats, none }: Pick<ReportBlockOf<'table'>, 'formats' | 'none'>,
  { columns, rows, omittedRows }: QueryRows,
  format: ReportFormat,
): TableContent {
  const isNumeric = columns.map((_, index) => {
    const known = rows.map((row) => row[index] ?? null).filter((cell) => cell !== null);
    return known.length > 0 && known.every((cell) => typeof cell === 'number');
  });
  const formatOf = (index: number) => formats[columns[index]?.name ?? ''] ?? 'text';
  return {
    emptyText: none ?? 'No rows.',
    columns: columns.map(({ name }, index) => ({ title: name, align: isNumeric[index] ? 'right' : 'left' })),
    rows: rows.map((row) => row.map((cell, index) => cellText(cell, formatOf(index), format))),
    values: rows,
    omittedRows,
  };
}

function cellText(cell: Cell, valueFormat: ValueFormat | 'text', format: ReportFormat): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (valueFormat !== 'text') return format.exact(cell, valueFormat);
  return Number.isInteger(cell) ? String(cell) : format.exact(cell, 'number');
}
