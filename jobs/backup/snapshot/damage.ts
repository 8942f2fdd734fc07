import type Sqlite from 'better-sqlite3';
import { needsExtension, quoted, tableNames } from './contents.ts';

/** What SQLite's integrity check found. */
export type Damage = { readonly problems: readonly string[]; readonly unchecked: readonly string[] };

/** The check stops after so many problems. */
export const problemsAtMost = 100;

/**
 * Runs `PRAGMA integrity_check`. It refuses the whole database when one index uses a collation or function that is not loaded:
 * then the tables are checked one by one, and those that cannot be are named.
 */
export function damageOf(connection: Sqlite.Database): Damage {
  try {
    return { problems: check(connection, String(problemsAtMost)), unchecked: [] };
  } catch (error) {
    if (!needsExtension(error)) throw error;
  }
  const problems: string[] = [];
  const unchecked: string[] = [];
  for (const table of tableNames(connection)) {
    try {
      problems.push(...check(connection, quoted(table)));
    } catch (error) {
      if (!needsExtension(error)) throw error;
      unchecked.push(table);
    }
  }
  return { problems, unchecked };
}

function check(connection: Sqlite.Database, argument: string): string[] {
  const found = connection.prepare<[], string>(`PRAGMA integrity_check(${argument})`).pluck().all();
  if (found.length === 1 && found[0] === 'ok') return [];
  // What it finds in the pages comes as one row of many lines, below a heading.
  return found.flatMap((row) => row.split('\n')).filter((line) => !line.startsWith('*** in database'));
}
