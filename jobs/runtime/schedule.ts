import { setTimeout as delay } from 'node:timers/promises';
import { Cron } from 'croner';
import { type Clock, localTimestamp } from './clock.ts';
import { durationSince } from './format.ts';

/** When a job runs: a cron line of five fields, read in an IANA zone. */
export type Schedule = { readonly cron: string; readonly zone: string };

const longestTickMs = 15_000;
const daysAhead = 370;

/**
 * The first scheduled instant after `after`. A local time that a DST change skips runs at the end of the gap; one that
 * happens twice runs the first time.
 */
export function nextRun(schedule: Schedule, after: Temporal.Instant): Temporal.Instant {
  return nextOf(parseCron(schedule), after);
}

function parseCron({ cron, zone }: Schedule): Cron {
  return new Cron(cron, { timezone: zone, mode: '5-part', paused: true });
}

function nextOf(cron: Cron, after: Temporal.Instant): Temporal.Instant {
  const next = cron.nextRun(new Date(after.epochMilliseconds));
  if (next === null) throw new RangeError(`${cron.getPattern()} never runs again`);
  return Temporal.Instant.fromEpochMilliseconds(next.getTime());
}

/** `2025-11-30 02:00, in 7 h 00 min`: a run for the log, its local time in `zone`. */
export function nextRunText(next: Temporal.Instant, zone: string, now: Temporal.Instant): string {
  return `${localTimestamp(next, zone).slice(0, -':00'.length)}, in ${durationSince(now, next)}`;
}

/** Seconds between the two most distant neighbours of the runs after `after`: over a year, or as many runs. */
export function longestGapSeconds(schedule: Schedule, after: Temporal.Instant): number {
  const cron = parseCron(schedule);
  let longest = 0;
  let run = nextOf(cron, after);
  const end = after.add({ hours: 24 * daysAhead });
  for (let count = 0; count < daysAhead && Temporal.Instant.compare(run, end) < 0; count += 1) {
    const next = nextOf(cron, run);
    longest = Math.max(longest, (next.epochMilliseconds - run.epochMilliseconds) / 1000);
    run = next;
  }
  return longest;
}

/**
 * Resolves once the clock shows `instant`. Looks at the clock every few seconds instead of trusting one long timer, so a
 * changed clock or a suspended machine delays it by seconds at most. Throws AbortError when aborted.
 */
export async function sleepUntil(
  instant: Temporal.Instant,
  clock: Clock,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void> = (ms) => delay(ms, undefined, { signal }),
): Promise<void> {
  for (;;) {
    const left = instant.epochMilliseconds - clock.now().epochMilliseconds;
    if (left <= 0) return;
    await pause(Math.min(left, longestTickMs));
  }
}
