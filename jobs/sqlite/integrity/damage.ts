import type Sqlite from 'better-sqlite3';
import { needsExtension, quoted, tableNames } from '../contents.ts';
import { createFindings, type Findings, findingOf } from './findings.ts';

/** What SQLite's integrity check found. */
export type Damage = {
  /** Of pages and indexes. */
  readonly problems: readonly string[];
  /** The check stopped at so many that more may lie behind them. */
  readonly mayBeMore: boolean;
  /** Rows that break the schema's own rules, in sound pages: as createFindings tells them, so 20 at most. */
  readonly findings: readonly string[];
  /** How many kinds of findings there are, told or not. */
  readonly findingKinds: number;
  /** Tables that were not checked, or not to their end. */
  readonly unchecked: readonly string[];
};

/** The check stops after so many messages. */
const messagesAtMost = 100;
/** The largest number the pragma takes. */
const noLimit = '2147483647';
/** Checking this table by itself includes the list of free pages. */
const schemaTable = 'sqlite_schema';

/**
 * Runs `PRAGMA integrity_check`. It refuses the whole database when one CHECK or index uses a collation or function that is not
 * loaded: then no CHECK is tried; and if that is not it, the tables are checked one by one, and those that cannot be are named.
 */
export function damageOf(connection: Sqlite.Database): Damage {
  return loaded(() => damageOfAll(connection)) ?? damageWithoutChecks(connection);
}

function damageWithoutChecks(connection: Sqlite.Database): Damage {
  connection.pragma('ignore_check_constraints = ON');
  return loaded(() => damageOfAll(connection)) ?? damageOfTables(connection);
}

/** What `work` gives, or null when it needs something that is not loaded here. */
function loaded<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (needsExtension(error)) return null;
    throw error;
  }
}

function damageOfAll(connection: Sqlite.Database): Damage {
  const findings = createFindings();
  const first = read(connection, String(messagesAtMost), findings);
  if (first.problems.length > 0 || !first.isCutShort) {
    return { problems: first.problems, mayBeMore: first.isCutShort, ...toldOf(findings), unchecked: [] };
  }
  // Nothing but what the application did, so far: damage may lie behind it. Asked without a limit from the start, a database
  // of broken pages would answer with one text of gigabytes; here the pages, which come first, are known to be sound.
  const all = createFindings();
  const { problems, isCutShort } = read(connection, noLimit, all);
  return { problems, mayBeMore: isCutShort, ...toldOf(all), unchecked: [] };
}

function damageOfTables(connection: Sqlite.Database): Damage {
  const findings = createFindings();
  const problems: string[] = [];
  const unchecked: string[] = [];
  let mayBeMore = false;
  for (const table of [schemaTable, ...tableNames(connection)]) {
    const found = loaded(() => read(connection, quoted(table), findings));
    // The pragma takes a table or a limit, not both, so what lies behind cannot be asked for.
    if (found === null || found.isCutShort) unchecked.push(table);
    problems.push(...(found?.problems ?? []));
    mayBeMore ||= found?.isCutShort === true;
  }
  return { problems, mayBeMore, ...toldOf(findings), unchecked };
}

function toldOf(findings: Findings): Pick<Damage, 'findings' | 'findingKinds'> {
  return { findings: findings.texts(), findingKinds: findings.kinds() };
}

/** Runs the check, counts what it finds in `findings` and returns the rest, up to so many problems. */
function read(connection: Sqlite.Database, argument: string, findings: Findings) {
  const problems: string[] = [];
  let messages = 0;
  const rows = connection.prepare<[], string>(`PRAGMA integrity_check(${argument})`).pluck();
  for (const row of rows.iterate()) {
    if (row === 'ok') break;
    const finding = findingOf(row);
    if (finding !== null) findings.add(finding);
    // What it finds in the pages comes as one row of many lines, below a heading.
    else problems.push(...row.split('\n').filter((line) => !line.startsWith('*** in database')));
    messages += 1;
    if (problems.length >= messagesAtMost) break;
  }
  const isCutShort = problems.length >= messagesAtMost || (argument !== noLimit && messages >= messagesAtMost);
  return { problems, isCutShort };
}
