import type { Database } from 'better-sqlite3';

export type ColumnValue = string | number | null | Buffer;

/**
 * A table with these rows: its columns are the keys of the first, in that order. A column without a type is TEXT, as
 * uploaders of CSV files make it.
 */
export function load(
  db: Database,
  table: string,
  rows: readonly Readonly<Record<string, ColumnValue>>[],
  types: Readonly<Record<string, string>> = {},
): void {
  const columns = Object.keys(rows[0] ?? types);
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const definitions = columns.map((column) => `${quoted(column)} ${types[column] ?? 'TEXT'}`);
  db.exec(`CREATE TABLE ${quoted(table)} (${definitions.join(', ')})`);
  const insert = db.prepare(`INSERT INTO ${quoted(table)} VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(columns.map((column) => row[column] ?? null));
}

/** `12.50`, as exports write amounts. */
export const two = (amount: number) => amount.toFixed(2);

/** Rounded to cents. */
export const cents = (amount: number) => Math.round(amount * 100) / 100;

/** `1,234.50` */
export const grouped = (amount: number) => two(amount).replace(/\B(?=(\d{3})+\.)/g, ',');
