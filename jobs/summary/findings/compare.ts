import type { Comparison } from '../page.ts';
import { type DayValue, mean, weekBefore } from './series.ts';
import { percentText, weekdayOf } from './wording.ts';

/** Less is shown as 0.0 %. */
const leastShare = 0.0005;

/** The last day of a series beside the day before, the same weekday before, and the mean of the seven days before. */
export function comparisonsOf(series: readonly DayValue[]): Comparison[] {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return [];
  const { day, value } = last;
  const bases: [string, number | null][] = [
    ['the day before', series.at(-2)?.value ?? null],
    [`the ${weekdayOf(day)} before`, series.at(-8)?.value ?? null],
    ['7-day average', weekBefore(series).length < 7 ? null : mean(weekBefore(series))],
  ];
  return bases.flatMap(([to, base]) => (base === null ? [] : [{ to, ...changeOf(value, base) }]));
}

/** `+12 %` from `base` to `value`. */
export function changeOf(value: number, base: number): Pick<Comparison, 'change' | 'direction'> {
  if (value === base || Math.abs(value - base) < Math.abs(base) * leastShare) {
    return { change: 'no change', direction: 'level' };
  }
  const direction = value > base ? 'up' : 'down';
  if (base === 0) return { change: 'was 0', direction };
  const share = (value - base) / Math.abs(base);
  return { change: `${share > 0 ? '+' : '−'}${percentText(share)}`, direction };
}
