import type { Clock } from '../runtime/clock.ts';
import { Failure } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { nextRun, type Schedule, sleepUntil } from '../runtime/schedule.ts';
import { toolVersion } from '../runtime/version.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { openAlertBudget } from './alert-budget-file.ts';
import { type Round, runMorning } from './morning.ts';
import { liveMornings } from './mornings.ts';
import { openOffice } from './office.ts';
import { failedRound, roundOf } from './round.ts';
import { type SendMeans, sendDay } from './send-day.ts';
import { serveSite } from './serve-site.ts';
import { summaryWatch } from './watch.ts';

/**
 * The container's entrypoint: serves the page and mails a summary at every scheduled time, until `signal` aborts. A summary
 * that came due while nothing ran is sent at the start, within the catch-up limit. Failed ones never end it. Throws
 * SETTINGS_INVALID, STATE_UNWRITABLE and HTTP_PORT_UNUSABLE at the start.
 */
export async function serveSummaries(settings: SummarySettings, clock: Clock, signal: AbortSignal): Promise<void> {
  requireRecipients(settings.summary.recipients);
  const { zone, stateDir, summary } = settings;
  const schedule: Schedule = { cron: summary.schedule, zone };
  const log = createLog(clock, zone);
  const office = openOffice(settings, { clock, log, signal });
  const budget = openAlertBudget(stateDir);
  const watch = summaryWatch(settings, { budget, clock, log, signal });
  log.line(`nightshift ${toolVersion}: summary for ${summary.recipients.join(', ')}, "${summary.schedule}" ${zone}`);
  if (summary.smtp === null) log.warn(`SMTP_HOST is not set: summaries are written to ${summary.outbox}, not sent`);
  try {
    await serveSite(office);
    const sleep = (instant: Temporal.Instant) => sleepUntil(instant, clock, signal);
    const morning = (day: string) => {
      const before = nextRun(schedule, clock.now());
      return runMorning({ day, send: () => sendRound(day, office), watch, clock, log, sleepUntil: sleep, before });
    };
    const { ledger } = office;
    const { catchUpHours } = summary;
    await liveMornings({ schedule, catchUpHours, ledger, morning, clock, log, sleepUntil: sleep, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await watch.settled();
    budget.close();
    office.close();
  }
  log.line('stopped');
}

/** Throws SETTINGS_INVALID when nobody would get a summary. */
export function requireRecipients(recipients: readonly string[]): void {
  if (recipients.length > 0) return;
  throw new Failure(
    'SETTINGS_INVALID',
    '1 setting is not usable; nothing was done.',
    'SUMMARY_RECIPIENTS is not set: set it to who is to get the summary, or try `nightshift summary preview`, which sends nothing',
  );
}

async function sendRound(day: string, office: SendMeans): Promise<Round> {
  const { recipients } = office.settings.summary;
  try {
    const { deliveries, failure } = await sendDay(day, recipients, office);
    const round = roundOf(deliveries, failure);
    return round.kind === 'failed' && office.signal.aborted ? { kind: 'interrupted' } : round;
  } catch (error) {
    const round = failedRound(error, recipients);
    if (round.kind === 'failed') office.log.failure(round.failure);
    return round;
  }
}
