import type Sqlite from 'better-sqlite3';
import { needsExtension, quoteName, tableNames } from '../contents.ts';
import { createFindings, type Findings, findingOf } from './findings.ts';

/** What SQLite's integrity check found. */
export type IntegrityReport = {
  /** Of pages and indexes. */
  readonly problems: readonly string[];
  /** The check stopped at so many that there may be more. */
  readonly mayBeMore: boolean;
  /** Rows that break the schema's own rules, in sound pages: as createFindings lists them, so 20 at most. */
  readonly findings: readonly string[];
  /** How many kinds of findings there are, listed or not. */
  readonly findingKinds: number;
  /** Tables that were not checked, or not to their end. */
  readonly unchecked: readonly string[];
};

/** The check stops after so many messages. */
const maxMessages = 100;
/** The largest number the pragma takes. */
const noLimit = '2147483647';
/** Checking this table by itself includes the list of free pages. */
const schemaTable = 'sqlite_schema';

/**
 * Runs `PRAGMA integrity_check`. It refuses the whole database when one CHECK or index uses a collation or function that is not
 * loaded: then no CHECK is tried; and if that is not it, the tables are checked one by one, and those that cannot be are named.
 */
export function checkDatabase(connection: Sqlite.Database): IntegrityReport {
  return nullIfExtensionMissing(() => checkWhole(connection)) ?? checkWithoutConstraints(connection);
}

function checkWithoutConstraints(connection: Sqlite.Database): IntegrityReport {
  connection.pragma('ignore_check_constraints = ON');
  return nullIfExtensionMissing(() => checkWhole(connection)) ?? checkEachTable(connection);
}

/** What `work` gives, or null when it needs something that is not loaded here. */
function nullIfExtensionMissing<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (needsExtension(error)) return null;
    throw error;
  }
}

function checkWhole(connection: Sqlite.Database): IntegrityReport {
  const findings = createFindings();
  const first = runCheck(connection, String(maxMessages), findings);
  if (first.problems.length > 0 || !first.isCutShort) {
    return { problems: first.problems, mayBeMore: first.isCutShort, ...reportedFindings(findings), unchecked: [] };
  }
  // Nothing but what the application did, so far: there may be damage beyond it. Run without a limit from the start, the check of a database
  // of broken pages would give one text of gigabytes; here the pages, which come first, are known to be sound.
  const all = createFindings();
  const { problems, isCutShort } = runCheck(connection, noLimit, all);
  return { problems, mayBeMore: isCutShort, ...reportedFindings(all), unchecked: [] };
}

function checkEachTable(connection: Sqlite.Database): IntegrityReport {
  const findings = createFindings();
  const problems: string[] = [];
  const unchecked: string[] = [];
  let mayBeMore = false;
  for (const table of [schemaTable, ...tableNames(connection)]) {
    const found = nullIfExtensionMissing(() => runCheck(connection, quoteName(table), findings));
    // The pragma takes a table or a limit, not both, so the rest cannot be had.
    if (found === null || found.isCutShort) unchecked.push(table);
    problems.push(...(found?.problems ?? []));
    mayBeMore ||= found?.isCutShort === true;
  }
  return { problems, mayBeMore, ...reportedFindings(findings), unchecked };
}

function reportedFindings(findings: Findings): Pick<IntegrityReport, 'findings' | 'findingKinds'> {
  return { findings: findings.texts(), findingKinds: findings.kinds() };
}

/** Runs the check, counts what it finds in `findings` and returns the rest, up to so many problems. */
function runCheck(connection: Sqlite.Database, argument: string, findings: Findings) {
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
    if (problems.length >= maxMessages) break;
  }
  const isCutShort = problems.length >= maxMessages || (argument !== noLimit && messages >= maxMessages);
  return { problems, isCutShort };
}
