import { type Health, healthOf } from '../../../backup/watch/health.ts';
import { formatBytes, formatDuration } from '../../../platform/format.ts';
import type { ReadOnlyHistory, Run } from '../../../platform/history.ts';
import type { Chart } from '../../page.ts';
import { chartOf, secondsOf } from './measured.ts';

export type BackupState = {
  readonly database: string;
  readonly health: Health;
  /** Newest first. */
  readonly backups: readonly Run[];
  readonly restores: readonly Run[];
};

const backupsShown = 60;
const restoresShown = 10;

/** What the history says of one database's backups and restores. `longestGapSeconds` is the backup schedule's. */
export function backupState(
  history: ReadOnlyHistory,
  database: string,
  now: Temporal.Instant,
  longestGapSeconds: number,
): BackupState {
  const backups = history.runs('backup', database, backupsShown);
  const health = healthOf({
    now,
    firstStart: history.firstStart() ?? now,
    newestGood: history.newestGood(database)?.startedAt ?? null,
    running: backups[0]?.outcome === 'running' ? backups[0].startedAt : null,
    longestGapSeconds,
  });
  return { database, health, backups, restores: history.runs('restore', database, restoresShown) };
}

/** How large the archives were and how long the good runs took; `when` names a run's start. */
export function backupCharts({ database, backups }: BackupState, when: (at: Temporal.Instant) => string): Chart[] {
  const proven = backups.filter(({ proof }) => proof !== null).toReversed();
  const sizes = proven.flatMap(({ archiveBytes, startedAt }) =>
    archiveBytes === null
      ? []
      : [{ label: when(startedAt), value: archiveBytes / 2 ** 20, shown: formatBytes(archiveBytes) }],
  );
  const durations = proven.flatMap((run) => {
    const seconds = secondsOf(run);
    return seconds === null ? [] : [{ label: when(run.startedAt), value: seconds, shown: formatDuration(seconds) }];
  });
  return [
    ...chartOf('line', `${database}-size`, `Backup of ${database}, MiB`, sizes),
    ...chartOf('bar', `${database}-duration`, `Backup of ${database}, seconds`, durations),
  ];
}
