import type { AlertBudget } from '../../monitoring/alerts/alert-budget.ts';
import type { OpenSuspect, StateBackup } from '../../monitoring/history/history.ts';
import type { Failure } from '../../runtime/errors.ts';
import { type RunOutcome, serializeFailure } from '../outcome.ts';
import type { AlertState } from './alert-state.ts';
import { type BackupProblem, causeOf, isEvent } from './backup-problem.ts';
import { renamedProblem, unrecordedProblem } from './history-problems.ts';
import { problemsOfRun } from './run-problems.ts';
import { problemOfState } from './state-problem.ts';
import { problemsOfVerification, type VerificationFacts } from './verification-problems.ts';

/** One run of a round. */
export type EndedRun = {
  readonly database: string;
  readonly outcome: RunOutcome;
  /** The step under way when it ended. */
  readonly step: string;
  readonly retryTimes: readonly Temporal.Instant[];
};

/** What was seen when a round of runs ended. */
export type BackupRound = {
  readonly at: Temporal.Instant;
  readonly ran: readonly EndedRun[];
  /** Of every database, oldest first. */
  readonly openSuspects: ReadonlyMap<string, readonly OpenSuspect[]>;
  /** Of every database. */
  readonly verifications: readonly VerificationFacts[];
  /** What came of the last backup of STATE_DIR; null: none was tried. */
  readonly stateBackup: StateBackup | null;
  /** Why the history cannot be kept in STATE_DIR; null while it can. */
  readonly unrecorded: Failure | null;
  /** Where a damaged history was renamed to; null when there was none. */
  readonly renamed: string | null;
};

/** An event that could not be reported for so long is dropped. */
const eventDays = 7;

/** All that is wrong after a round of runs: found by them, known of databases that did not run, and of the history itself. */
export function problemsOfRound(round: BackupRound, state: AlertState): BackupProblem[] {
  const { at, ran } = round;
  const ofDatabases = [...round.openSuspects].flatMap(([name, openSuspects]) => {
    const before = state.problems.filter(({ database }) => database === name);
    const run = ran.find(({ database }) => database === name);
    return problemsOfRun({ database: name, outcome: null, step: 'start', ...run, openSuspects, before, at });
  });
  const unverified = round.verifications.flatMap(problemsOfVerification).map((problem) => keepSince(problem, state));
  const ofState = [problemOfState(round.stateBackup)]
    .filter((problem) => problem !== null)
    .map((problem) => keepSince(problem, state));
  const found = [...ofDatabases, ...unverified, ...ofState, ...ofHistory(round, state.problems)];
  const isFound = (problem: BackupProblem) => found.some((other) => causeOf(other).kind === causeOf(problem).kind);
  const isKept = (problem: BackupProblem) => !isFound(problem) && isUnreported(problem, state.budget, at);
  return [...found, ...state.problems.filter(isKept)];
}

/** Tried again and again, and still wrong: since when it was first seen. */
function keepSince(problem: BackupProblem, { problems }: AlertState): BackupProblem {
  const known = problems.find((other) => causeOf(other).kind === causeOf(problem).kind);
  return known === undefined ? problem : { ...problem, since: known.since };
}

function ofHistory({ unrecorded, renamed, at }: BackupRound, before: readonly BackupProblem[]): BackupProblem[] {
  const since = before.find(({ kind }) => kind === 'unrecorded')?.since ?? at.toString();
  return [
    ...(unrecorded === null ? [] : [unrecordedProblem(serializeFailure(unrecorded), since)]),
    ...(renamed === null ? [] : [renamedProblem(renamed, at.toString())]),
  ];
}

/** An event is found once only, so it is kept until it was reported. */
function isUnreported(problem: BackupProblem, { outage }: AlertBudget, at: Temporal.Instant): boolean {
  const isRecent = at.since(Temporal.Instant.from(problem.since)).total('hours') < 24 * eventDays;
  return isEvent(problem.kind) && isRecent && !outage?.reported.includes(causeOf(problem).kind);
}
