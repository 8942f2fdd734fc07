/**
 * The child of `startQueryRunner`: runs one query after another, by IPC, on a read-only connection to the database named
 * as its first argument; the zone is the second. A process of its own, since nothing but its death stops a running query.
 */
import type Sqlite from 'better-sqlite3';
import type { Query, QueryResult } from './query.ts';
import { openForReports } from './report-connection.ts';
import { runQuery } from './run-query.ts';

const [file = '', zone = 'UTC'] = process.argv.slice(2);
let connection: Sqlite.Database | null = null;

process.on('disconnect', () => {
  connection?.close();
  process.exit();
});
process.on('message', (query: Query) => process.send?.(resultOf(query)));

function resultOf(query: Query): QueryResult {
  try {
    connection ??= openForReports(file, zone);
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), code };
  }
  return runQuery(connection, query);
}
