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

/**
 * Seconds between the two most distant neighbours of the runs around `after` and in the year after it, whatever is rarer: of a
 * schedule for 29 February those of 2024 and 2028. Exact for gaps over a day; of shorter ones the longest of two days, to an hour.
 */
export function longestGapSeconds(schedule: Schedule, after: Temporal.Instant): number {
  const cron = parseCron(schedule);
  let run = nextOf(cron, after);
  let longest = secondsBetween(previousOf(cron, run), run);
  const twoDays = run.add({ hours: 48 });
  const end = after.add({ hours: 24 * daysAhead });
  while (Temporal.Instant.compare(run, end) < 0) {
    // A longer gap that begins here or later is still open after as long a time, so what lies between need not be looked at.
    const least = Temporal.Instant.compare(run, twoDays) < 0 ? 3600 : 24 * 3600;
    const next = nextOf(cron, run.add({ seconds: Math.max(longest, least) - 1 }));
    if (secondsBetween(run, next) > longest) longest = Math.max(longest, secondsBetween(previousOf(cron, next), next));
    run = next;
  }
  return longest;
}

function previousOf(cron: Cron, run: Temporal.Instant): Temporal.Instant {
  const [previous] = cron.previousRuns(1, new Date(run.epochMilliseconds));
  return previous === undefined ? run : Temporal.Instant.fromEpochMilliseconds(previous.getTime());
}

function secondsBetween(a: Temporal.Instant, b: Temporal.Instant): number {
  return (b.epochMilliseconds - a.epochMilliseconds) / 1000;
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
