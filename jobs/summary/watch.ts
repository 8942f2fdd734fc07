import { hostname } from 'node:os';
import type { Alert } from '../monitoring/alerts/alert.ts';
import { type AlertDecision, decideAlert } from '../monitoring/alerts/alert-decision.ts';
import { deliver } from '../monitoring/alerts/alert-delivery.ts';
import { createPing } from '../monitoring/ping.ts';
import type { Clock } from '../runtime/clock.ts';
import { asFailure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { SummarySettings } from '../settings/settings.ts';
import type { AlertBudgetFile } from './alert-budget-file.ts';
import { summaryFailedAlert, summaryWorksAlert } from './alerts.ts';
import type { MorningWatch, Round } from './morning.ts';

type WatchDeps = {
  readonly budget: AlertBudgetFile;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before an alert that did not go out is tried a second time. */
  readonly firstWaitMs?: number;
};

type Ended = Exclude<Round, { kind: 'interrupted' }>;

/**
 * Alerts by mail and the dead-man's switch. After each round of sending at most one mail, as often as `decideAlert` allows.
 * Mails go out in the background; `settled` waits for them.
 */
export function summaryWatch(settings: SummarySettings, deps: WatchDeps): MorningWatch & { settled(): Promise<void> } {
  const { budget, clock, log, signal } = deps;
  const ping = createPing(settings.summary.pingUrl, 'SUMMARY_PING_URL', log);
  let queue: Promise<void> = Promise.resolve();

  const alertAfter = async (day: string, round: Ended, tries: readonly Temporal.Instant[]) => {
    const at = clock.now();
    const causes = round.kind === 'failed' ? [{ kind: round.failure.code, isEvent: false }] : [];
    const decision = decideAlert(budget.read(), causes, at);
    budget.keep(decision.budget);
    const alert = alertFor(decision, { day, host: hostname(), at }, round, tries);
    if (alert === null || settings.alerts === null) return;
    const reached = await deliver(alert, settings.alerts, deps);
    if (reached.length > 0) budget.keep(decision.ifTaken);
  };

  const alertFor = (
    { reason, since }: AlertDecision,
    where: { readonly day: string; readonly host: string; readonly at: Temporal.Instant },
    round: Ended,
    tries: readonly Temporal.Instant[],
  ): Alert | null => {
    if (reason === null || since === null) return null;
    const failedSince = Temporal.Instant.from(since);
    if (round.kind === 'sent') return summaryWorksAlert({ ...where, failedSince }, settings.zone);
    return summaryFailedAlert({ ...where, ...round, tries, reason, failedSince }, settings.zone);
  };

  return {
    started: () => void ping('start', '', signal),
    ended(day, round, tries) {
      if (round.kind === 'sent') void ping('success', `summary of ${day} sent to ${round.recipients.length}`, signal);
      else void ping('fail', `summary of ${day}: ${round.failure.code}`, signal);
      queue = queue.then(() => alertAfter(day, round, tries)).catch((error) => log.failure(asFailure(error)));
    },
    settled: () => queue,
  };
}
