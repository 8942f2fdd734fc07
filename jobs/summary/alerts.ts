import { type Alert, createAlert, oneLine } from '../monitoring/alerts/alert.ts';
import type { AlertReason } from '../monitoring/alerts/alert-decision.ts';
import { localTimestamp } from '../runtime/clock.ts';
import type { Failure } from '../runtime/errors.ts';

type SummaryAlertContext = { readonly day: string; readonly host: string; readonly at: Temporal.Instant };

/** A summary did not reach everybody. `retries`: when it is tried again automatically. Times are in `zone`. */
export function summaryFailedAlert(
  alert: SummaryAlertContext & {
    readonly failure: Failure;
    readonly missed: readonly string[];
    readonly retries: readonly Temporal.Instant[];
    readonly reason: AlertReason;
    readonly failedSince: Temporal.Instant;
  },
  zone: string,
): Alert {
  const { day, host, at, failure, missed, retries, reason, failedSince } = alert;
  const still = reason === 'reminder' ? 'still: ' : '';
  const since = reason === 'new' ? [] : [`Failing since: ${localTimestamp(failedSince, zone)}`];
  return createAlert(`${still}summary of ${day} did not go out (${failure.code})`, [
    [`The summary of ${day} from ${host} did not reach:`, ...missed.map((recipient) => `- ${recipient}`)],
    [`When: ${localTimestamp(at, zone)} (${zone})`, ...since, `What: ${oneLine(failure.message)} (${failure.code})`],
    ['What to do:', failure.hint],
    retries.length === 0
      ? ['It is not tried again by itself.']
      : ['It is tried again at:', ...retries.map((instant) => `- ${localTimestamp(instant, zone)}`)],
    [
      'While this lasts, a reminder comes after 1, 3 and 7 days, then weekly.',
      'To look closer: nightshift summary status',
    ],
  ]);
}

/** Summaries reach everybody again, for the second time in a row. */
export function summaryRecoveredAlert(
  alert: SummaryAlertContext & { readonly failedSince: Temporal.Instant },
  zone: string,
): Alert {
  const { day, host, at, failedSince } = alert;
  return createAlert('summaries go out again', [
    [`The last two summaries from ${host} reached everybody, the last that of ${day}.`],
    [`When: ${localTimestamp(at, zone)} (${zone})`, `Failed since: ${localTimestamp(failedSince, zone)}`],
    ['Nothing to do.', 'To look closer: nightshift summary status'],
  ]);
}
