import { localTimestamp } from '../../runtime/clock.ts';
import { formatDuration } from '../../runtime/format.ts';
import { tableText } from '../../runtime/table.ts';
import type { Delivery } from '../ledger.ts';
import type { SummaryStatus } from './status.ts';

const header = ['DAY', 'RECIPIENT', 'STATE', 'WHEN', 'SAID'];
const longestSaid = 60;

/** The status as a person reads it; local times in `zone`. */
export function summaryStatusText({ ok, reason, days, nextRun }: SummaryStatus, now: Temporal.Instant, zone: string) {
  const rows = days.flatMap(({ day, deliveries }) =>
    deliveries.length === 0 ? [[day, '-', 'NOT SENT', '-', '']] : deliveries.map((delivery) => rowOf(delivery, zone)),
  );
  const seconds = (nextRun.epochMilliseconds - now.epochMilliseconds) / 1000;
  const next = `next summary ${localTimestamp(nextRun, zone).slice(0, -3)}, in ${formatDuration(seconds)} (${zone})`;
  const table = rows.length === 0 ? [] : [tableText(header, rows)];
  return [`summary: ${ok ? 'ok' : 'NOT OK'}, ${reason}\n`, ...table, `${next}\n`].join('\n');
}

export function deliveryTable(deliveries: readonly Delivery[], zone: string): string {
  return tableText(
    header,
    deliveries.map((delivery) => rowOf(delivery, zone)),
  );
}

function rowOf({ day, recipient, state, at, said }: Delivery, zone: string): string[] {
  const words = (said ?? '').replace(/\s+/g, ' ');
  const short = words.length > longestSaid ? `${words.slice(0, longestSaid - 1)}…` : words;
  return [day, recipient, state === 'accepted' ? 'sent' : state, localTimestamp(at, zone), short];
}
