import type { ColumnProfile } from './table-profile.ts';

/** A name as a quoted SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The value of a column of the table `alias`. */
export function cellSql({ name, json }: Pick<ColumnProfile, 'name' | 'json'>, alias = 't'): string {
  if (json === null) return `${alias}.${quoted(name)}`;
  const text = `${alias}.${quoted(json.column)}`;
  return `CASE WHEN json_valid(${text}) THEN json_extract(${text}, ${literal(json.path)}) END`;
}

export function joinLines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
