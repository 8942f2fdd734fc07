import { dayBefore, lastDue } from '../../due.ts';
import type { StatusPageData } from '../pages/status-page.ts';
import type { SiteDeps } from '../site-deps.ts';
import { summaryStates } from './summary-states.ts';

/** What the status page shows, read now. */
export async function readStatus(deps: SiteDeps): Promise<StatusPageData> {
  const { schedule, zone, clock } = deps;
  const now = clock.now();
  const yesterday = dayBefore(now, zone);
  const isDue = lastDue({ cron: schedule, zone }, now)?.day === yesterday;
  return { zone, now, summaries: summaryStates({ yesterday, isDue }, deps), backups: await deps.backupStates() };
}
