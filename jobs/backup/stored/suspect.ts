import { formatBytes, formatCount, plural } from '../../platform/format.ts';

/** What a snapshot holds, as far as it tells a lost database from a used one. */
type Content = {
  readonly bytes: number;
  readonly tables: Readonly<Record<string, number>> | null;
  /** Tables that could not be read, for want of an extension. */
  readonly unchecked?: readonly string[];
};

/** Why a snapshot looks as if data was lost. */
export type Suspicion = {
  readonly reason: string;
  /** Tables that had rows in the backup before and have none now. */
  readonly lostTables: readonly { readonly table: string; readonly rows: number }[];
  readonly bytes: { readonly before: number; readonly now: number };
};

/**
 * What makes a snapshot suspect beside the previous good one, or null: a table that had rows has none or is gone, or the
 * snapshot is under half the size. An unmounted disk gives a new empty database, which passes every other check.
 */
export function suspicionOf(
  snapshot: Content,
  previous: (Content & { readonly key: string }) | null,
): Suspicion | null {
  if (previous === null) return null;
  const file = previous.key.slice(previous.key.lastIndexOf('/') + 1);
  const bytes = { before: previous.bytes, now: snapshot.bytes };
  const lostTables = Object.entries(previous.tables ?? {})
    .filter(([table, rows]) => rows > 0 && snapshot.tables !== null && !snapshot.tables[table])
    .filter(([table]) => !snapshot.unchecked?.includes(table))
    .map(([table, rows]) => ({ table, rows }));
  const [first] = lostTables;
  if (first !== undefined) {
    const others = lostTables.length === 1 ? '' : ` and ${plural(lostTables.length - 1, 'more table')}`;
    const reason = `table ${first.table}${others} lost all rows (had ${formatCount(first.rows)} in ${file})`;
    return { reason, lostTables, bytes };
  }
  if (bytes.now * 2 >= bytes.before) return null;
  const reason = `under half the size: ${formatBytes(bytes.now)} after ${formatBytes(bytes.before)} in ${file}`;
  return { reason, lostTables, bytes };
}
