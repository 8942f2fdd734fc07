import { asFailure, Failure, type FailureCode } from '../runtime/errors.ts';
import { plural } from '../runtime/format.ts';
import type { Delivery } from './ledger.ts';
import type { Round } from './morning.ts';

/** What comes of a day's deliveries. `failure`: what stopped the first one in this round, null when none was tried. */
export function roundOf(deliveries: readonly Delivery[], failure: Failure | null): Round {
  const missed = deliveries.filter(({ state }) => state !== 'accepted');
  const [first] = missed;
  if (first === undefined) return { kind: 'sent', recipients: deliveries.map(({ recipient }) => recipient) };
  if (failure?.code === 'INTERRUPTED') return { kind: 'interrupted' };
  return {
    kind: 'failed',
    failure: failure ?? missedBefore(first, missed.length),
    missed: missed.map(({ recipient }) => recipient),
    again: missed.some(({ state }) => state === 'pending'),
  };
}

/** When the page could not even be made. */
export function failedRound(error: unknown, recipients: readonly string[]): Round {
  const failure = asFailure(error);
  if (failure.code === 'INTERRUPTED') return { kind: 'interrupted' };
  return { kind: 'failed', failure, missed: recipients, again: !needsPerson.has(failure.code) };
}

/** Trying again does not help with these. */
const needsPerson: ReadonlySet<FailureCode> = new Set(['CHART_FONT_MISSING']);

function missedBefore({ day, recipient, state, said }: Delivery, count: number): Failure {
  const others = count === 1 ? '' : ` and ${plural(count - 1, 'other')}`;
  return new Failure(
    'SUMMARY_NOT_SENT',
    `The summary of ${day} to ${recipient}${others} is ${state}: ${said ?? 'it was not tried yet'}`,
    `If it did not arrive: nightshift summary send --day ${day} --to ${recipient} --force`,
  );
}
