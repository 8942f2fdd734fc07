import { asFailure, Failure, type FailureCode } from '../runtime/errors.ts';
import { plural } from '../runtime/format.ts';
import { isDelivered, type SummaryDelivery } from './storage/ledger.ts';

/**
 * How one attempt to send a summary to its recipients ended. `written`: for some it is a file in the outbox. `isRetryable`: a
 * later attempt may reach those `missed`.
 */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly recipients: readonly string[] }
  | { readonly kind: 'written'; readonly recipients: readonly string[] }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly missed: readonly string[];
      readonly isRetryable: boolean;
    }
  | { readonly kind: 'interrupted' };

/** An outcome of an attempt that was not interrupted. */
export type FinishedSend = Exclude<SendOutcome, { kind: 'interrupted' }>;

/** The outcome by a day's deliveries. `failure`: the first of this attempt, null when nothing was sent in it. */
export function outcomeOf(deliveries: readonly SummaryDelivery[], failure: Failure | null): SendOutcome {
  const missed = deliveries.filter((delivery) => !isDelivered(delivery));
  const [first] = missed;
  if (first === undefined) {
    const kind = deliveries.some(({ state }) => state === 'written') ? 'written' : 'sent';
    return { kind, recipients: deliveries.map(({ recipient }) => recipient) };
  }
  if (failure?.code === 'INTERRUPTED') return { kind: 'interrupted' };
  return {
    kind: 'failed',
    failure: failure ?? missedBefore(first, missed.length),
    missed: missed.map(({ recipient }) => recipient),
    isRetryable: missed.some(({ state }) => state === 'pending'),
  };
}

/** The outcome when the page or the mail could not be made. */
export function outcomeOfError(error: unknown, recipients: readonly string[]): SendOutcome {
  const failure = asFailure(error);
  if (failure.code === 'INTERRUPTED') return { kind: 'interrupted' };
  return { kind: 'failed', failure, missed: recipients, isRetryable: !neverRetried.has(failure.code) };
}

const neverRetried: ReadonlySet<FailureCode> = new Set(['CHART_FONT_MISSING']);

function missedBefore({ day, recipient, state, reply }: SummaryDelivery, count: number): Failure {
  const others = count === 1 ? '' : ` and ${plural(count - 1, 'other')}`;
  return new Failure(
    'SUMMARY_NOT_SENT',
    `The summary of ${day} to ${recipient}${others} is ${state}: ${reply ?? 'it was not tried yet'}`,
    `If it did not arrive: nightshift summary send --day ${day} --to ${recipient} --force`,
  );
}
