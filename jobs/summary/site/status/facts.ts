import { statusOf } from '../../../backup/status/status.ts';
import { dayBefore, lastDue } from '../../due.ts';
import type { SiteMeans } from '../site.ts';
import type { StatusFacts } from '../view/status-page.ts';
import { backupState } from './backups.ts';
import { summaryStates } from './summaries.ts';

/** What the status page tells, read now from the ledger, the runs and the backups' history. */
export async function statusFacts(means: SiteMeans): Promise<StatusFacts> {
  const { settings, clock } = means;
  const { zone, summary } = settings;
  const now = clock.now();
  const due = lastDue({ cron: summary.schedule, zone }, now);
  const yesterday = dayBefore(now, zone);
  return {
    zone,
    summaries: summaryStates({ yesterday, isDue: due?.day === yesterday }, means),
    backups: await backupStates(means, now),
  };
}

async function backupStates({ settings, history }: SiteMeans, now: Temporal.Instant): Promise<StatusFacts['backups']> {
  const reading = history();
  if (reading.history === null) return reading.failure;
  const past = reading.history;
  try {
    const { databases } = await statusOf(settings, past, now);
    return databases.map((status) => backupState(past, status));
  } finally {
    past.close();
  }
}
