import { hostname } from 'node:os';
import type { AlertDeliveryDeps } from '../monitoring/alerts/deliver-alert.ts';
import { type AlertReport, createNotifier } from '../monitoring/notifier.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { summaryFailedAlert, summaryRecoveredAlert } from './alerts.ts';
import type { FinishedSend } from './send-outcome.ts';
import type { AlertBudgetStore } from './storage/alert-budget.ts';

type SummaryNotifierDeps = AlertDeliveryDeps & { readonly alertBudget: AlertBudgetStore };

type SummaryNotifierOptions = Pick<SummarySettings, 'alerts' | 'zone'> & {
  readonly pingUrl: string | null;
};

/** A file in the outbox is no failure, and no all-clear either. */
type AlertedSend = Exclude<FinishedSend, { kind: 'written' }>;

/** Reports how summaries go: alerts by mail and the dead-man's switch. Never throws, and works in the background. */
export type SummaryNotifier = {
  sendStarted(): void;
  /** After each attempt; `retries`: when the next ones are. */
  sendFinished(day: string, outcome: FinishedSend, retries: readonly Temporal.Instant[]): void;
  /** Waits for the emails and pings so far. */
  flush(): Promise<void>;
};

/** After each attempt at most one alert is mailed, as often as `decideAlert` allows. Times in emails are in `zone`. */
export function createSummaryNotifier(
  { alerts, pingUrl, zone }: SummaryNotifierOptions,
  deps: SummaryNotifierDeps,
): SummaryNotifier {
  const { alertBudget, clock } = deps;
  const notifier = createNotifier({ pingUrl, pingVariable: 'SUMMARY_PING_URL', alerts }, deps);

  const reportOf = (day: string, outcome: AlertedSend, retries: readonly Temporal.Instant[]): AlertReport => {
    const at = clock.now();
    const context = { day, host: hostname(), at };
    return {
      at,
      causes: outcome.kind === 'failed' ? [{ kind: outcome.failure.code, isEvent: false }] : [],
      budget: alertBudget.read(),
      keepBudget: (budget) => alertBudget.write(budget),
      mail: (reason, failedSince) =>
        outcome.kind === 'sent'
          ? summaryRecoveredAlert({ ...context, failedSince }, zone)
          : summaryFailedAlert({ ...context, ...outcome, retries, reason, failedSince }, zone),
    };
  };

  return {
    sendStarted: () => notifier.ping('start', ''),
    sendFinished(day, outcome, retries) {
      if (outcome.kind === 'written') {
        notifier.ping('success', `summary of ${day} written to the outbox for ${outcome.recipients.length}, not sent`);
        return;
      }
      if (outcome.kind === 'sent') notifier.ping('success', `summary of ${day} sent to ${outcome.recipients.length}`);
      else notifier.ping('fail', `summary of ${day}: ${outcome.failure.code}`);
      notifier.alert(() => reportOf(day, outcome, retries));
    },
    flush: notifier.flush,
  };
}
