import { snakeCase } from '../../blocks/personal-data.ts';
import type { Stream } from '../streams.ts';
import type { ColumnProfile, TableProfile } from '../table-profile.ts';
import { type AmountChoice, chooseAmount } from './choose-amount.ts';

/** The rows that make up one of the stream's: `lines.column` names the `key` of the row they belong to. */
export type LineItems = {
  readonly table: TableProfile;
  readonly column: string;
  readonly key: string;
  readonly choice: AmountChoice;
};

/** The line items of a stream of one table: a table that refers to it and has a price and a quantity, or a total. Null: none. */
export function lineItemsOf(stream: Stream, tables: readonly TableProfile[]): LineItems | null {
  const [head, ...more] = stream.parts;
  const keys = head?.columns.filter(({ isKey }) => isKey) ?? [];
  const [key] = keys;
  if (head === undefined || more.length > 0 || keys.length !== 1 || key === undefined) return null;
  for (const table of tables) {
    if (table === head || table.isView) continue;
    const column = referenceTo(head, key, table);
    const choice = column === null ? null : chooseAmount(table.columns, isKeyOf(table));
    if (
      column !== null &&
      choice !== null &&
      choice.amount !== null &&
      /item|line|detail|product|entri|butiran/i.test(table.name)
    )
      return { table, column, key: key.name, choice };
  }
  return null;
}

/** The column of `table` that names rows of `head`, or null. */
export function referenceTo(head: TableProfile, key: ColumnProfile, table: TableProfile): string | null {
  const declared = table.foreignKeys.find((foreign) => foreign.table.toLowerCase() === head.name.toLowerCase())?.column;
  if (declared !== undefined) return declared;
  const stem = snakeCase(head.name).split('_').at(-1)?.replace(/s$/, '') ?? '';
  const byName = table.columns.find(({ name, isKey }) => {
    const column = snakeCase(name);
    if (column === 'id' || (isKey && table.columns.filter((one) => one.isKey).length === 1)) return false;
    return column === snakeCase(key.name) || column === `${stem}_id`;
  });
  return byName?.name ?? null;
}

/** Whether a column of the table is a key of its own or of another. */
export function isKeyOf(table: TableProfile): (column: ColumnProfile) => boolean {
  return ({ name, isKey }) =>
    isKey || table.foreignKeys.some(({ column }) => column.toLowerCase() === name.toLowerCase());
}
