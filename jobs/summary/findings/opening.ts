import { plural } from '../../runtime/format.ts';
import { type DayValue, mean, median, sameWeekdays, weekBefore } from './series.ts';
import type { Staleness } from './staleness.ts';
import { type Format, percentText, singular, type Wording, weekdayOf } from './wording.ts';

/** What the opening sentence can speak of. */
export type OpeningFacts = {
  readonly day: string;
  /** The local date on which the page is made. */
  readonly today: string;
  /** The first amount, with its title. */
  readonly amount: {
    readonly title: string;
    readonly format: Format;
    readonly text: string;
    readonly series: readonly DayValue[];
  } | null;
  /** The first count with a unit. */
  readonly count: { readonly unit: string; readonly text: string; readonly series: readonly DayValue[] } | null;
  /** What stopped arriving, such as `orders`, and since when. */
  readonly stale: (Staleness & { readonly of: string }) | null;
};

/** One sentence as a person would say it, or two: first that data stopped arriving, if it did. */
export function openingOf(facts: OpeningFacts, wording: Wording): string {
  const warning = facts.stale === null ? null : staleMessage(facts.stale, wording);
  const figures = facts.stale !== null && isSilent(facts) ? null : figuresMessage(facts, wording);
  const sentences = [warning, figures].filter((message) => message !== null);
  return sentences.length > 0 ? sentences.join(' ') : `${dayWords(facts, wording)}: no figures.`;
}

/** `No orders for 8 days, since Sunday, 23 November 2025: data may have stopped arriving.` */
export function staleMessage({ of, newest, days }: Staleness & { of: string }, wording: Wording): string {
  if (newest === null)
    return days === 0 ? `There are no ${of} up to that day.` : `No ${of} in the last ${plural(days, 'day')}.`;
  return `No ${of} for ${plural(days, 'day')}, since ${wording.longDay(newest)}: data may have stopped arriving.`;
}

function figuresMessage(facts: OpeningFacts, wording: Wording): string | null {
  const { amount, count } = facts;
  const counted = count === null ? null : countWords(count);
  const main = amount === null || count?.text === '0' ? counted : amountWords(amount, counted);
  if (main === null) return null;
  const series = (amount ?? count)?.series ?? [];
  const usual = series.at(-1)?.value === 0 ? null : usualWords(series);
  return `${dayWords(facts, wording)}: ${main}${usual === null ? '' : `, ${usual}`}.`;
}

function countWords({ text, unit }: NonNullable<OpeningFacts['count']>): string {
  if (text === '0') return `no ${unit}`;
  return `${text} ${text === '1' ? singular(unit) : unit}`;
}

/** `RM 12,340 from 87 orders`; without a currency `order total 12,340 from 87 orders`. */
function amountWords({ title, format, text }: NonNullable<OpeningFacts['amount']>, counted: string | null): string {
  if (format === 'money') return counted === null ? `${text} of ${lower(title)}` : `${text} from ${counted}`;
  return `${lower(title)} ${text}${counted === null ? '' : ` from ${counted}`}`;
}

/** Nothing happened on the day, which the warning has said already. */
function isSilent({ amount, count }: OpeningFacts): boolean {
  return [amount, count].every((one) => !one?.series.at(-1)?.value);
}

/** `12 % below a usual Monday`: the median of at least four of the last eight, else the mean of the week before. */
function usualWords(series: readonly DayValue[]): string | null {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return null;
  const weekdays = sameWeekdays(series);
  if (weekdays.length >= 4) return beside(last.value, median(weekdays), `a usual ${weekdayOf(last.day)}`);
  const week = weekBefore(series);
  return week.length < 7 ? null : beside(last.value, mean(week), 'the average of the 7 days before');
}

function beside(value: number, base: number | null, what: string): string | null {
  if (base === null || base <= 0) return null;
  const share = value / base - 1;
  if (Math.abs(share) < 0.015) return `about the same as ${what}`;
  return `${percentText(share)} ${share < 0 ? 'below' : 'above'} ${what}`;
}

function dayWords({ day, today }: Pick<OpeningFacts, 'day' | 'today'>, wording: Wording): string {
  const ago = Temporal.PlainDate.from(day).until(Temporal.PlainDate.from(today)).days;
  if (ago === 1) return 'Yesterday';
  return ago === 0 ? 'Today so far' : wording.longDay(day);
}

/** As it stands in the middle of a sentence; abbreviations stay. */
function lower(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title[0]?.toLowerCase() + title.slice(1) : title;
}
