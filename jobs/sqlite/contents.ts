import { createHash } from 'node:crypto';
import type Sqlite from 'better-sqlite3';

/** What a database holds. */
export type DatabaseContents = {
  /** Rows by table; virtual tables count, the shadow tables behind them do not. */
  readonly tables: Readonly<Record<string, number>>;
  /**
   * Tables left out of `tables` or of the check: they need an extension, function or collation that is not loaded here; or in
   * such a database, more is found in them than the check of one table lists.
   */
  readonly unchecked: readonly string[];
  readonly schemaSha256: string;
  readonly sqliteVersion: string;
  readonly applicationId: number;
  readonly userVersion: number;
};

/** Rows of all tables together. */
export function totalRows(tables: DatabaseContents['tables']): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}

/** Counts rows and hashes the schema. Throws SqliteError when the database is damaged. */
export function readContents(connection: Sqlite.Database): DatabaseContents {
  const { tables, unread } = countRows(connection);
  return {
    tables,
    unchecked: unread,
    schemaSha256: schemaSha256(connection),
    sqliteVersion: String(connection.prepare('SELECT sqlite_version()').pluck().get()),
    applicationId: Number(connection.pragma('application_id', { simple: true })),
    userVersion: Number(connection.pragma('user_version', { simple: true })),
  };
}

/** Names of the tables that are the user's own, sorted; of the database itself, or of one that is attached. */
export function tableNames(connection: Sqlite.Database, schema = 'main'): string[] {
  return connection
    .prepare<[string], string>(
      `SELECT name FROM pragma_table_list
       WHERE schema = ? AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .pluck()
    .all(schema);
}

/** SQLite's plain SQLITE_ERROR means here that the schema uses something this process does not have; damage has codes of its own. */
export function needsExtension(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_ERROR/.test(String(error.code));
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Rows of each table, and the tables that cannot be read for want of an extension. */
function countRows(connection: Sqlite.Database): { tables: Record<string, number>; unread: string[] } {
  const counts: [string, number][] = [];
  const unread: string[] = [];
  for (const table of tableNames(connection)) {
    try {
      counts.push([
        table,
        Number(
          connection
            .prepare(`SELECT count(*) FROM ${quoteName(table)}`)
            .pluck()
            .get(),
        ),
      ]);
    } catch (error) {
      if (!needsExtension(error)) throw error;
      unread.push(table);
    }
  }
  return { tables: Object.fromEntries(counts), unread };
}

/** A hash that two databases share when their tables, indexes, views and triggers were made by the same SQL. */
function schemaSha256(connection: Sqlite.Database): string {
  const rows = connection
    .prepare(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2, 3, 4`,
    )
    .raw()
    .all();
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
