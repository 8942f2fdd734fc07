/** Minutes to wait before each further try of a failed run. */
export const retryMinutes: readonly number[] = [5, 15, 60];

/** The instants of further tries, each so many minutes after the one before, that come before the next scheduled run. */
export function triesAfter(
  now: Temporal.Instant,
  minutes: readonly number[],
  before: Temporal.Instant,
): Temporal.Instant[] {
  const total = (count: number) => minutes.slice(0, count + 1).reduce((sum, some) => sum + some, 0);
  const tries = minutes.map((_, index) => now.add({ minutes: total(index) }));
  return tries.filter((instant) => Temporal.Instant.compare(instant, before) < 0);
}
