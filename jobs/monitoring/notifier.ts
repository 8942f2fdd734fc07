import { asFailure } from '../runtime/errors.ts';
import { abortAfterGrace } from '../runtime/grace.ts';
import type { AlertSettings } from '../settings/settings.ts';
import type { Alert } from './alerts/alert.ts';
import type { AlertBudget } from './alerts/alert-budget.ts';
import { type AlertCause, type AlertReason, decideAlert } from './alerts/alert-decision.ts';
import { type AlertDeliveryDeps, deliverAlert } from './alerts/deliver-alert.ts';
import { createPing, type PingEvent } from './ping.ts';

type NotifierOptions = {
  /** The dead-man's switch, and the variable that names it. */
  readonly pingUrl: string | null;
  readonly pingVariable: string;
  readonly alerts: AlertSettings['alerts'];
};

/** What was found wrong at one moment, for the alerts. */
export type AlertReport = {
  readonly at: Temporal.Instant;
  /** None: a good run. */
  readonly causes: readonly AlertCause[];
  /** What the alerts remember from the run before. */
  readonly budget: AlertBudget;
  readonly keepBudget: (budget: AlertBudget) => void;
  /** The mail, when `decideAlert` allows one. `since`: when the first of it was seen. */
  readonly mail: (reason: AlertReason, since: Temporal.Instant) => Alert;
};

export type Notifier = {
  /** Sends an event to the dead-man's switch, after those before. */
  ping(event: PingEvent, text: string): void;
  /**
   * Mails what is wrong, or that nothing is any more, as often as `decideAlert` allows. `report` is called once the alerts
   * before are done, since they change the budget; null: nothing is decided.
   */
  alert(report: () => AlertReport | null): void;
  /** Waits for the emails and pings so far. Never throws. */
  flush(): Promise<void>;
};

/** How long a mail or ping about runs that ended may still take once the job is to stop. */
const graceSeconds = 5;

/**
 * Reports how a job's runs went: alerts by mail, and the dead-man's switch. Emails and pings go out one after another in
 * the background. Once `signal` is aborted they have five seconds.
 */
export function createNotifier({ pingUrl, pingVariable, alerts }: NotifierOptions, deps: AlertDeliveryDeps): Notifier {
  const { log, signal } = deps;
  const sendPing = createPing(pingUrl, pingVariable, log);
  const afterGrace = abortAfterGrace(signal, graceSeconds);
  let mailed: Promise<void> = Promise.resolve();
  let pinged: Promise<void> = Promise.resolve();

  const alertOnce = async (report: AlertReport | null) => {
    if (report === null) return;
    const { reason, since, budget, budgetIfSent } = decideAlert(report.budget, report.causes, report.at);
    report.keepBudget(budget);
    if (reason === null || since === null) return;
    const alert = report.mail(reason, Temporal.Instant.from(since));
    const reached = await deliverAlert(alert, alerts, { ...deps, signal: afterGrace });
    if (reached.length > 0) report.keepBudget(budgetIfSent);
  };

  return {
    ping(event, text) {
      // A start that no end can follow would raise an alarm: none goes out once the job is to stop.
      pinged = sendPing(event, text, event === 'start' ? signal : afterGrace);
    },
    alert(report) {
      mailed = mailed.then(() => alertOnce(report())).catch((error) => log.failure(asFailure(error)));
    },
    flush: async () => void (await Promise.all([mailed, pinged])),
  };
}
