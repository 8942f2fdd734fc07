import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export type RetryDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
};

/** Minutes to wait before each further try; the last wait is repeated when `repeatsLast`. */
export type RetryWaits = { readonly minutes: readonly number[]; readonly repeatsLast: boolean };

/** What it takes to try again. `before`: when a further try is too late. */
export type RetryPlan = Pick<RetryDeps, 'sleepUntil'> & { readonly before: Temporal.Instant };

/** `what` is to be tried again, for the log, at `retryTimes`, the soonest first. */
export type FailedAttempt = { readonly what: string; readonly retryTimes: readonly Temporal.Instant[] };

/**
 * Makes an attempt, and others after one that failed, as `retry` allows (null: one attempt only). `attempt` is given a
 * function that returns the retry times if it failed now, and returns what is to be tried again, or null.
 */
export async function runWithRetries(
  attempt: (retryTimesFromNow: () => Temporal.Instant[]) => Promise<FailedAttempt | null>,
  retry: RetryPlan | null,
  { waits, clock, log }: Omit<RetryDeps, 'sleepUntil'> & { readonly waits: RetryWaits },
): Promise<void> {
  for (let round = 0; ; round += 1) {
    const failed = await attempt(() => (retry === null ? [] : retryTimes(clock.now(), round, waits, retry.before)));
    const [next] = failed?.retryTimes ?? [];
    if (retry === null || failed === null || next === undefined) return;
    log.line(`trying ${failed.what} again in ${waitBefore(round, waits)} minutes`);
    await retry.sleepUntil(next);
  }
}

/** The times of further attempts after so many failed ones, each a wait after the one before, that are not too late. */
function retryTimes(
  now: Temporal.Instant,
  failedRounds: number,
  waits: RetryWaits,
  before: Temporal.Instant,
): Temporal.Instant[] {
  const times: Temporal.Instant[] = [];
  let at = now;
  for (let round = failedRounds; ; round += 1) {
    const wait = waitBefore(round, waits);
    if (wait === null) return times;
    at = at.add({ minutes: wait });
    if (Temporal.Instant.compare(at, before) >= 0) return times;
    times.push(at);
  }
}

/** Minutes between a failed round and the one after it; null: none follows. */
function waitBefore(round: number, { minutes, repeatsLast }: RetryWaits): number | null {
  return minutes[round] ?? (repeatsLast ? (minutes.at(-1) ?? null) : null);
}
