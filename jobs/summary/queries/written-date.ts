/** A date as it is written. `seconds`: since midnight, null without a time; `offset`: of the time, in seconds, null without one. */
export type WrittenDate = {
  readonly day: string;
  readonly seconds: number | null;
  readonly offset: number | null;
  /** `slash-day`, `slash-month`: the first number can only be a day, a month; `slash`: either. */
  readonly form: 'iso' | 'slash-day' | 'slash-month' | 'slash' | 'words';
  readonly isBuddhist: boolean;
};

const time = String.raw`(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?|pagi|pg|tgh|tengah hari|petang|ptg|malam|mlm)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$`;
/** `2025-11-30`, then perhaps a time and an offset. */
const iso = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${time}`, 'i');
/** `30/11/2025`, `30-11-25`, `30.11.2025 14:05`. */
const slashed = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})${time}`, 'i');
/** `30 Nov 2025`, `30-Nov-2025`. */
const dayFirst = new RegExp(String.raw`^(\d{1,2})[- ]([a-z]{3,9})\.?,?[- ](\d{4})${time}`, 'i');
/** `Nov 30, 2025`. */
const monthFirst = new RegExp(String.raw`^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})${time}`, 'i');
const weekday =
  /^(?:mon|tue|wed|thu|fri|sat|sun|isnin|selasa|rabu|khamis|jumaat|sabtu|ahad|isn|sel|rab|kha|jum|sab|ahd)[a-z]*,? +/i;
const isAfternoon = /^(p\.?m|petang|ptg|malam|mlm|tgh|tengah)/i;
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** Malay, where it differs: Mac, Mei, Julai, Ogos, Okt, Dis. */
const malayMonths: Readonly<Record<string, number>> = { mac: 3, mei: 5, ogo: 8, okt: 10, dis: 12 };
/** No business wrote Gregorian dates of these years. */
const firstBuddhistYear = 2400;
const buddhistOffset = 543;

/** Reads a text that is a date, perhaps with a time; null when it is none. `order`: of 03/04/2025, unless only the other is a date. */
export function readWrittenDate(text: string, order: 'dmy' | 'mdy'): WrittenDate | null {
  const words = text.replace(weekday, '');
  const found = iso.exec(words);
  if (found !== null) return written(found, Number(found[1]), Number(found[2]), Number(found[3]), 'iso');
  const numbers = slashed.exec(words);
  if (numbers !== null) return writtenNumbers(numbers, order);
  const day = dayFirst.exec(words);
  if (day !== null) return written(day, Number(day[3]), monthNumber(day[2]), Number(day[1]), 'words');
  const month = monthFirst.exec(words);
  return month === null ? null : written(month, Number(month[3]), monthNumber(month[1]), Number(month[2]), 'words');
}

function writtenNumbers(found: RegExpExecArray, order: 'dmy' | 'mdy'): WrittenDate | null {
  const [first, second] = [Number(found[1]), Number(found[2])];
  const year = Number(found[3]?.length === 2 ? `20${found[3]}` : found[3]);
  const form = first > 12 ? 'slash-day' : second > 12 ? 'slash-month' : 'slash';
  const isDayFirst = form === 'slash-day' || (form === 'slash' && order === 'dmy');
  return isDayFirst ? written(found, year, second, first, form) : written(found, year, first, second, form);
}

function written(
  found: RegExpExecArray,
  year: number,
  month: number,
  day: number,
  form: WrittenDate['form'],
): WrittenDate | null {
  const written = isoDate(year, month, day);
  const [hour, minute, second, half, offset] = found.slice(4);
  if (written === null) return null;
  const isBuddhist = year >= firstBuddhistYear;
  if (hour === undefined) return { day: written, seconds: null, offset: null, form, isBuddhist };
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (isAfternoon.test(half) ? 12 : 0);
  if (hours > 24 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  const seconds = hours * 3600 + Number(minute) * 60 + Number(second ?? 0);
  return { day: written, seconds, offset: offset === undefined ? null : offsetSeconds(offset), form, isBuddhist };
}

function offsetSeconds(offset: string): number {
  if (!/^[+-]/.test(offset)) return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return offset.startsWith('-') ? -seconds : seconds;
}

function monthNumber(name: string | undefined): number {
  const stem = (name ?? '').slice(0, 3).toLowerCase();
  return malayMonths[stem] ?? months.indexOf(stem) + 1;
}

/** The date as ISO text; null when there is no such day. A Buddhist year is made Gregorian. */
export function isoDate(written: number, month: number, day: number): string | null {
  const year = written >= firstBuddhistYear && written < 2700 ? written - buddhistOffset : written;
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
