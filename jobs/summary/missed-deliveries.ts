import type { Clock } from '../runtime/clock.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { lastDue, retriedUntil } from './due.ts';
import { allRecipients, includesAddress } from './recipients.ts';
import { type ReadOnlyLedger, type SummaryDelivery, showDeliveries } from './storage/ledger.ts';

type SendingSettings = Pick<SummarySettings, 'summary' | 'zone'>;

/** The ledger for people: a `pending` delivery that no service tries any more is shown as `missed`. */
export function withMissed(ledger: ReadOnlyLedger, settings: SendingSettings, clock: Clock): ReadOnlyLedger {
  return showDeliveries(ledger, (deliveries) => markMissed(deliveries, settings, clock.now()));
}

/** The deliveries, those `missed` that are `pending` and that no service tries any more. */
export function markMissed(
  deliveries: readonly SummaryDelivery[],
  settings: SendingSettings,
  now: Temporal.Instant,
): SummaryDelivery[] {
  const day = dayStillTried(settings, now);
  const recipients = allRecipients(settings.summary);
  const isStillTried = (delivery: SummaryDelivery) =>
    delivery.day === day && includesAddress(recipients, delivery.recipient);
  return deliveries.map((delivery) =>
    delivery.state === 'pending' && !isStillTried(delivery) ? { ...delivery, state: 'missed' } : delivery,
  );
}

/** The day whose summary a running service still tries to send to whom it did not reach; null: none. */
function dayStillTried({ summary, zone }: SendingSettings, now: Temporal.Instant): string | null {
  const schedule = { cron: summary.schedule, zone };
  const due = lastDue(schedule, now);
  if (due === null) return null;
  const until = retriedUntil(due.at, schedule, summary.catchUpHours);
  return Temporal.Instant.compare(now, until) < 0 ? due.day : null;
}
