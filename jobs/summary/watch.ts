import { hostname } from 'node:os';
import type { Alert } from '../platform/alert.ts';
import { deliver } from '../platform/alert-delivery.ts';
import type { Clock } from '../platform/clock.ts';
import { asFailure } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { createPing } from '../platform/ping.ts';
import type { SettingsWithoutStore } from '../platform/settings.ts';
import { summaryFailedAlert, summaryWorksAlert } from './alerts.ts';
import type { MorningWatch, Round } from './morning.ts';
import type { Troubles } from './troubles.ts';

type Means = {
  readonly troubles: Troubles;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before an alert that did not go out is tried a second time. */
  readonly firstWaitMs?: number;
};

/**
 * Alerts by mail and the dead-man's switch: one alert when summaries begin to fail, one all-clear when they reach
 * everybody again. Mails go out in the background; `settled` waits for them.
 */
export function summaryWatch(
  settings: SettingsWithoutStore,
  means: Means,
): MorningWatch & { settled(): Promise<void> } {
  const { troubles, clock, log, signal } = means;
  const ping = createPing(settings.summary.pingUrl, 'SUMMARY_PING_URL', log);
  let queue: Promise<void> = Promise.resolve();
  const mail = async (alert: Alert) =>
    settings.alerts === null || (await deliver(alert, settings.alerts, means)).length > 0;

  const tell = async (
    day: string,
    round: Exclude<Round, { kind: 'interrupted' }>,
    tries: readonly Temporal.Instant[],
  ) => {
    const where = { day, host: hostname(), at: clock.now() };
    const open = troubles.current();
    if (round.kind === 'failed') {
      if (open !== null) return;
      const alert = summaryFailedAlert({ ...where, ...round, tries }, settings.zone);
      if (await mail(alert)) troubles.open(round.failure.code, clock.now());
    } else if (open !== null) {
      if (await mail(summaryWorksAlert({ ...where, failedSince: open.since }, settings.zone))) troubles.clear();
    }
  };

  return {
    started: () => void ping('start', '', signal),
    ended(day, round, tries) {
      if (round.kind === 'sent') void ping('success', `summary of ${day} sent to ${round.recipients.length}`, signal);
      else void ping('fail', `summary of ${day}: ${round.failure.code}`, signal);
      queue = queue.then(() => tell(day, round, tries)).catch((error) => log.failure(asFailure(error)));
    },
    settled: () => queue,
  };
}
