import { oneLine } from '../../platform/alert.ts';
import { formatBytes, formatCount, plural } from '../../platform/format.ts';
import type { OpenSuspect } from '../../platform/history.ts';
import type { RunOutcome, Trouble } from '../outcome.ts';
import type { Suspicion } from '../stored/suspect.ts';
import type { Problem } from './problem.ts';

type RunFacts = {
  readonly database: string;
  readonly outcome: RunOutcome;
  /** The step under way when it ended. */
  readonly step: string;
  /** After the run, oldest first. */
  readonly openSuspects: readonly OpenSuspect[];
  /** What was known to be wrong with this database before the run. */
  readonly before: readonly Problem[];
  readonly at: Temporal.Instant;
};

const mostListed = 20;

/**
 * What is wrong with one database after a run. A run that failed says nothing of what earlier runs found, so that stays;
 * a suspect stays until it is accepted or disproved.
 */
export function problemsOfRun(facts: RunFacts): Problem[] {
  const { outcome, before } = facts;
  if (outcome.kind === 'interrupted') return [...before];
  if (outcome.kind === 'failed') {
    const others = before.filter(({ kind }) => kind !== 'failure' && (kind !== 'suspect' || hasSuspects(facts)));
    return [failed(facts, outcome.trouble), ...others];
  }
  const { suspicion, key, findings, storeEmptied, housekeeping } = outcome;
  return [
    ...(suspicion === null ? stillSuspect(facts) : [suspect(facts, suspicion, key)]),
    ...(storeEmptied === null ? [] : [emptied(facts, storeEmptied)]),
    ...(findings.length === 0 ? [] : [brokenRules(facts, findings)]),
    ...(housekeeping === null ? [] : [unfinished(facts, housekeeping, key)]),
  ];
}

type Text = Pick<Problem, 'title' | 'sentence' | 'lines' | 'cure'>;

function problem({ database, before, at }: RunFacts, kind: Problem['kind'], code: string, text: Text): Problem {
  const known = before.find((other) => other.kind === kind && other.code === code);
  return { database, kind, code, ...text, since: known?.since ?? at.toString() };
}

function failed(facts: RunFacts, { code, sentence, cure }: Trouble): Problem {
  return problem(facts, 'failure', code, {
    title: `backup of ${facts.database} FAILED (${code})`,
    sentence: `the backup failed: ${sentence}`,
    lines: [`The backup of ${facts.database} failed.`, `Step: ${facts.step}`, `What: ${oneLine(sentence)} (${code})`],
    cure,
  });
}

const hasSuspects = ({ openSuspects }: RunFacts) => openSuspects.length > 0;

/** An earlier suspect that nobody looked at yet, as it was told then. */
function stillSuspect(facts: RunFacts): Problem[] {
  const [first] = facts.openSuspects;
  if (first === undefined) return [];
  const known = facts.before.filter(({ kind }) => kind === 'suspect');
  return known.length > 0 ? known : [suspectProblem(facts, '', first.key, [`Why: ${first.reason}`], first.reason)];
}

function suspect(facts: RunFacts, { reason, lostTables, bytes }: Suspicion, key: string): Problem {
  const tables = lostTables.slice(0, mostListed).map(({ table, rows }) => `- ${table}: had ${formatCount(rows)}`);
  const more = lostTables.length > mostListed ? [`- and ${formatCount(lostTables.length - mostListed)} more`] : [];
  const lines = [
    `Why: ${reason}`,
    `Size: ${formatBytes(bytes.now)}, before ${formatBytes(bytes.before)}`,
    ...(tables.length === 0 ? [] : ['Tables without rows now:', ...tables, ...more]),
  ];
  const code = lostTables.map(({ table }) => table).join(',');
  return suspectProblem(facts, code, key, lines, reason);
}

function suspectProblem(facts: RunFacts, code: string, key: string, why: readonly string[], reason: string): Problem {
  const { database } = facts;
  return problem(facts, 'suspect', code, {
    title: `backup of ${database} is SUSPECT: did it lose data?`,
    sentence: `the backup ${key} is suspect: ${reason}`,
    lines: [
      `The backup of ${database} was stored, but looks as if data was lost.`,
      ...why,
      'Until you decide, old backups are kept and no weekly is written.',
    ],
    cure: [
      'Look at the database: is its disk mounted, is the data there?',
      `If all is right, say so: nightshift accept ${key}`,
      'If data is lost, the last good backup brings it back: nightshift restore',
    ].join('\n'),
  });
}

function emptied(facts: RunFacts, sentence: string): Problem {
  const { database } = facts;
  return problem(facts, 'store-emptied', '', {
    title: `earlier backups of ${database} are GONE from the store`,
    sentence,
    lines: [`The backups of ${database} that were there before are not in the store.`, `What: ${oneLine(sentence)}`],
    cure: 'Find out who removed them, or whether the bucket or folder is another one now. A versioned bucket may still have them.',
  });
}

function brokenRules(facts: RunFacts, findings: readonly string[]): Problem {
  const { database } = facts;
  const listed = findings.slice(0, mostListed).map((finding) => `- ${oneLine(finding)}`);
  const more = findings.length > mostListed ? [`- and ${formatCount(findings.length - mostListed)} more`] : [];
  return problem(facts, 'findings', '', {
    title: `${database} has rows that break its own rules`,
    sentence: `${plural(findings.length, 'finding')} of the integrity check: ${findings[0]}`,
    lines: [
      `The backup of ${database} was made and its pages are sound, but the integrity check found:`,
      ...listed,
      ...more,
    ],
    cure: 'Mend these rows in the application, or the table’s definition; a restore brings them back as they are.',
  });
}

function unfinished(facts: RunFacts, { code, sentence, cure }: Trouble, key: string): Problem {
  const { database, step } = facts;
  return problem(facts, 'housekeeping', code, {
    title: `backup of ${database} is safe, but ${step} failed (${code})`,
    sentence: `the last backup is safe, but ${step} failed after it: ${sentence}`,
    lines: [
      `The backup of ${database} is safe. What comes after it failed.`,
      `Step: ${step}`,
      `What: ${oneLine(sentence)} (${code})`,
      `The backup: ${key}`,
    ],
    cure,
  });
}
