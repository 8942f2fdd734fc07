import { localDay } from '../../runtime/clock.ts';

/** The local calendar of one zone, fast enough for every row of a big table. */
export type LocalCalendar = {
  /** Local date of an instant in epoch seconds; null outside the years 1900 to 2199. */
  dayAt(epochSeconds: number): string | null;
  /** Epoch seconds at which the local date begins; null when it is no date. */
  startOf(day: string): number | null;
};

const firstSecond = -2_208_988_800;
const lastSecond = 7_258_118_400;
/** Offsets of zones change at whole quarters of an hour. */
const quarterHourSeconds = 900;
const maxCachedDays = 100_000;

export function localCalendar(zone: string): LocalCalendar {
  const days = new Map<number, string>();
  return {
    dayAt(epochSeconds) {
      if (!(epochSeconds >= firstSecond && epochSeconds < lastSecond)) return null;
      const key = Math.floor(epochSeconds / quarterHourSeconds);
      const known = days.get(key);
      if (known !== undefined) return known;
      const instant = Temporal.Instant.fromEpochMilliseconds(key * quarterHourSeconds * 1000);
      const day = localDay(instant, zone);
      if (days.size >= maxCachedDays) days.clear();
      days.set(key, day);
      return day;
    },
    startOf(day) {
      try {
        return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds / 1000;
      } catch {
        return null;
      }
    },
  };
}
