import { numberForm } from './day-of.ts';
import { readWrittenDate } from './written-date.ts';

/**
 * How a value writes a date: `iso date`, `slash-day time`, `iso zoned`, `iso buddhist date`, `epoch-s` …; null when it is none.
 * `time` is without an offset, `zoned` with one.
 */
export function dateForm(value: unknown): string | null {
  if (typeof value === 'number') return numberForm(value);
  if (typeof value === 'bigint') return numberForm(Number(value));
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return numberForm(Number(text));
  const written = readWrittenDate(text, 'dmy');
  if (written === null) return null;
  const { form, seconds, offset, isBuddhist } = written;
  const precision = seconds === null ? 'date' : offset === null ? 'time' : 'zoned';
  return [form, isBuddhist ? 'buddhist' : '', precision].filter((part) => part !== '').join(' ');
}

/** Epoch seconds of a text with a time and without an offset, as if it were UTC; null for anything else. */
export function naiveSeconds(value: unknown, order: 'dmy' | 'mdy' = 'dmy'): number | null {
  const written = typeof value === 'string' ? readWrittenDate(value.trim(), order) : null;
  if (written === null || written.seconds === null || written.offset !== null) return null;
  return Date.parse(`${written.day}T00:00:00Z`) / 1000 + written.seconds;
}
