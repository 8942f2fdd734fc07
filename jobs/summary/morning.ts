import type { Clock } from '../runtime/clock.ts';
import type { Failure } from '../runtime/errors.ts';
import type { Log } from '../runtime/log.ts';
import { retryMinutes, triesAfter } from '../runtime/retries.ts';

/** How one round of sending ended. `again`: a later try may reach those who were not reached. */
export type Round =
  | { readonly kind: 'sent'; readonly recipients: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly missed: readonly string[]; readonly again: boolean }
  | { readonly kind: 'interrupted' };

/** Is told how a morning goes: alerts and the dead-man's switch. Never throws, and does not hold the morning up. */
export type MorningWatch = {
  started(): void;
  /** After each round; `tries`: when the next ones are. */
  ended(day: string, round: Exclude<Round, { kind: 'interrupted' }>, tries: readonly Temporal.Instant[]): void;
};

type Morning = {
  readonly day: string;
  /** Sends to whom has not got it; never throws. */
  readonly send: () => Promise<Round>;
  readonly watch: MorningWatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
  /** When the next summary is due: no try starts after that. */
  readonly before: Temporal.Instant;
};

/** One day's summary: sent, and tried again after 5, 15 and 60 minutes while that may help. */
export async function runMorning({ day, send, watch, clock, log, sleepUntil, before }: Morning): Promise<void> {
  watch.started();
  for (let round = 0; ; round += 1) {
    const outcome = await send();
    if (outcome.kind === 'interrupted') return;
    const isRetried = outcome.kind === 'failed' && outcome.again;
    const tries = isRetried ? triesAfter(clock.now(), retryMinutes.slice(round), before) : [];
    watch.ended(day, outcome, tries);
    const [next] = tries;
    if (next === undefined) return;
    log.line(`trying the summary of ${day} again in ${retryMinutes[round]} minutes`);
    await sleepUntil(next);
  }
}
