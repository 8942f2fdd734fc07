import type {
  LastVerification,
  OpenSuspect,
  Outcome,
  ReadOnlyHistory,
  RoutineVerification,
  Run,
  StoreListing,
  Verification,
} from '../../monitoring/history/history.ts';
import type { LockState } from '../../sqlite/lock/lock-state.ts';
import { type BackupProblem, hasEnded } from '../alerts/backup-problem.ts';
import { type BackupHealth, healthOf } from './health.ts';
import { type ActiveRun, activeRunOf, listProblems } from './status-problems.ts';

/** The state of one database's backups. All that shows it (status, metrics, page, summary) reads this. */
export type DatabaseStatus = {
  readonly name: string;
  /** There is a good backup, young enough, and nothing is wrong. */
  readonly ok: boolean;
  /** Age and whether a run is alive: what a container is restarted for. */
  readonly health: BackupHealth;
  /** What is wrong beside that there is none or an old one, one line each. */
  readonly problems: readonly string[];
  readonly newestGood: Run | null;
  readonly activeRun: ActiveRun | null;
  /** Newest first. */
  readonly recentRuns: readonly Run[];
  readonly runs: Readonly<Record<Outcome, number>>;
  readonly openSuspects: readonly OpenSuspect[];
  /** When the newest good backup was last read back. */
  readonly lastVerifiedAt: Temporal.Instant | null;
  /** The old backup that was last verified by itself, and how far; null: none, or it failed. */
  readonly oldVerified: { readonly key: string; readonly result: Verification; readonly at: Temporal.Instant } | null;
  /** What the store held for each rung when a run last listed it; null: no run recorded that. */
  readonly listing: StoreListing | null;
  /** What the alerts know to be wrong still. */
  readonly openAlerts: readonly BackupProblem[];
};

type DatabaseStatusDeps = {
  readonly now: Temporal.Instant;
  /** IANA zone of the times in `problems`. */
  readonly zone: string;
  /** Of the backup schedule. */
  readonly longestGapSeconds: number;
  readonly lock: LockState;
  /** A restore was left half done, and none is at work on it. */
  readonly restoreUnfinished: boolean;
  /** Of all databases. */
  readonly openAlerts: readonly BackupProblem[];
};

const recentRuns = 60;
const unfinishedRestore =
  'a restore was left unfinished, services may be down, and no backup runs until it is ended: `nightshift restore`';

/** Reads the status of one database from the history; `lock` says whether a run marked as running is alive. */
export function databaseStatus(history: ReadOnlyHistory, name: string, deps: DatabaseStatusDeps): DatabaseStatus {
  const { now, zone, longestGapSeconds, lock, restoreUnfinished } = deps;
  const runs = history.runs('backup', name, recentRuns);
  const newestGood = history.newestGood(name);
  const openSuspects = history.openSuspects(name);
  const openAlerts = deps.openAlerts.filter(
    (one) => (one.database ?? name) === name && !hasEnded(one, newestGood?.startedAt ?? null),
  );
  const routine = history.routineVerification(name);
  const lastVerifications = history.lastVerifications();
  const verification = { database: name, damaged: history.damagedBackups(name), routine };
  const stateBackup = history.stateBackup();
  const activeRun = activeRunOf(runs[0], lock);
  const health = healthOf({
    now,
    firstStart: history.firstStart(),
    newestGood: newestGood?.startedAt ?? null,
    running: activeRun === null || activeRun.isAlive === 'no' ? null : activeRun.run.startedAt,
    longestGapSeconds,
  });
  const unfinished = restoreUnfinished ? [unfinishedRestore] : [];
  const problems = [
    ...unfinished,
    ...listProblems({ now, runs, activeRun, openSuspects, verification, stateBackup, openAlerts }, zone),
  ];
  return {
    name,
    ok: health.healthy && newestGood !== null && problems.length === 0,
    health,
    problems,
    newestGood,
    activeRun,
    recentRuns: runs,
    runs: history.counts(name),
    openSuspects,
    lastVerifiedAt: lastVerifications.get(newestGood?.key ?? '')?.at ?? null,
    oldVerified: oldVerifiedOf(routine, lastVerifications),
    listing: history.listing(name),
    openAlerts,
  };
}

function oldVerifiedOf(
  routine: RoutineVerification | null,
  verifications: ReadonlyMap<string, LastVerification>,
): DatabaseStatus['oldVerified'] {
  if (routine === null || routine.key === null || routine.problem !== null) return null;
  if (routine.unverified.some(({ key }) => key === routine.key)) return null;
  const last = verifications.get(routine.key);
  return last === undefined || last.result === 'failed' ? null : { key: routine.key, result: last.result, at: last.at };
}
