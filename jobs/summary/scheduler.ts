import { type RetryDeps, type RetryWaits, runWithRetries } from '../runtime/retries.ts';
import { nextRun, nextRunText, type Schedule } from '../runtime/schedule.ts';
import { decideDue, latestDue, lookBackHours, retriedUntil } from './due.ts';
import type { SummaryNotifier } from './notifier.ts';
import type { SendOutcome } from './send-outcome.ts';
import type { DeliveryLedger } from './storage/ledger.ts';

export type SchedulerDeps = RetryDeps & {
  readonly schedule: Schedule;
  /** How late a summary may still go out. */
  readonly catchUpHours: number;
  readonly ledger: Pick<DeliveryLedger, 'ofDay' | 'hasEarlierThan' | 'knowsSince'>;
  /** Sends the summary of a local day, retries included, until `before`. */
  readonly sendSummary: (day: string, before: Temporal.Instant) => Promise<void>;
  readonly signal: AbortSignal;
};

/** Sends the summary that was missed before the start, then each one when it is due, until `signal` aborts. */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const { schedule, catchUpHours, ledger, sendSummary, clock, log, signal } = deps;
  const startedAt = clock.now();
  let since = startedAt.subtract({ hours: lookBackHours });
  while (!signal.aborted) {
    const now = clock.now();
    const due = latestDue(schedule, since, now);
    if (due !== null) {
      since = due.at;
      const { day } = due;
      const hasEarlierDay = ledger.hasEarlierThan(day);
      const knowsSince = ledger.knowsSince();
      const deliveries = ledger.ofDay(day);
      const decision = decideDue(due, { now, startedAt, catchUpHours, deliveries, hasEarlierDay, knowsSince });
      if (decision === 'send') await sendSummary(day, retriedUntil(due.at, schedule, catchUpHours));
      if (decision === 'unknown') {
        log.warn(
          `Whether the summary of ${day} went out is not known: it was due before this ledger was begun or brought back. Ask; if nobody got it: nightshift summary send --day ${day}`,
        );
      }
      if (decision === 'missed') {
        log.warn(
          `The summary of ${day} is too late now. To send it all the same: nightshift summary send --day ${day}`,
        );
      }
    }
    await sleepUntilNext(since, deps);
  }
}

async function sleepUntilNext(since: Temporal.Instant, deps: SchedulerDeps): Promise<void> {
  const { schedule, clock, log, sleepUntil } = deps;
  const next = nextRun(schedule, since);
  const now = clock.now();
  if (Temporal.Instant.compare(next, now) <= 0) return;
  log.line(`next summary ${nextRunText(next, schedule.zone, now)}`);
  await sleepUntil(next);
}

type SendDayDeps = RetryDeps & {
  /** Sends to the recipients that have not got it; never throws. */
  readonly attemptSend: (day: string) => Promise<SendOutcome>;
  readonly notifier: Omit<SummaryNotifier, 'flush'>;
};

/** A mail server that is down for hours is waited for; no wait is so long that the day is half over. */
const waits: RetryWaits = { minutes: [5, 15, 30], repeatsLast: true };

/** Sends one day's summary, again after 5 and 15 minutes and then every 30, while that may help and it is not `before` yet. */
export async function sendWithRetries(day: string, before: Temporal.Instant, deps: SendDayDeps): Promise<void> {
  const { attemptSend, notifier } = deps;
  notifier.sendStarted();
  const attempt = async (triesFromNow: () => Temporal.Instant[]) => {
    const outcome = await attemptSend(day);
    if (outcome.kind === 'interrupted') return null;
    const tries = outcome.kind === 'failed' && outcome.isRetryable ? triesFromNow() : [];
    notifier.sendFinished(day, outcome, tries);
    return { what: `the summary of ${day}`, retryTimes: tries };
  };
  await runWithRetries(attempt, { sleepUntil: deps.sleepUntil, before }, { ...deps, waits });
}
