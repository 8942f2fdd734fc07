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

/** `what` is to be tried again, for the log, at `tries`, the soonest first. */
export type FailedAttempt = { readonly what: string; readonly tries: readonly Temporal.Instant[] };

/**
 * Makes an attempt, and others 5, 15 and 60 minutes after one that failed, as `retry` allows (null: one attempt only).
 * `attempt` is given when further tries would be, were it to end now, and returns what is to be tried again, or null.
 */
export async function runWithRetries(
  attempt: (triesFromNow: () => Temporal.Instant[]) => Promise<FailedAttempt | null>,
  retry: RetryPlan | null,
  { clock, log }: Omit<RetryDeps, 'sleepUntil'>,
): Promise<void> {
  for (let round = 0; ; round += 1) {
    const triesFromNow = () => (retry === null ? [] : triesAfter(clock.now(), retryMinutes.slice(round), retry.before));
    const failed = await attempt(triesFromNow);
    const [next] = failed?.tries ?? [];
    if (retry === null || failed === null || next === undefined) return;
    log.line(`trying ${failed.what} again in ${retryMinutes[round]} minutes`);
    await retry.sleepUntil(next);
  }
}

/** The instants of further tries, each so many minutes after the one before, that come before the next scheduled run. */
function triesAfter(now: Temporal.Instant, minutes: readonly number[], before: Temporal.Instant): Temporal.Instant[] {
  const total = (count: number) => minutes.slice(0, count + 1).reduce((sum, some) => sum + some, 0);
  const tries = minutes.map((_, index) => now.add({ minutes: total(index) }));
  return tries.filter((instant) => Temporal.Instant.compare(instant, before) < 0);
}
