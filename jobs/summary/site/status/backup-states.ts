import type { DatabaseStatus } from '../../../backup/status/database-status.ts';
import type { ReadOnlyHistory, Run } from '../../../monitoring/history/history.ts';
import { formatBytes } from '../../../runtime/format.ts';
import type { SeriesBlock } from '../../page/page-model.ts';
import { durationPoints, runChart } from './run-charts.ts';

export type BackupState = {
  readonly status: DatabaseStatus;
  readonly restores: readonly Run[];
};

const restoresShown = 10;

/** The state of one database's backups and restores. */
export function backupState(history: ReadOnlyHistory, status: DatabaseStatus): BackupState {
  return { status, restores: history.runs('restore', status.name, restoresShown) };
}

/** Sizes of the archives and durations of the verified runs; `when` formats a run's start. */
export function backupCharts({ status }: BackupState, when: (at: Temporal.Instant) => string): SeriesBlock[] {
  const { name: database, recentRuns } = status;
  const verified = recentRuns.filter(({ verification }) => verification !== null).toReversed();
  const sizes = verified.flatMap(({ archiveBytes, startedAt }) =>
    archiveBytes === null
      ? []
      : [{ label: when(startedAt), value: archiveBytes / 2 ** 20, formatted: formatBytes(archiveBytes) }],
  );
  const durations = durationPoints(verified, ({ startedAt }) => when(startedAt));
  return [
    ...runChart('line', `${database}-size`, `Backup of ${database}, MiB`, sizes),
    ...runChart('bar', `${database}-duration`, `Backup of ${database}, seconds`, durations),
  ];
}
