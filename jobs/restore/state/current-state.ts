import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { stateDatabases } from '../../archives/state/state-files.ts';
import { messageOf } from '../../runtime/errors.ts';
import { formatCount } from '../../runtime/format.ts';

type TellingTable = { readonly table: string; readonly noun: string };

/** What makes a state worth keeping, by database: rows of these tables. Runs of a new host that failed are not. */
const telling: Readonly<Record<(typeof stateDatabases)[number], readonly TellingTable[]>> = {
  'history.db': [
    { table: 'verifications', noun: 'verified backup' },
    { table: 'accepted', noun: 'accepted backup' },
  ],
  'summaries.db': [
    { table: 'deliveries', noun: 'mail of a summary' },
    { table: 'pages', noun: 'page of a summary' },
  ],
};

/** What STATE_DIR remembers now that a restored state would replace, a sentence each; empty on a new host. */
export function currentState(stateDir: string): string[] {
  return stateDatabases.flatMap((name) => {
    const file = path.join(stateDir, name);
    if (!existsSync(file) || statSync(file).size === 0) return [];
    try {
      const found = telling[name].map(({ table, noun }) => ({ rows: countRows(file, table), noun }));
      const told = found.filter(({ rows }) => rows > 0).map(({ rows, noun }) => `${formatCount(rows)} × ${noun}`);
      return told.length === 0 ? [] : [`${file} (${told.join(', ')})`];
    } catch (error) {
      return [`${file} (which cannot be read: ${messageOf(error)})`];
    }
  });
}

function countRows(file: string, table: string): number {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    if (db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) === undefined) return 0;
    return Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  } finally {
    db.close();
  }
}
