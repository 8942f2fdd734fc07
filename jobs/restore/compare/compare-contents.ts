import type Sqlite from 'better-sqlite3';
import { isDamagedDatabase } from '../../runtime/errors.ts';
import { tableNames } from '../../sqlite/contents.ts';
import type { DatabaseDifference, TableDifference } from './difference.ts';
import { walkBackup, walkNow } from './row-queries.ts';
import { schemaDifferences } from './schema-differences.ts';
import { schemas, tableShape, whyUnmatched } from './table-shape.ts';
import { type CompareBudget, timeOver, walkRows } from './walk-rows.ts';

export type CompareContentsOptions = {
  readonly budget: CompareBudget;
  /** Rows by table of the backup, as far as they are known: the smallest tables come first. */
  readonly rows: Readonly<Record<string, number>>;
};

/**
 * Compares `main` with the database attached as `backup`, table by table, until the time is over. Reads only. `connection` gives
 * integers as bigint.
 */
export async function compareContents(
  connection: Sqlite.Database,
  { budget, rows }: CompareContentsOptions,
): Promise<DatabaseDifference> {
  // In WAL mode one state can be read for that long. Without WAL it would keep writers out: they get their turn at each pause.
  const isPinned = connection.pragma('main.journal_mode', { simple: true }) === 'wal';
  if (isPinned) connection.exec('BEGIN');
  const dataVersion = () => connection.pragma('main.data_version', { simple: true });
  const versionBefore = dataVersion();
  const now = tableNames(connection);
  const backup = tableNames(connection, schemas.backup);
  const known = (table: string) => rows[table] ?? Number.POSITIVE_INFINITY;
  const names = [...new Set([...now, ...backup])].toSorted((a, b) => known(a) - known(b) || (a < b ? -1 : 1));
  const tables: TableDifference[] = [];
  for (const table of names) {
    const [isNow, isBackup] = [now.includes(table), backup.includes(table)];
    if (isNow && isBackup) tables.push(await compareTable(connection, table, { budget, releases: !isPinned }));
    else
      tables.push({
        kind: 'absent',
        table,
        side: isNow ? 'now' : 'backup',
        rows: isNow ? null : (rows[table] ?? null),
      });
  }
  return {
    tables: tables.toSorted((a, b) => (a.table < b.table ? -1 : 1)),
    schema: schemaDifferences(connection),
    isMoving: !isPinned && dataVersion() !== versionBefore,
  };
}

async function compareTable(
  connection: Sqlite.Database,
  table: string,
  options: Parameters<typeof walkRows>[2],
): Promise<TableDifference> {
  const notCompared = (why: string): TableDifference => ({ kind: 'not compared', table, why, isDamaged: false });
  try {
    const [now, backup] = [tableShape(connection, 'main', table), tableShape(connection, 'backup', table)];
    const why = whyUnmatched(now, backup);
    if (why !== null || now.key === null) return notCompared(why ?? '');
    const isIn = (names: readonly string[]) => (name: string) =>
      names.some((other) => other.toLowerCase() === name.toLowerCase());
    const shared = now.columns.filter(isIn(backup.columns));
    const here = await walkRows(connection, walkNow(table, now, now.key, shared), options);
    if (here.rows === 0 && here.incomplete === timeOver) return notCompared(timeOver);
    const there = await walkRows(connection, walkBackup(table, backup, now.key), options);
    return {
      kind: 'compared',
      table,
      key: now.key.hasPrimaryKey ? now.key.columns.join(', ') : 'rowid',
      rows: { now: here.rows, backup: there.rows },
      onlyNow: here.missing,
      onlyBackup: there.missing,
      changed: here.changed,
      unkeyed: { now: here.unkeyed, backup: there.unkeyed },
      columns: {
        now: now.columns.filter((name) => !isIn(backup.columns)(name)),
        backup: backup.columns.filter((name) => !isIn(now.columns)(name)),
      },
      incomplete: here.incomplete ?? there.incomplete,
    };
  } catch (error) {
    // A collation, function or module that is not loaded here; damage; a lock.
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'not compared', table, why, isDamaged: isDamagedDatabase(error) };
  }
}
