import type { AlertBudget } from '../../platform/alert-budget.ts';
import type { LastingHistory } from '../../platform/lasting-history.ts';
import type { Database } from '../../platform/settings.ts';
import { type RunOutcome, troubleOf } from '../outcome.ts';
import type { AlertMemory } from './alert-memory.ts';
import { causeOf, isEvent, type Problem } from './problem.ts';
import { renamedProblem, unrecordedProblem } from './problems-of-history.ts';
import { problemsOfRun } from './problems-of-run.ts';

export type Ran = {
  readonly database: string;
  readonly outcome: RunOutcome;
  readonly tries: readonly Temporal.Instant[];
};

/** An event that could be told to nobody for so long is dropped. */
const eventDays = 7;

/** All that is wrong after a round of runs: found by them, known of databases that did not run, and of the history itself. */
export function problemsAfter(
  ran: readonly Ran[],
  memory: AlertMemory,
  { databases, history, at }: { databases: readonly Database[]; history: LastingHistory; at: Temporal.Instant },
): Problem[] {
  const ofDatabases = databases.flatMap(({ name }) => {
    const before = memory.problems.filter(({ database }) => database === name);
    const run = ran.find(({ database }) => database === name);
    if (run === undefined) return before;
    const openSuspects = history.openSuspects(name);
    const step = history.runs('backup', name, 1)[0]?.step ?? 'start';
    return problemsOfRun({ database: name, outcome: run.outcome, step, openSuspects, before, at });
  });
  const found = [...ofDatabases, ...ofHistory(history, memory.problems, at)];
  const isFound = (problem: Problem) => found.some((other) => causeOf(other).kind === causeOf(problem).kind);
  const isKept = (problem: Problem) => !isFound(problem) && isUntold(problem, memory.budget, at);
  return [...found, ...memory.problems.filter(isKept)];
}

function ofHistory(history: LastingHistory, before: readonly Problem[], at: Temporal.Instant): Problem[] {
  const problem = history.problem();
  const renamed = history.takeRenamed();
  const since = before.find(({ kind }) => kind === 'unrecorded')?.since ?? at.toString();
  return [
    ...(problem === null ? [] : [unrecordedProblem(troubleOf(problem), since)]),
    ...(renamed === null ? [] : [renamedProblem(renamed, at.toString())]),
  ];
}

/** An event is found once only, so it is kept until somebody was told. */
function isUntold(problem: Problem, { outage }: AlertBudget, at: Temporal.Instant): boolean {
  const isRecent = at.since(Temporal.Instant.from(problem.since)).total('hours') < 24 * eventDays;
  return isEvent(problem.kind) && isRecent && !outage?.told.includes(causeOf(problem).kind);
}
