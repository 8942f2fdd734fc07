import type { Clock } from '../runtime/clock.ts';
import type { Schedule } from '../runtime/schedule.ts';
import { lastDue } from './due.ts';
import type { SummaryNotifier } from './notifier.ts';
import { includesAddress } from './recipients.ts';
import type { AlertBudgetStore } from './storage/alert-budget.ts';
import type { SummaryDelivery } from './storage/ledger.ts';

type ManualSend = {
  readonly day: string;
  /** The day's deliveries before the send and after it. */
  readonly before: readonly SummaryDelivery[];
  readonly after: readonly SummaryDelivery[];
};

type ManualSendDeps = {
  readonly recipients: readonly string[];
  readonly schedule: Schedule;
  readonly alertBudget: AlertBudgetStore;
  readonly notifier: SummaryNotifier;
  readonly clock: Clock;
};

/** A send by hand counts as a good run for open alerts when it brought the last due summary to its last recipient. */
export async function notifyManualSend({ day, before, after }: ManualSend, deps: ManualSendDeps): Promise<void> {
  const { recipients, schedule, alertBudget, notifier, clock } = deps;
  const hasReachedAll = (deliveries: readonly SummaryDelivery[]) => {
    const accepted = deliveries.flatMap(({ state, recipient }) => (state === 'accepted' ? [recipient] : []));
    return recipients.length > 0 && recipients.every((recipient) => includesAddress(accepted, recipient));
  };
  const isLastDue = lastDue(schedule, clock.now())?.day === day;
  if (!isLastDue || hasReachedAll(before) || !hasReachedAll(after)) return;
  if (alertBudget.read().outage === null) return;
  notifier.sendFinished(day, { kind: 'sent', recipients }, []);
  await notifier.flush();
}
