import { plural } from '../../runtime/format.ts';
import { nextRun, type Schedule } from '../../runtime/schedule.ts';
import { addDays, daysBetween } from '../blocks/day-values.ts';
import { type DueSummary, dayBefore, isUnknown, lastDue } from '../due.ts';
import { includesAddress } from '../recipients.ts';
import { isDelivered, type ReadOnlyLedger, type SummaryDelivery } from '../storage/ledger.ts';

/** Whether summaries are being sent, at one moment. */
export type SummaryStatus = {
  /** The last summary that was due reached everybody (or, without a mail server, the outbox), or is under way. */
  readonly ok: boolean;
  readonly reason: string;
  /** The last 30 days, newest first; none before the first that is in the ledger. */
  readonly days: readonly { readonly day: string; readonly deliveries: readonly SummaryDelivery[] }[];
  readonly nextRun: Temporal.Instant;
};

const maxDays = 30;
/** A due summary is retried for so long before it counts as not sent. */
const underWayMinutes = 90;

/** Reads the status from the ledger; null: nothing was ever sent. */
export function summaryStatus(
  schedule: Schedule,
  recipients: readonly string[],
  ledger: ReadOnlyLedger | null,
  now: Temporal.Instant,
): SummaryStatus {
  const due = lastDue(schedule, now);
  if (ledger === null || ledger.isEmpty()) {
    const reason = 'nothing was ever sent from this STATE_DIR';
    return { ok: false, reason, days: [], nextRun: nextRun(schedule, now) };
  }
  const yesterday = dayBefore(now, schedule.zone);
  // A clock that was ahead may have left days that are still to come.
  const known = ledger.sinceDay(addDays(yesterday, 1 - maxDays)).filter(({ day }) => day <= yesterday);
  const check =
    due === null
      ? { ok: true, reason: 'none is due yet' }
      : checkDue(due, known, recipients, { now, knowsSince: ledger.knowsSince() });
  return { ...check, days: daysOf(known, due?.day ?? null), nextRun: nextRun(schedule, now) };
}

/** `recipients`: the current ones; manual sends to others do not count, nor do recipients added since. */
function checkDue(
  { day, at }: DueSummary,
  known: readonly SummaryDelivery[],
  recipients: readonly string[],
  { now, knowsSince }: { readonly now: Temporal.Instant; readonly knowsSince: Temporal.Instant | null },
): { ok: boolean; reason: string } {
  const isRecipient = ({ recipient }: SummaryDelivery) =>
    recipients.length === 0 || includesAddress(recipients, recipient);
  const deliveries = known.filter((delivery) => delivery.day === day && isRecipient(delivery));
  if (isUnknown({ at }, deliveries, knowsSince)) {
    const reason = `whether the summary of ${day} was sent is not known: it was due before this ledger was begun or brought back`;
    return { ok: false, reason };
  }
  const missed = deliveries.filter((delivery) => !isDelivered(delivery));
  if (deliveries.length > 0 && missed.length === 0) return { ok: true, reason: deliveredText(day, deliveries) };
  const isUnfinished =
    deliveries.length === 0 || missed.some(({ state }) => state === 'pending' || state === 'sending');
  if (isUnfinished && known.length > 0 && now.epochMilliseconds - at.epochMilliseconds < underWayMinutes * 60_000) {
    return { ok: true, reason: `the summary of ${day} is under way` };
  }
  if (deliveries.length === 0) return { ok: false, reason: `the summary of ${day} was not sent` };
  const who = missed.map(({ recipient, state }) => `${recipient} (${state})`).join(', ');
  return { ok: false, reason: `the summary of ${day} did not go out to ${who}` };
}

function deliveredText(day: string, deliveries: readonly SummaryDelivery[]): string {
  const sent = deliveries.filter(({ state }) => state === 'accepted').length;
  const parts = sent === 0 ? [] : [`went out to ${plural(sent, 'recipient')}`];
  return `the summary of ${day} ${[...parts, ...writtenText(deliveries)].join(' and ')}`;
}

/** `was written to /state/outbox, not sent to 2 recipients: SMTP_HOST was not set`; nothing when all left. */
function writtenText(deliveries: readonly SummaryDelivery[]): string[] {
  const written = deliveries.filter(({ state }) => state === 'written');
  const [first] = written;
  if (first === undefined) return [];
  return [`was ${first.reply} to ${plural(written.length, 'recipient')}: SMTP_HOST was not set`];
}

function daysOf(known: readonly SummaryDelivery[], dueDay: string | null): SummaryStatus['days'] {
  const oldest = known.at(-1)?.day;
  const newest = [known[0]?.day ?? '', dueDay ?? ''].toSorted().at(-1);
  if (oldest === undefined || newest === undefined) return [];
  const count = Math.min(maxDays, daysBetween(oldest, newest) + 1);
  return Array.from({ length: count }, (_, index) => {
    const day = addDays(newest, -index);
    return { day, deliveries: known.filter((delivery) => delivery.day === day) };
  });
}
