import { setTimeout as sleep } from 'node:timers/promises';

/** Where "now" comes from. Passed in everywhere, so that tests and the demo can run at other times. */
export type Clock = {
  now(): Temporal.Instant;
  /** Resolves when this clock is so much further; for a clock that does not run as the system's does. */
  sleep?(milliseconds: number): Promise<void>;
};

export const systemClock: Clock = { now: () => Temporal.Now.instant() };

/** Waits until `clock` is `milliseconds` further. */
export async function sleepBy(clock: Clock, milliseconds: number): Promise<void> {
  await (clock.sleep?.(milliseconds) ?? sleep(milliseconds));
}

/** `2025-11-30 02:00:01`, the wall-clock time of an instant in an IANA time zone. */
export function localTimestamp(instant: Temporal.Instant, zone: string): string {
  const local = instant.toZonedDateTimeISO(zone);
  return `${local.toPlainDate()} ${local.toPlainTime().toString({ smallestUnit: 'second' })}`;
}

/** `2025-11-30`, the date of an instant in an IANA time zone. */
export function localDay(instant: Temporal.Instant, zone: string): string {
  return instant.toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** `2025-11-30_020001`, a local time as file names and keys have it. */
export function fileStamp(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: 'second' }).replace('T', '_').replaceAll(':', '');
}
