import { plural } from '../../runtime/format.ts';
import { type DayValue, daysBetween, mean, median, precedingWeek, sameWeekdays } from '../blocks/day-values.ts';
import { percentText, type ReportFormat, type ValueFormat, weekdayOf } from '../blocks/locale-format.ts';
import { singular } from '../profile/row-nouns.ts';
import type { StaleData } from './staleness.ts';

/** What the opening sentence is made of. */
export type OpeningFacts = {
  readonly day: string;
  /** The local date on which the page is made. */
  readonly today: string;
  /** The first amount, with its title. */
  readonly amount: {
    readonly title: string;
    readonly format: ValueFormat;
    readonly formatted: string;
    readonly series: readonly DayValue[];
  } | null;
  /** The first count with a unit. */
  readonly count: { readonly unit: string; readonly formatted: string; readonly series: readonly DayValue[] } | null;
  /** What stopped arriving, such as `orders`, and since when. */
  readonly stale: (StaleData & { readonly noun: string }) | null;
};

/** One sentence, or two: first that data stopped arriving, if it did. */
export function openingText(facts: OpeningFacts, format: ReportFormat): string {
  const warning = facts.stale === null ? null : staleDataText(facts.stale, format);
  const figures = facts.stale !== null && hasNoFigures(facts) ? null : figuresText(facts, format);
  const sentences = [warning, figures].filter((message) => message !== null);
  return sentences.length > 0 ? sentences.join(' ') : `${dayText(facts, format)}: no figures.`;
}

/** `No orders for 8 days, since Sunday, 23 November 2025: data may have stopped arriving.` */
export function staleDataText(
  { noun, newest, daysWithout }: StaleData & { noun: string },
  format: ReportFormat,
): string {
  if (newest === null)
    return daysWithout === 0
      ? `There are no ${noun} up to that day.`
      : `No ${noun} in the last ${plural(daysWithout, 'day')}.`;
  return `No ${noun} for ${plural(daysWithout, 'day')}, since ${format.longDay(newest)}: data may have stopped arriving.`;
}

function figuresText(facts: OpeningFacts, format: ReportFormat): string | null {
  const { amount, count } = facts;
  const counted = count === null ? null : countText(count);
  const main = amount === null || count?.formatted === '0' ? counted : amountText(amount, counted);
  if (main === null) return null;
  const series = (amount ?? count)?.series ?? [];
  const usual = series.at(-1)?.value === 0 ? null : comparisonText(series);
  return `${dayText(facts, format)}: ${main}${usual === null ? '' : `, ${usual}`}.`;
}

function countText({ formatted, unit }: NonNullable<OpeningFacts['count']>): string {
  if (formatted === '0') return `no ${unit}`;
  return `${formatted} ${formatted === '1' ? singular(unit) : unit}`;
}

/** `RM 12,340 from 87 orders`; without a currency `order total 12,340 from 87 orders`. */
function amountText({ title, format, formatted }: NonNullable<OpeningFacts['amount']>, counted: string | null): string {
  if (format === 'money') return counted === null ? `${formatted} of ${lower(title)}` : `${formatted} from ${counted}`;
  return `${lower(title)} ${formatted}${counted === null ? '' : ` from ${counted}`}`;
}

/** Nothing happened on the day; the warning covers it. */
function hasNoFigures({ amount, count }: OpeningFacts): boolean {
  return [amount, count].every((one) => !one?.series.at(-1)?.value);
}

/** `12 % below a usual Monday`: the median of at least four of the last eight, else the mean of the week before. */
function comparisonText(series: readonly DayValue[]): string | null {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return null;
  const weekdays = sameWeekdays(series);
  if (weekdays.length >= 4) return differenceText(last.value, median(weekdays), `a usual ${weekdayOf(last.day)}`);
  const week = precedingWeek(series);
  return week.length < 7 ? null : differenceText(last.value, mean(week), 'the average of the 7 days before');
}

function differenceText(value: number, base: number | null, what: string): string | null {
  if (base === null || base <= 0) return null;
  const share = value / base - 1;
  if (Math.abs(share) < 0.015) return `about the same as ${what}`;
  return `${percentText(share)} ${share < 0 ? 'below' : 'above'} ${what}`;
}

/** `Yesterday`, `Today so far`, or the day. */
export function dayText({ day, today }: Pick<OpeningFacts, 'day' | 'today'>, format: ReportFormat): string {
  const ago = daysBetween(day, today);
  if (ago === 1) return 'Yesterday';
  return ago === 0 ? 'Today so far' : format.longDay(day);
}

/** As written in the middle of a sentence; abbreviations stay. */
function lower(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title[0]?.toLowerCase() + title.slice(1) : title;
}
