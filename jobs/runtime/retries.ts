import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Minutes to wait before each further try of a failed run. */
const retryMinutes: readonly number[] = [5, 15, 60];

export type RetryDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
};

/** What it takes to try again. `before`: the next scheduled run, before which a further try must begin. */
export type RetryPlan = Pick<RetryDeps, 'sleepUntil'> & { readonly before: Temporal.Instant };

/** `what` is to be tried again, for the log, at `retryTimes`, the soonest first. */
export type FailedAttempt = { readonly what: string; readonly retryTimes: readonly Temporal.Instant[] };

/**
 * Makes an attempt, and others 5, 15 and 60 minutes after one that failed, as `retry` allows (null: one attempt only).
 * `attempt` is given a function that returns the retry times if it failed now, and returns what is to be tried again, or null.
 */
export async function runWithRetries(
  attempt: (retryTimesFromNow: () => Temporal.Instant[]) => Promise<FailedAttempt | null>,
  retry: RetryPlan | null,
  { clock, log }: Omit<RetryDeps, 'sleepUntil'>,
): Promise<void> {
  for (let round = 0; ; round += 1) {
    const retryTimesFromNow = () =>
      retry === null ? [] : retryTimesAfter(clock.now(), retryMinutes.slice(round), retry.before);
    const failed = await attempt(retryTimesFromNow);
    const [next] = failed?.retryTimes ?? [];
    if (retry === null || failed === null || next === undefined) return;
    log.line(`trying ${failed.what} again in ${retryMinutes[round]} minutes`);
    await retry.sleepUntil(next);
  }
}

/** The times of further attempts, each so many minutes after the one before, that come before the next scheduled run. */
function retryTimesAfter(
  now: Temporal.Instant,
  minutes: readonly number[],
  before: Temporal.Instant,
): Temporal.Instant[] {
  const total = (count: number) => minutes.slice(0, count + 1).reduce((sum, some) => sum + some, 0);
  const times = minutes.map((_, index) => now.add({ minutes: total(index) }));
  return times.filter((instant) => Temporal.Instant.compare(instant, before) < 0);
}
