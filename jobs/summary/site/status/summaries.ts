import { formatBytes, formatDuration } from '../../../runtime/format.ts';
import type { Delivery } from '../../ledger.ts';
import type { Chart, Page } from '../../page.ts';
import type { SummaryRun } from '../../runs.ts';
import type { Sources } from '../sources.ts';
import { chartOf, secondsOf } from './measured.ts';

/** What became of one day's summary. */
export type SummaryState = {
  readonly day: string;
  /** `good`: everybody has it. `bad`: somebody has not, or may not have. `waiting`: under way or to be tried again. */
  readonly tone: 'good' | 'bad' | 'waiting';
  readonly message: string;
  readonly deliveries: readonly Delivery[];
  /** The newest run for this day. */
  readonly run: SummaryRun | null;
};

const daysShown = 30;
const runsRead = 60;

/**
 * The last 30 days up to `yesterday`, newest first. Days before the first summary are left out, and so is yesterday while
 * its summary is not due yet and nobody made it by hand.
 */
export function summaryStates(
  { yesterday, isDue }: { readonly yesterday: string; readonly isDue: boolean },
  { archive, deliveries, summaryRuns }: Sources,
): SummaryState[] {
  const last = Temporal.PlainDate.from(yesterday);
  const days = Array.from({ length: daysShown }, (_, back) => last.subtract({ days: back }).toString());
  const all = deliveries(days.at(-1) ?? yesterday);
  const runs = summaryRuns(runsRead);
  const kept = new Map(days.flatMap((day) => archive.pageOf(day) ?? []).map((page) => [page.day, page]));
  const states = days.map((day) => stateOf(day, kept.get(day) ?? null, all, runs));
  const isKnown = (state: SummaryState) => kept.has(state.day) || state.deliveries.length > 0 || state.run !== null;
  const newest = isDue ? 0 : Math.max(0, Math.min(1, states.findIndex(isKnown)));
  return states.slice(newest, states.findLastIndex(isKnown) + 1);
}

function stateOf(day: string, page: Page | null, all: readonly Delivery[], runs: readonly SummaryRun[]): SummaryState {
  const deliveries = all.filter((delivery) => delivery.day === day);
  const run = runs.find((other) => other.day === day) ?? null;
  const known = { day, deliveries, run };
  if (deliveries.length === 0) {
    if (run?.outcome === 'running') return { ...known, tone: 'waiting', message: 'Being made.' };
    const why = run?.message ?? (page === null ? 'No summary was made.' : 'Made, and sent to nobody.');
    return { ...known, tone: 'bad', message: why };
  }
  const lost = deliveries.some(({ state }) => state === 'rejected' || state === 'uncertain');
  const accepted = deliveries.every(({ state }) => state === 'accepted');
  return { ...known, tone: accepted ? 'good' : lost ? 'bad' : 'waiting', message: messageOf(deliveries) };
}

function messageOf(deliveries: readonly Delivery[]): string {
  const count = (wanted: Delivery['state']) => deliveries.filter(({ state }) => state === wanted).length;
  const others = (['rejected', 'uncertain', 'sending', 'pending'] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${count(state)} ${state}`],
  );
  const people = deliveries.length === 1 ? 'person' : 'people';
  return `${[`Sent to ${count('accepted')} of ${deliveries.length} ${people}`, ...others].join(', ')}.`;
}

/** How large the mails were and how long the runs took. */
export function summaryCharts(states: readonly SummaryState[]): Chart[] {
  const runs = states.flatMap(({ run }) => run ?? []).toReversed();
  const sizes = runs.flatMap(({ day, mailBytes }) =>
    mailBytes === null ? [] : [{ label: day, value: mailBytes / 1024, shown: formatBytes(mailBytes) }],
  );
  const durations = runs.flatMap((run) => {
    const seconds = secondsOf(run);
    return seconds === null ? [] : [{ label: run.day, value: seconds, shown: formatDuration(seconds) }];
  });
  return [
    ...chartOf('line', 'summary-size', 'Summary mail, KiB', sizes),
    ...chartOf('bar', 'summary-duration', 'Summary, seconds', durations),
  ];
}
