import type { TableBlock } from '../page/page-model.ts';

/**
 * A table as RFC 4180 CSV with the database's own values, after a byte order mark (Excel reads UTF-8 only with one). A
 * text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
 */
export function csvOf({ columns, values }: Pick<TableBlock, 'columns' | 'values'>): string {
  const lines = [columns.map(({ title }) => title), ...values].map((cells) => cells.map(csvCell).join(','));
  return `\u{feff}${lines.map((line) => `${line}\r\n`).join('')}`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(value) && !isPlainNumber(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** `-12.50` in a text column is a number to every spreadsheet, and no formula. */
function isPlainNumber(text: string): boolean {
  return /^[+-]?\d+(\.\d+)?$/.test(text);
}
