import type { OpenSuspect, Outcome, Run, StateBackup } from '../../monitoring/history/history.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase } from '../../runtime/format.ts';
import type { LockState } from '../../sqlite/lock/lock-state.ts';
import type { BackupProblem } from '../alerts/backup-problem.ts';
import { unfinishedMessage } from '../alerts/run-problems.ts';
import { problemOfState } from '../alerts/state-problem.ts';
import { problemsOfVerification, type VerificationFacts } from '../alerts/verification-problems.ts';

/** A run that is running by the history: `yes` when a process holds its lock, `no` when none does, so it was killed. */
export type ActiveRun = { readonly run: Run; readonly isAlive: 'yes' | 'no' | 'unknown' };

/** Whether the newest run goes on, by who holds the database's lock; null when it ended. */
export function activeRunOf(newest: Run | undefined, lock: LockState): ActiveRun | null {
  if (newest?.outcome !== 'running') return null;
  // While a restore holds the lock, a backup may wait for it, or be dead.
  const isAlive = lock === 'backup' ? 'yes' : lock === 'free' ? 'no' : 'unknown';
  return { run: newest, isAlive };
}

type ProblemFacts = {
  readonly now: Temporal.Instant;
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly activeRun: ActiveRun | null;
  readonly openSuspects: readonly OpenSuspect[];
  readonly verification: VerificationFacts;
  /** Of STATE_DIR itself. */
  readonly stateBackup: StateBackup | null;
  /** What the alerts know to be wrong, of this database or of all. */
  readonly openAlerts: readonly BackupProblem[];
};

/** What is wrong with one database's backups beside age and absence, one line each; empty when nothing is known to be. */
export function listProblems(
  { now, runs, activeRun, openSuspects, verification, stateBackup, openAlerts }: ProblemFacts,
  zone: string,
): string[] {
  const ended = activeRun?.isAlive === 'no' ? activeRun.run : runs.find(({ outcome }) => outcome !== 'running');
  const problems = [
    ...(ended === undefined ? [] : runProblem(ended, now, zone)),
    ...openSuspects.map(({ key, reason }) => `${key} is suspect (${reason}); if it is right: nightshift accept ${key}`),
    ...problemsOfVerification(verification).map(({ message }) => message),
    ...[problemOfState(stateBackup)].flatMap((problem) => problem?.message ?? []),
    ...openAlerts.filter(({ kind }) => isListed(kind, ended?.outcome)).map(({ message }) => message),
  ];
  return problems.map((problem) => problem.replace(/\.$/, ''));
}

function runProblem(run: Run, now: Temporal.Instant, zone: string): string[] {
  const { outcome, startedAt, step, message } = run;
  const when = `${localTimestamp(startedAt, zone)}, ${agePhrase(startedAt, now)}`;
  if (outcome === 'running') return [`the last run (${when}) was killed at ${step}: no process holds its lock`];
  if (outcome === 'failed') return [`the last run (${when}) failed at ${step}: ${message}`];
  if (outcome === 'interrupted') return [`the last run (${when}) was stopped at ${step}`];
  return message === null ? [] : [unfinishedMessage(message)];
}

/**
 * Suspects and what the last run found are read from the history itself: a run that succeeded or failed has its own message,
 * one that was stopped or killed has none of the failure before it.
 */
function isListed(kind: BackupProblem['kind'], lastOutcome: Outcome | undefined): boolean {
  if (['suspect', 'damaged', 'unverified', 'state-not-stored'].includes(kind)) return false;
  if (kind === 'failure') return lastOutcome !== 'failed' && lastOutcome !== 'succeeded';
  return kind !== 'housekeeping' || lastOutcome !== 'succeeded';
}
