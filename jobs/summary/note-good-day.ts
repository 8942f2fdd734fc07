import { openAlertBudget } from './alert-budget-file.ts';
import { lastDue } from './due.ts';
import { type Delivery, isAmong } from './ledger.ts';
import type { SendMeans } from './send-day.ts';
import { summaryWatch } from './watch.ts';

/**
 * After a send by hand: a good run for the alerts, when it was this that brought everybody the last summary that was due.
 * `day`: what was sent; `before`: its deliveries before that.
 */
export async function noteGoodDay(
  day: string,
  before: readonly Delivery[],
  { settings, ledger, clock, log, signal }: SendMeans,
): Promise<void> {
  const { recipients, schedule } = settings.summary;
  const haveIt = (deliveries: readonly Delivery[]) => {
    const accepted = deliveries.flatMap(({ state, recipient }) => (state === 'accepted' ? [recipient] : []));
    return recipients.length > 0 && recipients.every((recipient) => isAmong(accepted, recipient));
  };
  const isLastDue = lastDue({ cron: schedule, zone: settings.zone }, clock.now())?.day === day;
  if (!isLastDue || haveIt(before) || !haveIt(ledger.of(day))) return;
  const budget = openAlertBudget(settings.stateDir);
  try {
    if (budget.read().outage === null) return;
    const watch = summaryWatch(settings, { budget, clock, log, signal });
    watch.ended(day, { kind: 'sent', recipients }, []);
    await watch.settled();
  } finally {
    budget.close();
  }
}
