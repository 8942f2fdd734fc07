import { type Alert, createAlert, oneLine } from '../monitoring/alerts/alert.ts';
import type { AlertReason } from '../monitoring/alerts/alert-decision.ts';
import { localTimestamp } from '../runtime/clock.ts';
import type { Failure } from '../runtime/errors.ts';
import { plural } from '../runtime/format.ts';

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
    retryLines(retries, zone),
    [
      'While this lasts, a reminder comes after 1, 3 and 7 days, then weekly.',
      'To look closer: nightshift summary status',
    ],
  ]);
}

const listedRetries = 3;

function retryLines(retries: readonly Temporal.Instant[], zone: string): string[] {
  const last = retries.at(-1);
  if (last === undefined) return ['It is not tried again by itself.'];
  const listed = retries.slice(0, listedRetries).map((instant) => `- ${localTimestamp(instant, zone)}`);
  const more = retries.length - listed.length;
  return [
    'It is tried again at:',
    ...listed,
    ...(more === 0 ? [] : [`- and ${plural(more, 'more time')}, at last ${localTimestamp(last, zone)}`]),
  ];
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
