import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { measure } from './measure.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'dist', 'backend-dailysummary', 'nightshift.mjs');

/**
 * A summary of a database that nobody described (`nightshift summary preview`), about the last whole day in it: wall time and
 * peak memory, of all its processes together.
 */
export async function benchSummary(database: string, folder: string): Promise<void> {
  const state = path.join(folder, 'summary-state');
  mkdirSync(state, { recursive: true });
  const env = { ...process.env, DATABASE_PATH: database, STATE_DIR: state };
  const args = [program, 'summary', 'preview', '--day', lastWholeDay(database), '--out', path.join(folder, 'preview')];
  const { seconds, togetherMib } = await measure(process.execPath, args, { env });
  console.log('\nsummary without a report file, page, mail and charts: wall, peak memory of all its processes');
  console.log(`  preview              ${seconds.toFixed(1)} s, ${togetherMib.toFixed(0)} MiB`);
}

function lastWholeDay(database: string): string {
  const db = new Sqlite(database, { readonly: true });
  const row = db.prepare<[], { day: string }>("SELECT date(max(ordered_at), '-1 day') AS day FROM orders").get();
  db.close();
  if (row === undefined) throw new Error(`${database} has no orders`);
  return row.day;
}
