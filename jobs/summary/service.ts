import type { Clock } from '../runtime/clock.ts';
import { createLog } from '../runtime/log.ts';
import { type Schedule, sleepUntil } from '../runtime/schedule.ts';
import { toolVersion } from '../runtime/version.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { createSummaryNotifier } from './notifier.ts';
import { allRecipients, requireRecipients } from './recipients.ts';
import { runScheduler, sendWithRetries } from './scheduler.ts';
import { type SendDeps, sendDay } from './send-day.ts';
import { outcomeOf, outcomeOfError, type SendOutcome } from './send-outcome.ts';
import { serveSite } from './serve-site.ts';
import { exposureWarning } from './site/exposure-warning.ts';
import { createSummaryDeps } from './summary-deps.ts';

/**
 * The container's entrypoint: serves the site and mails a summary at every scheduled time, until `signal` aborts. A summary
 * that came due while nothing ran is sent at the start, within the catch-up limit. Failed ones never end it. Throws
 * SETTINGS_INVALID, STATE_UNWRITABLE and HTTP_PORT_UNUSABLE at the start.
 */
export async function serveSummaries(settings: SummarySettings, clock: Clock, signal: AbortSignal): Promise<void> {
  const { alerts, zone, summary } = settings;
  const { catchUpHours, pingUrl } = summary;
  const recipients = allRecipients(summary);
  requireRecipients(recipients);
  const schedule: Schedule = { cron: summary.schedule, zone };
  const log = createLog(clock, zone);
  const deps = createSummaryDeps(settings, { clock, log, signal });
  const notifier = createSummaryNotifier({ alerts, pingUrl, zone }, deps);
  const waiting = { clock, log, sleepUntil: (instant: Temporal.Instant) => sleepUntil(instant, clock, signal) };
  const attemptSend = (day: string) => sendOnce(day, recipients, deps);
  const sendSummary = (day: string, before: Temporal.Instant) =>
    sendWithRetries(day, before, { ...waiting, attemptSend, notifier });
  log.line(`nightshift ${toolVersion}: summary for ${recipients.join(', ')}, "${schedule.cron}" ${zone}`);
  if (summary.smtp === null && summary.recipients.length > 0)
    log.warn(`SMTP_HOST is not set: summaries are written to ${summary.outbox}, not sent`);
  const exposure = exposureWarning(summary.publicUrl);
  if (exposure !== null) log.warn(exposure);
  try {
    await serveSite(settings, deps);
    await runScheduler({ ...waiting, schedule, catchUpHours, ledger: deps.ledger, sendSummary, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await notifier.flush();
    deps.close();
  }
  log.line('stopped');
}

/** One attempt to send a day's summary; never throws. */
async function sendOnce(day: string, recipients: readonly string[], deps: SendDeps): Promise<SendOutcome> {
  try {
    const { deliveries, failure } = await sendDay(day, recipients, deps);
    const outcome = outcomeOf(deliveries, failure);
    return outcome.kind === 'failed' && deps.signal.aborted ? { kind: 'interrupted' } : outcome;
  } catch (error) {
    const outcome = outcomeOfError(error, recipients);
    if (outcome.kind === 'failed') deps.log.failure(outcome.failure);
    return outcome;
  }
}
