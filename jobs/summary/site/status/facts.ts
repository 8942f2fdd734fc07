import { dayBefore, lastDue } from '../../due.ts';
import type { SiteMeans } from '../site.ts';
import type { StatusFacts } from '../view/status-page.ts';
import { type BackupState, backupState } from './backups.ts';
import { summaryStates } from './summaries.ts';

/**
 * What the status page tells, read now from the ledger, the runs and the backups' history. `gapSeconds`: the longest
 * between two backups of the schedule.
 */
export function statusFacts(means: SiteMeans, gapSeconds: number): StatusFacts {
  const { settings, clock } = means;
  const { zone, summary } = settings;
  const now = clock.now();
  const due = lastDue({ cron: summary.schedule, zone }, now);
  const yesterday = dayBefore(now, zone);
  return {
    zone,
    summaries: summaryStates({ yesterday, isDue: due?.day === yesterday }, means),
    backups: backupStates(means, now, gapSeconds),
  };
}

function backupStates(
  { settings, history }: SiteMeans,
  now: Temporal.Instant,
  gapSeconds: number,
): BackupState[] | null {
  const past = history();
  if (past === null) return null;
  try {
    return settings.databases.map(({ name }) => backupState(past, name, now, gapSeconds));
  } finally {
    past.close();
  }
}
