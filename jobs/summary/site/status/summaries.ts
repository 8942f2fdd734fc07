import type { Page } from '../../page.ts';
import type { Sources } from '../sources.ts';

type Delivery = ReturnType<Sources['ledger']['since']>[number];

/** What became of one day's summary. */
export type SummaryState = {
  readonly day: string;
  /** `good`: everybody has it. `bad`: somebody has not, or may not have. `waiting`: under way or to be tried again. */
  readonly tone: 'good' | 'bad' | 'waiting';
  readonly sentence: string;
  readonly deliveries: readonly Delivery[];
  readonly madeAt: Temporal.Instant | null;
  /** From the page being made to the last mail being accepted. */
  readonly seconds: number | null;
};

const daysShown = 30;

/** The last 30 days up to `yesterday`, newest first; days before the first summary are left out. */
export function summaryStates(yesterday: string, { archive, ledger }: Sources): SummaryState[] {
  const last = Temporal.PlainDate.from(yesterday);
  const days = Array.from({ length: daysShown }, (_, back) => last.subtract({ days: back }).toString());
  const deliveries = ledger.since(days.at(-1) ?? yesterday);
  const states = days.map((day) =>
    stateOf(
      day,
      archive.pageOf(day),
      deliveries.filter((delivery) => delivery.day === day),
    ),
  );
  return states.slice(0, states.findLastIndex((state) => state.madeAt !== null || state.deliveries.length > 0) + 1);
}

function stateOf(day: string, page: Page | null, deliveries: readonly Delivery[]): SummaryState {
  const madeAt = page === null ? null : Temporal.Instant.from(page.madeAt);
  const accepted = deliveries.filter(({ state }) => state === 'accepted');
  const lastMs = Math.max(...accepted.map(({ at }) => at.epochMilliseconds));
  const seconds = madeAt === null || accepted.length === 0 ? null : (lastMs - madeAt.epochMilliseconds) / 1000;
  const known = { day, deliveries, madeAt, seconds: seconds !== null && seconds >= 0 ? seconds : null };
  if (deliveries.length === 0) {
    return { ...known, tone: 'bad', sentence: page === null ? 'No summary was made.' : 'Made, and sent to nobody.' };
  }
  const sentence = sentenceOf(deliveries, accepted.length);
  if (accepted.length === deliveries.length) return { ...known, tone: 'good', sentence };
  const lost = deliveries.some(({ state }) => state === 'rejected' || state === 'uncertain');
  return { ...known, tone: lost ? 'bad' : 'waiting', sentence };
}

function sentenceOf(deliveries: readonly Delivery[], accepted: number): string {
  const count = (wanted: Delivery['state']) => deliveries.filter(({ state }) => state === wanted).length;
  const others = (['rejected', 'uncertain', 'sending', 'pending'] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${count(state)} ${state}`],
  );
  const people = deliveries.length === 1 ? 'person' : 'people';
  return [`Sent to ${accepted} of ${deliveries.length} ${people}`, ...others].join(', ').concat('.');
}
