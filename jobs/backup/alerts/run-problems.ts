import { oneLine } from '../../monitoring/alerts/alert.ts';
import type { OpenSuspect } from '../../monitoring/history/history.ts';
import { plural } from '../../runtime/format.ts';
import { listFindings } from '../../sqlite/integrity/findings.ts';
import type { RunOutcome, SerializedFailure } from '../outcome.ts';
import type { BackupProblem } from './backup-problem.ts';
import { problemsOfSuspects } from './suspect-problems.ts';

type RunFacts = {
  readonly database: string;
  /** Null: it did not run. */
  readonly outcome: RunOutcome | null;
  /** The step under way when it ended. */
  readonly step: string;
  /** After the run, oldest first. */
  readonly openSuspects: readonly OpenSuspect[];
  /** What was known to be wrong with this database before the run. */
  readonly before: readonly BackupProblem[];
  readonly at: Temporal.Instant;
};

/**
 * What is wrong with one database after a run. A run that failed, was stopped or was not made says nothing of what earlier
 * runs found, so that stays; a suspect stays until it is accepted or disproved, whatever the run.
 */
export function problemsOfRun(facts: RunFacts): BackupProblem[] {
  const { outcome, before } = facts;
  // Suspects and what does not verify are read from the history each time.
  const stay = before.filter(({ kind }) => !['suspect', 'damaged', 'unverified'].includes(kind));
  if (outcome === null || outcome.kind === 'interrupted')
    return [...problemsOfSuspects({ ...facts, made: null }), ...stay];
  if (outcome.kind === 'failed') {
    const others = stay.filter(({ kind }) => kind !== 'failure');
    return [failed(facts, outcome.failure), ...problemsOfSuspects({ ...facts, made: null }), ...others];
  }
  const { suspicion, key, findings, findingKinds, storeEmptied, housekeeping } = outcome;
  return [
    ...problemsOfSuspects({ ...facts, made: suspicion === null ? null : { key, suspicion } }),
    ...(storeEmptied === null ? [] : [emptied(facts, storeEmptied)]),
    ...(findings.length === 0 ? [] : [brokenRules(facts, findings, findingKinds)]),
    ...(housekeeping === null ? [] : [unfinished(facts, housekeeping, key)]),
  ];
}

type ProblemText = Pick<BackupProblem, 'title' | 'message' | 'lines' | 'hint'>;

function problem(
  { database, before, at }: RunFacts,
  kind: BackupProblem['kind'],
  code: string,
  text: ProblemText,
): BackupProblem {
  const known = before.find((other) => other.kind === kind && other.code === code);
  return { database, kind, code, key: null, ...text, since: known?.since ?? at.toString() };
}

function failed(facts: RunFacts, { code, message, hint }: SerializedFailure): BackupProblem {
  return problem(facts, 'failure', code, {
    title: `backup of ${facts.database} FAILED (${code})`,
    message: `the backup failed: ${message}`,
    lines: [`The backup of ${facts.database} failed.`, `Step: ${facts.step}`, `What: ${oneLine(message)} (${code})`],
    hint,
  });
}

/** Each time it is found is an event of its own, so `since` is now. */
function emptied(facts: RunFacts, message: string): BackupProblem {
  const { database, at } = facts;
  const text = {
    title: `no earlier backup of ${database} is in the store: removed, or another store?`,
    message,
    lines: [`The backup of ${database} was stored, but no earlier one is there.`, `What: ${oneLine(message)}`],
    hint: 'Find out who removed them, or whether the bucket or folder is another one now. A versioned bucket may still have them.',
  };
  return { ...problem(facts, 'store-emptied', '', text), since: at.toString() };
}

function brokenRules(facts: RunFacts, findings: readonly string[], kinds: number): BackupProblem {
  const { database } = facts;
  return problem(facts, 'findings', '', {
    title: `${database} has rows that break its own rules`,
    message: `${plural(kinds, 'finding')} of the integrity check: ${findings[0]}`,
    lines: [
      `The backup of ${database} was made and its pages are sound, but the integrity check found:`,
      ...listFindings(findings, kinds).map((finding) => `- ${oneLine(finding)}`),
    ],
    hint: 'Repair these rows in the application, or the table’s definition; a restore brings them back as they are.',
  });
}

/** Copies, prune and details: which of them failed is in `message`. */
export function unfinishedMessage(message: string): string {
  return `the last backup is safe, but not all that follows it was done: ${message}`;
}

function unfinished(facts: RunFacts, { code, message, hint }: SerializedFailure, key: string): BackupProblem {
  const { database } = facts;
  return problem(facts, 'housekeeping', code, {
    title: `backup of ${database} is safe, but not all that follows it was done (${code})`,
    message: unfinishedMessage(message),
    lines: [
      `The backup of ${database} is safe. Not all that follows it was done.`,
      `What: ${oneLine(message)} (${code})`,
      `The backup: ${key}`,
    ],
    hint,
  });
}
