import type { LocalCalendar } from './local-calendar.ts';

/** How to read what is ambiguous in the value itself: `UTC`, a text without an offset is UTC; `mdy`, 03/04/2025 is 4 March. */
export type DayOption = 'UTC' | 'mdy' | null;

/** `2025-11-30`, then perhaps a time and an offset. */
const iso =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i;
/** `30/11/2025`, `30-11-25`, `30.11.2025 14:05`. */
const slashed = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ,]+\d{1,2}:\d{2}.*)?$/;
/** `30 Nov 2025`, `30-Nov-2025`. */
const dayFirst = /^(\d{1,2})[- ]([a-z]{3,9})\.?,?[- ](\d{4})(?:[T ,]+\d{1,2}:\d{2}.*)?$/i;
/** `Nov 30, 2025`. */
const monthFirst = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[T ,]+\d{1,2}:\d{2}.*)?$/i;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * The local date (`2025-11-30`) of a value of a database that is a date or time, else null: ISO 8601 (converted to the
 * zone when it has an offset), 30/11/2025, 30 Nov 2025, epoch seconds, milliseconds or microseconds, Excel serial, 20251130.
 */
export function dayOf(value: unknown, calendar: LocalCalendar, option: DayOption = null): string | null {
  if (typeof value === 'number') return dayOfNumber(value, calendar);
  if (typeof value === 'bigint') return dayOfNumber(Number(value), calendar);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return dayOfNumber(Number(text), calendar);
  return dayOfIso(text, calendar, option) ?? dayOfSlashed(text, option) ?? dayOfWords(text);
}

/** What a number means follows from its size: the ranges do not meet between 1973 and 2119. */
function dayOfNumber(value: number, calendar: LocalCalendar): string | null {
  if (value >= 1e14 && value < 1e17) return calendar.dayAt(value / 1e6);
  if (value >= 1e11 && value < 1e14) return calendar.dayAt(value / 1000);
  if (value >= 1e8 && value < 1e11) return calendar.dayAt(value);
  if (value >= 19_000_101 && value <= 21_991_231) {
    return date(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
  }
  // Excel counts local days from 1899-12-30; 20,000 is 1954, 80,000 is 2119.
  if (value >= 20_000 && value < 80_000) return dateOfEpochDay(Math.floor(value) - 25_569);
  // Julian days, as SQLite's julianday() gives them, in UTC.
  if (value >= 2_415_021 && value < 2_488_070) return calendar.dayAt((value - 2_440_587.5) * 86_400);
  return null;
}

function dayOfIso(text: string, calendar: LocalCalendar, option: DayOption): string | null {
  const found = iso.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, offset] = found;
  const written = date(Number(year), Number(month), Number(day));
  if (written === null || hour === undefined) return written;
  if (offset === undefined && option !== 'UTC') return written;
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (hours > 24 || minutes > 59 || seconds > 60) return null;
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), hours, minutes, seconds) / 1000;
  return calendar.dayAt(utc - offsetSeconds(offset));
}

function offsetSeconds(offset: string | undefined): number {
  if (offset === undefined || !/^[+-]/.test(offset)) return 0;
  const digits = offset.slice(1).replace(':', '');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return offset.startsWith('-') ? -seconds : seconds;
}

/** The day comes first, unless `mdy` says so or only the other order is a date. */
function dayOfSlashed(text: string, option: DayOption): string | null {
  const found = slashed.exec(text);
  if (found === null) return null;
  const [first, second] = [Number(found[1]), Number(found[2])];
  const year = Number(found[3]?.length === 2 ? `20${found[3]}` : found[3]);
  const dmy = () => date(year, second, first);
  const mdy = () => date(year, first, second);
  return option === 'mdy' ? (mdy() ?? dmy()) : (dmy() ?? mdy());
}

function dayOfWords(text: string): string | null {
  const [, day, month, year] = dayFirst.exec(text) ?? [];
  if (day !== undefined) return date(Number(year), monthNumber(month), Number(day));
  const [, name, number, ofYear] = monthFirst.exec(text) ?? [];
  return name === undefined ? null : date(Number(ofYear), monthNumber(name), Number(number));
}

function monthNumber(name: string | undefined): number {
  return months.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function dateOfEpochDay(daysSince1970: number): string {
  return new Date(daysSince1970 * 86_400_000).toISOString().slice(0, 10);
}

/** The date as ISO text; null when there is no such day. */
function date(year: number, month: number, day: number): string | null {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
