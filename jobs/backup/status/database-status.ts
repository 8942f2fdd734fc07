import type { OpenSuspect, Outcome, ReadOnlyHistory, Run } from '../../monitoring/history/history.ts';
import type { LockState } from '../../sqlite/lock/lock-state.ts';
import { isOver, type Problem } from '../alerts/backup-problem.ts';
import { type Health, healthOf } from './health.ts';
import { type UnderWay, underWayOf, wrongsOf } from './status-problems.ts';

/** How one database's backups are. Every place that tells it (status, metrics, page, summary) reads this. */
export type DatabaseStatus = {
  readonly name: string;
  /** There is a good backup, young enough, and nothing is wrong. */
  readonly ok: boolean;
  /** Age and life alone: what a container is restarted for. */
  readonly health: Health;
  /** What is wrong beside that there is none or an old one, one line each. */
  readonly wrongs: readonly string[];
  readonly newestGood: Run | null;
  readonly underWay: UnderWay | null;
  /** Newest first. */
  readonly recentRuns: readonly Run[];
  readonly runs: Readonly<Record<Outcome, number>>;
  readonly openSuspects: readonly OpenSuspect[];
  /** What the alerts know to be wrong still. */
  readonly problems: readonly Problem[];
};

type Around = {
  readonly now: Temporal.Instant;
  /** IANA zone of the times in `wrongs`. */
  readonly zone: string;
  /** Of the backup schedule. */
  readonly longestGapSeconds: number;
  readonly lock: LockState;
  /** A restore was left half done, and none is at work on it. */
  readonly restoreUnfinished: boolean;
  /** Of all databases. */
  readonly problems: readonly Problem[];
};

const recentRuns = 60;
const unfinishedRestore =
  'a restore was left unfinished, services may be down, and no backup runs until it is ended: `nightshift restore`';

/** Reads the status of one database from the history; `lock` says whether a run marked as running lives. */
export function databaseStatus(history: ReadOnlyHistory, name: string, around: Around): DatabaseStatus {
  const { now, zone, longestGapSeconds, lock, restoreUnfinished } = around;
  const runs = history.runs('backup', name, recentRuns);
  const newestGood = history.newestGood(name);
  const openSuspects = history.openSuspects(name);
  const problems = around.problems.filter(
    (one) => (one.database ?? name) === name && !isOver(one, newestGood?.startedAt ?? null),
  );
  const underWay = underWayOf(runs[0], lock);
  const health = healthOf({
    now,
    firstStart: history.firstStart() ?? now,
    newestGood: newestGood?.startedAt ?? null,
    running: underWay === null || underWay.isAlive === 'no' ? null : underWay.run.startedAt,
    longestGapSeconds,
  });
  const unfinished = restoreUnfinished ? [unfinishedRestore] : [];
  const wrongs = [...unfinished, ...wrongsOf({ now, runs, underWay, openSuspects, problems }, zone)];
  return {
    name,
    ok: health.healthy && newestGood !== null && wrongs.length === 0,
    health,
    wrongs,
    newestGood,
    underWay,
    recentRuns: runs,
    runs: history.counts(name),
    openSuspects,
    problems,
  };
}
