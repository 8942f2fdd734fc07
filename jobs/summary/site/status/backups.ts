import { type Health, healthOf } from '../../../backup/watch/health.ts';
import { formatBytes, formatDuration } from '../../../platform/format.ts';
import type { ReadOnlyHistory, Run } from '../../../platform/history.ts';
import type { Chart } from '../../page.ts';

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

/** Seconds of a run that ended; null of one that did not, or whose clock was set back. */
export function secondsOf({ startedAt, finishedAt }: Run): number | null {
  if (finishedAt === null) return null;
  const seconds = (finishedAt.epochMilliseconds - startedAt.epochMilliseconds) / 1000;
  return seconds < 0 ? null : seconds;
}

/** How large the archives were and how long the runs took, as charts; `when` names a run's start. */
export function backupCharts({ database, backups }: BackupState, when: (at: Temporal.Instant) => string): Chart[] {
  const proven = backups.filter(({ proof }) => proof !== null).toReversed();
  const sizes = proven.flatMap((run) =>
    run.archiveBytes === null ? [] : [{ run, value: run.archiveBytes, shown: formatBytes(run.archiveBytes) }],
  );
  const durations = proven.flatMap((run) => {
    const value = secondsOf(run);
    return value === null ? [] : [{ run, value, shown: formatDuration(value) }];
  });
  return [
    { id: `${database}-size`, title: 'Size of the backup', measured: sizes },
    { id: `${database}-duration`, title: 'Duration', measured: durations },
  ].flatMap(({ id, title, measured }) => {
    const [first] = measured;
    const last = measured.at(-1);
    if (first === undefined || last === undefined || measured.length < 2) return [];
    const points = measured.map(({ run, value, shown }) => ({ label: when(run.startedAt), value, shown }));
    const alt = `${last.shown} now, ${first.shown} ${measured.length} backups ago.`;
    return [{ kind: 'chart', style: 'line', id, title, points, alt }];
  });
}
