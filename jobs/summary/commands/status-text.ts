import { localTimestamp } from '../../runtime/clock.ts';
import { nextRunText } from '../../runtime/schedule.ts';
import { tableText } from '../../runtime/table.ts';
import type { SummaryDelivery } from '../storage/ledger.ts';
import type { SummaryStatus } from './status.ts';

const header = ['DAY', 'RECIPIENT', 'STATE', 'WHEN', 'REPLY'];
const maxReplyLength = 60;

/** The status as text; local times in `zone`. */
export function summaryStatusText({ ok, reason, days, nextRun }: SummaryStatus, now: Temporal.Instant, zone: string) {
  const rows = days.flatMap(({ day, deliveries }) =>
    deliveries.length === 0 ? [[day, '-', 'NOT SENT', '-', '']] : deliveries.map((delivery) => rowOf(delivery, zone)),
  );
  const next = `next summary ${nextRunText(nextRun, zone, now)} (${zone})`;
  const table = rows.length === 0 ? [] : [tableText(header, rows)];
  return [`summary: ${ok ? 'ok' : 'NOT OK'}, ${reason}\n`, ...table, `${next}\n`].join('\n');
}

export function deliveryTable(deliveries: readonly SummaryDelivery[], zone: string): string {
  return tableText(
    header,
    deliveries.map((delivery) => rowOf(delivery, zone)),
  );
}

function rowOf({ day, recipient, state, at, reply }: SummaryDelivery, zone: string): string[] {
  const text = (reply ?? '').replace(/\s+/g, ' ');
  const short = text.length > maxReplyLength ? `${text.slice(0, maxReplyLength - 1)}…` : text;
  return [day, recipient, state === 'accepted' ? 'sent' : state, localTimestamp(at, zone), short];
}
