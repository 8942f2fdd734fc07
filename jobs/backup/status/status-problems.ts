import type { OpenSuspect, Outcome, Run } from '../../monitoring/history/history.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { durationSince } from '../../runtime/format.ts';
import type { LockState } from '../../sqlite/lock/lock-state.ts';
import type { Problem } from '../alerts/backup-problem.ts';
import { undoneMessage } from '../alerts/run-problems.ts';

/** A run that the history has as running: `yes` when a process holds its lock, `no` when none does, so it was killed. */
export type UnderWay = { readonly run: Run; readonly isAlive: 'yes' | 'no' | 'unknown' };

/** Whether the newest run goes on, by who holds the database's lock; null when it ended. */
export function underWayOf(newest: Run | undefined, lock: LockState): UnderWay | null {
  if (newest?.outcome !== 'running') return null;
  // While a restore holds the lock, a backup may wait for it, or be dead.
  const isAlive = lock === 'backup' ? 'yes' : lock === 'free' ? 'no' : 'unknown';
  return { run: newest, isAlive };
}

type Facts = {
  readonly now: Temporal.Instant;
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly underWay: UnderWay | null;
  readonly openSuspects: readonly OpenSuspect[];
  /** What the alerts know to be wrong, of this database or of all. */
  readonly problems: readonly Problem[];
};

/** What is wrong with one database's backups beside age and absence, one line each; empty when nothing is known to be. */
export function wrongsOf({ now, runs, underWay, openSuspects, problems }: Facts, zone: string): string[] {
  const ended = underWay?.isAlive === 'no' ? underWay.run : runs.find(({ outcome }) => outcome !== 'running');
  const wrongs = [
    ...(ended === undefined ? [] : runWrong(ended, now, zone)),
    ...openSuspects.map(({ key, reason }) => `${key} is suspect (${reason}); if it is right: nightshift accept ${key}`),
    ...problems.filter(({ kind }) => isToldHere(kind, ended?.outcome)).map(({ message }) => message),
  ];
  return wrongs.map((wrong) => wrong.replace(/\.$/, ''));
}

function runWrong(run: Run, now: Temporal.Instant, zone: string): string[] {
  const { outcome, startedAt, step, message } = run;
  const when = `${localTimestamp(startedAt, zone)}, ${durationSince(startedAt, now)} ago`;
  if (outcome === 'running') return [`the last run (${when}) was killed at ${step}: no process holds its lock`];
  if (outcome === 'failed') return [`the last run (${when}) failed at ${step}: ${message}`];
  if (outcome === 'interrupted') return [`the last run (${when}) was stopped at ${step}`];
  return message === null ? [] : [undoneMessage(message)];
}

/**
 * The history says suspects better, and what the last run found: a run that ended well or failed says of itself how it was,
 * one that was stopped or killed says nothing of the failure before it.
 */
function isToldHere(kind: Problem['kind'], lastOutcome: Outcome | undefined): boolean {
  if (kind === 'suspect') return false;
  if (kind === 'failure') return lastOutcome !== 'failed' && lastOutcome !== 'succeeded';
  return kind !== 'housekeeping' || lastOutcome !== 'succeeded';
}
