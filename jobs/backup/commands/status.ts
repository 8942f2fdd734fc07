import type { AlertKind, Outcome, ReadOnlyHistory, Run } from '../../platform/history.ts';
import { longestGapSeconds, nextRun } from '../../platform/schedule.ts';
import type { Settings } from '../../platform/settings.ts';
import { toolVersion } from '../../platform/version.ts';
import { type Health, healthOf } from '../watch/health.ts';

/** What the history says of the backups at one moment. */
export type BackupStatus = {
  readonly version: string;
  readonly nextRun: Temporal.Instant;
  readonly databases: readonly DatabaseStatus[];
};

export type DatabaseStatus = {
  readonly name: string;
  readonly health: Health;
  readonly newestGood: Run | null;
  /** Newest first. */
  readonly recentRuns: readonly Run[];
  readonly runs: Readonly<Record<Outcome, number>>;
  readonly openAlerts: readonly {
    readonly kind: AlertKind;
    readonly subject: string;
    readonly since: Temporal.Instant;
  }[];
};

const alertKinds: readonly AlertKind[] = ['failure', 'suspect', 'housekeeping'];
const recentRuns = 60;

/** Reads the status of every database from the history. */
export function statusOf(
  { databases, schedule, zone }: Settings,
  history: ReadOnlyHistory,
  now: Temporal.Instant,
): BackupStatus {
  const plan = { cron: schedule, zone };
  const longestGap = longestGapSeconds(plan, now);
  const firstStart = history.firstStart() ?? now;
  const statuses = databases.map(({ name }): DatabaseStatus => {
    const newestGood = history.newestGood(name);
    const runs = history.runs('backup', name, recentRuns);
    const running = runs[0]?.outcome === 'running' ? runs[0].startedAt : null;
    const facts = {
      now,
      firstStart,
      newestGood: newestGood?.startedAt ?? null,
      running,
      longestGapSeconds: longestGap,
    };
    return {
      name,
      health: healthOf(facts),
      newestGood,
      recentRuns: runs,
      runs: history.counts(name),
      openAlerts: alertKinds.flatMap((kind) => {
        const alert = history.alert(name, kind);
        return alert === null ? [] : [{ kind, ...alert }];
      }),
    };
  });
  return { version: toolVersion, nextRun: nextRun(plan, now), databases: statuses };
}
