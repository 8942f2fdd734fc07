const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB`: at most three significant digits and a binary unit. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `45 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`: the two largest parts of a duration in seconds. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${String(total % 60).padStart(2, '0')} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `7 h 00 min` from `instant` to `now`; `0.0 s` for an instant that `now` has not reached (a clock set back). */
export function durationSince(instant: Temporal.Instant, now: Temporal.Instant): string {
  return formatDuration(Math.max(0, (now.epochMilliseconds - instant.epochMilliseconds) / 1000));
}

/** Two clocks that are read one after the other, one of them in whole seconds, may differ by that much. */
const clockReadingSeconds = 10;

/**
 * The age of something dated `instant`, at `now`, in the words of `past`: `7 h 00 min ago`. For a date that `now` has not
 * reached no age is known: `dated 8 h 00 min ahead`, in the words of `ahead`.
 */
export function agePhrase(
  instant: Temporal.Instant,
  now: Temporal.Instant,
  past: (age: string) => string = (age) => `${age} ago`,
  ahead: (by: string) => string = (by) => `dated ${by} ahead`,
): string {
  const isAhead = instant.epochMilliseconds - now.epochMilliseconds > clockReadingSeconds * 1000;
  return isAhead ? ahead(durationSince(now, instant)) : past(durationSince(instant, now));
}

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Each line that holds something, two spaces further in. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
