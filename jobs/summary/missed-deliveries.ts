import type { Clock } from '../runtime/clock.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { lastDue, retriedUntil } from './due.ts';
import { allRecipients, includesAddress } from './recipients.ts';
import type { ReadOnlyLedger, SummaryDelivery } from './storage/ledger.ts';

type SendingSettings = Pick<SummarySettings, 'summary' | 'zone'>;

/** The ledger for people: a `pending` delivery that no service tries any more is shown as `missed`. */
export function withMissed<Ledger extends Partial<ReadOnlyLedger>>(
  ledger: Ledger,
  settings: SendingSettings,
  clock: Clock,
): Ledger {
  const { ofDay, sinceDay } = ledger;
  return {
    ...ledger,
    ...(ofDay && { ofDay: (day: string) => markMissed(ofDay(day), settings, clock.now()) }),
    ...(sinceDay && { sinceDay: (day: string) => markMissed(sinceDay(day), settings, clock.now()) }),
  };
}

/** The deliveries, those `missed` that are `pending` and that no service tries any more. */
export function markMissed(
  deliveries: readonly SummaryDelivery[],
  settings: SendingSettings,
  now: Temporal.Instant,
): SummaryDelivery[] {
  return deliveries.map((delivery) =>
    delivery.state === 'pending' && !isStillTried(delivery, settings, now)
      ? { ...delivery, state: 'missed' }
      : delivery,
  );
}

/** Until when a running service tries to send a day's summary again; null: it does not, that day is not the last one due. */
function triedUntil(day: string, { summary, zone }: SendingSettings, now: Temporal.Instant): Temporal.Instant | null {
  const schedule = { cron: summary.schedule, zone };
  const due = lastDue(schedule, now);
  return due?.day === day ? retriedUntil(due.at, schedule, summary.catchUpHours) : null;
}

function isStillTried({ day, recipient }: SummaryDelivery, settings: SendingSettings, now: Temporal.Instant): boolean {
  const until = triedUntil(day, settings, now);
  const isBefore = until !== null && Temporal.Instant.compare(now, until) < 0;
  return isBefore && includesAddress(allRecipients(settings.summary), recipient);
}
