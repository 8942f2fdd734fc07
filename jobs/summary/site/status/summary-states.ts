import { formatBytes } from '../../../runtime/format.ts';
import { addDays } from '../../blocks/day-values.ts';
import type { SeriesBlock, SummaryPage } from '../../page/page-model.ts';
import { isDelivered, type SummaryDelivery } from '../../storage/ledger.ts';
import type { SummaryRun } from '../../storage/runs.ts';
import type { SiteDeps } from '../site-deps.ts';
import { durationPoints, runChart } from './run-charts.ts';

/** The state of one day's summary. */
export type SummaryState = {
  readonly day: string;
  /** `good`: everybody has it. `bad`: somebody has not, or may not have. `waiting`: under way or to be retried. */
  readonly tone: 'good' | 'bad' | 'waiting';
  readonly message: string;
  readonly deliveries: readonly SummaryDelivery[];
  /** The newest run for this day. */
  readonly run: SummaryRun | null;
};

const maxDays = 30;
const maxRuns = 60;

/**
 * The last 30 days up to `yesterday`, newest first. Days before the first summary are left out, and so is yesterday while
 * its summary is not due yet and nobody sent it by hand.
 */
export function summaryStates(
  { yesterday, isDue }: { readonly yesterday: string; readonly isDue: boolean },
  { archive, ledger, runs }: Pick<SiteDeps, 'archive' | 'ledger' | 'runs'>,
): SummaryState[] {
  const days = Array.from({ length: maxDays }, (_, back) => addDays(yesterday, -back));
  const deliveries = ledger.sinceDay(days.at(-1) ?? yesterday);
  const newestRuns = runs.newest(maxRuns);
  const pages = new Map(days.flatMap((day) => archive.pageOf(day) ?? []).map((page) => [page.day, page]));
  const states = days.map((day) => stateOf(day, pages.get(day) ?? null, deliveries, newestRuns));
  const isKnown = (state: SummaryState) => pages.has(state.day) || state.deliveries.length > 0 || state.run !== null;
  const newest = isDue ? 0 : Math.max(0, Math.min(1, states.findIndex(isKnown)));
  return states.slice(newest, states.findLastIndex(isKnown) + 1);
}

function stateOf(
  day: string,
  page: SummaryPage | null,
  all: readonly SummaryDelivery[],
  runs: readonly SummaryRun[],
): SummaryState {
  const deliveries = all.filter((delivery) => delivery.day === day);
  const run = runs.find((other) => other.day === day) ?? null;
  const known = { day, deliveries, run };
  if (deliveries.length === 0) {
    if (run?.outcome === 'running') return { ...known, tone: 'waiting', message: 'In progress.' };
    const why = run?.message ?? (page === null ? 'No summary was created.' : 'Created, not sent to anyone.');
    return { ...known, tone: 'bad', message: why };
  }
  const isWaiting = deliveries.every(
    (delivery) => isDelivered(delivery) || delivery.state === 'pending' || delivery.state === 'sending',
  );
  const tone = deliveries.every(isDelivered) ? 'good' : isWaiting ? 'waiting' : 'bad';
  return { ...known, tone, message: messageOf(deliveries) };
}

function messageOf(deliveries: readonly SummaryDelivery[]): string {
  const count = (wanted: SummaryDelivery['state']) => deliveries.filter(({ state }) => state === wanted).length;
  const written = deliveries.filter(({ state }) => state === 'written');
  const others = (['rejected', 'uncertain', 'sending', 'pending', 'missed'] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${count(state)} ${state}`],
  );
  const people = deliveries.length === 1 ? 'person' : 'people';
  const why = written.length === 0 ? '' : `; ${written.length} ${written[0]?.reply}: SMTP_HOST was not set`;
  return `${[`Sent to ${count('accepted')} of ${deliveries.length} ${people}`, ...others].join(', ')}${why}.`;
}

/** Sizes of the emails and durations of the runs. */
export function summaryCharts(states: readonly SummaryState[]): SeriesBlock[] {
  const runs = states.flatMap(({ run }) => run ?? []).toReversed();
  const sizes = runs.flatMap(({ day, mailBytes }) =>
    mailBytes === null ? [] : [{ label: day, value: mailBytes / 1024, formatted: formatBytes(mailBytes) }],
  );
  const durations = durationPoints(runs, ({ day }) => day);
  return [
    ...runChart('line', 'summary-size', 'Summary mail, KiB', sizes),
    ...runChart('bar', 'summary-duration', 'Summary, seconds', durations),
  ];
}
