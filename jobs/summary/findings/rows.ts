import type { Cell, Column, Rows } from '../measure/question.ts';
import type { Note, Table } from '../page.ts';
import { isAllowed, looksPersonal } from './personal.ts';
import type { Format, Wording } from './wording.ts';

type TableBlock = {
  readonly kind: 'table' | 'exceptions';
  readonly title: string;
  readonly formats: Readonly<Record<string, Format | 'text'>>;
  readonly none?: string | undefined;
};

/** The answer without the columns that look personal and that `show` does not name; `hidden`: their titles. */
export function withoutPersonal(answer: Rows, show: readonly string[]): { shown: Rows; hidden: readonly string[] } {
  const isShown = (column: Column) => !looksPersonal(column) || isAllowed(column, show);
  const kept = answer.columns.map(isShown);
  const keep = <T>(cells: readonly T[]) => cells.filter((_, index) => kept[index]);
  return {
    shown: { columns: keep(answer.columns), rows: answer.rows.map(keep), left: answer.left },
    hidden: answer.columns.filter((column) => !isShown(column)).map(({ name }) => name),
  };
}

export function tableOf(id: string, block: TableBlock, answer: Rows, wording: Wording): Table {
  const { columns, rows, left } = answer;
  const isNumeric = columns.map((_, index) => {
    const known = rows.map((row) => row[index] ?? null).filter((cell) => cell !== null);
    return known.length > 0 && known.every((cell) => typeof cell === 'number');
  });
  const formatOf = (index: number) => block.formats[columns[index]?.name ?? ''] ?? 'text';
  return {
    id,
    kind: 'table',
    title: block.title,
    tone: block.kind === 'exceptions' ? 'exceptions' : 'plain',
    none: block.none ?? 'No rows.',
    columns: columns.map(({ name }, index) => ({ title: name, align: isNumeric[index] ? 'right' : 'left' })),
    rows: rows.map((row) => row.map((cell, index) => cellText(cell, formatOf(index), wording))),
    values: rows,
    left,
  };
}

/** Lines of text: the first column of each row. */
export function noteOf(id: string, title: string, { rows }: Rows): Note {
  const text = rows.map(([cell]) => String(cell ?? '')).filter((line) => line !== '');
  return { id, kind: 'note', title, text: text.length === 0 ? 'Nothing to tell.' : text.join('\n') };
}

function cellText(cell: Cell, format: Format | 'text', wording: Wording): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (format !== 'text') return wording.listed(cell, format);
  return Number.isInteger(cell) ? String(cell) : wording.listed(cell, 'number');
}
