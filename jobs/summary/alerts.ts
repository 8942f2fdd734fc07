import { type Alert, alertOf, oneLine } from '../platform/alert.ts';
import { localTimestamp } from '../platform/clock.ts';
import type { Failure } from '../platform/errors.ts';

type Where = { readonly day: string; readonly host: string; readonly at: Temporal.Instant };

/** A summary did not reach everybody. `tries`: when it is tried again by itself. Times are told in `zone`. */
export function summaryFailedAlert(
  alert: Where & {
    readonly failure: Failure;
    readonly missed: readonly string[];
    readonly tries: readonly Temporal.Instant[];
  },
  zone: string,
): Alert {
  const { day, host, at, failure, missed, tries } = alert;
  return alertOf(`summary of ${day} did not go out (${failure.code})`, [
    [`The summary of ${day} from ${host} did not reach:`, ...missed.map((recipient) => `- ${recipient}`)],
    [`When: ${localTimestamp(at, zone)} (${zone})`, `What: ${oneLine(failure.message)} (${failure.code})`],
    ['What to do:', failure.cure],
    tries.length === 0
      ? ['It is not tried again by itself.']
      : ['It is tried again at:', ...tries.map((instant) => `- ${localTimestamp(instant, zone)}`)],
    [
      'Until a summary reaches everybody, no more mail is sent about this.',
      'To look closer: nightshift summary status',
    ],
  ]);
}

/** Summaries reach everybody again. */
export function summaryWorksAlert(alert: Where & { readonly failedSince: Temporal.Instant }, zone: string): Alert {
  const { day, host, at, failedSince } = alert;
  return alertOf('summaries go out again', [
    [`The summary of ${day} from ${host} reached everybody.`],
    [`When: ${localTimestamp(at, zone)} (${zone})`, `Failed since: ${localTimestamp(failedSince, zone)}`],
    ['Nothing to do.', 'To look closer: nightshift summary status'],
  ]);
}
