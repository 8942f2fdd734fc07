import type { DatabaseStatus } from '../../../backup/status/database-status.ts';
import type { ReadOnlyHistory, Run } from '../../../monitoring/history/history.ts';
import { formatBytes, formatDuration } from '../../../runtime/format.ts';
import type { Chart } from '../../page.ts';
import { chartOf, secondsOf } from './measured.ts';

export type BackupState = {
  readonly status: DatabaseStatus;
  readonly restores: readonly Run[];
};

const restoresShown = 10;

/** What the history says of one database's backups and restores. */
export function backupState(history: ReadOnlyHistory, status: DatabaseStatus): BackupState {
  return { status, restores: history.runs('restore', status.name, restoresShown) };
}

/** How large the archives were and how long the good runs took; `when` names a run's start. */
export function backupCharts({ status }: BackupState, when: (at: Temporal.Instant) => string): Chart[] {
  const { name: database, recentRuns } = status;
  const proven = recentRuns.filter(({ proof }) => proof !== null).toReversed();
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
