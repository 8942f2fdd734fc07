import type { LocalCalendar } from './local-calendar.ts';
import { isoDate, readWrittenDate } from './written-date.ts';

/**
 * How to read what is ambiguous in the value itself: `UTC`, a time without an offset is UTC; `mdy`, 03/04/2025 is 4 March;
 * `mdy UTC`, both.
 */
export const dayOptions = ['UTC', 'mdy', 'mdy UTC'] as const;
export type DayOption = (typeof dayOptions)[number] | null;

/**
 * The local date (`2025-11-30`) of a value of a database that is a date or time, else null: ISO 8601 (converted to the
 * zone when it has an offset), 30/11/2025, 30 Nov 2025, epoch seconds, milliseconds or microseconds, Excel serial, 20251130.
 * Years from 2400 on are Buddhist.
 */
export function dayOf(value: unknown, calendar: LocalCalendar, option: DayOption = null): string | null {
  if (typeof value === 'number') return dayOfNumber(value, calendar);
  if (typeof value === 'bigint') return dayOfNumber(Number(value), calendar);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return dayOfNumber(Number(text), calendar);
  const written = readWrittenDate(text, option === 'mdy' || option === 'mdy UTC' ? 'mdy' : 'dmy');
  if (written === null) return null;
  const { day, seconds, offset } = written;
  const isUtc = option === 'UTC' || option === 'mdy UTC';
  if (seconds === null || (offset === null && !isUtc)) return day;
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  return calendar.dayAt(start + seconds - (offset ?? 0));
}

/** What a number means follows from its size: the ranges do not meet between 1973 and 2119. */
function dayOfNumber(value: number, calendar: LocalCalendar): string | null {
  switch (numberForm(value)) {
    case 'epoch-us':
      return calendar.dayAt(value / 1e6);
    case 'epoch-ms':
      return calendar.dayAt(value / 1000);
    case 'epoch-s':
      return calendar.dayAt(value);
    case 'digits':
      return isoDate(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
    case 'excel':
      // Excel counts local days from 1899-12-30.
      return new Date((Math.floor(value) - 25_569) * 86_400_000).toISOString().slice(0, 10);
    case 'julian':
      // As SQLite's julianday() gives them, in UTC.
      return calendar.dayAt((value - 2_440_587.5) * 86_400);
    case null:
      return null;
  }
}

export type NumberForm = 'epoch-us' | 'epoch-ms' | 'epoch-s' | 'digits' | 'excel' | 'julian';

/** How a number writes a date, by its size; null when it is none. `digits`: 20251130. */
export function numberForm(value: number): NumberForm | null {
  if (value >= 1e14 && value < 1e17) return 'epoch-us';
  if (value >= 1e11 && value < 1e14) return 'epoch-ms';
  if (value >= 1e8 && value < 1e11) return 'epoch-s';
  if (value >= 19_000_101 && value <= 26_991_231) return 'digits';
  if (value >= 20_000 && value < 80_000) return 'excel';
  if (value >= 2_415_021 && value < 2_488_070) return 'julian';
  return null;
}
