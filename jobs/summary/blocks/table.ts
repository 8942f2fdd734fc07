import type { TableContent } from '../page/page-model.ts';
import type { Cell, QueryRows } from '../queries/query.ts';
import type { BlockComputation, BlockContext, ReportBlockOf } from './block-computation.ts';
import type { ReportFormat, ValueFormat } from './locale-format.ts';
import { visibleColumns } from './visible-columns.ts';

type RowBlock = Pick<ReportBlockOf<'table'>, 'title' | 'formats' | 'none'>;

export const tableComputation: BlockComputation<'table'> = {
  days: ({ days }) => days,
  maxRows: ({ rows }) => rows,
  compute: (table, result, context) => computeRows('table', table, result, context),
};

export const exceptionsComputation: BlockComputation<'exceptions'> = {
  days: ({ days }) => days,
  maxRows: ({ rows }) => rows,
  compute: (exceptions, result, context) => computeRows('exceptions', exceptions, result, context),
};

function computeRows<Kind extends 'table' | 'exceptions'>(
  kind: Kind,
  block: RowBlock,
  result: QueryRows,
  { id, show, format }: BlockContext,
) {
  const { visible, ...hidden } = visibleColumns(result, show);
  const content = contentOf(block, visible, format);
  return { block: { id, kind, title: block.title, ...content }, series: null, daysWithData: [], ...hidden };
}

function contentOf(
  { formats, none }: RowBlock,
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
