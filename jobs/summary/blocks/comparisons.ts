import type { KpiComparison } from '../page/page-model.ts';
import { type DayValue, mean, precedingWeek } from './day-values.ts';
import { percentText, weekdayOf } from './locale-format.ts';

/** Less is shown as 0.0 %. */
const minShare = 0.0005;

/** Compares the last day of a series with the day before, the same weekday before, and the mean of the seven days before. */
export function compareLastDay(series: readonly DayValue[]): KpiComparison[] {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return [];
  const { day, value } = last;
  const bases: [string, number | null][] = [
    ['the day before', series.at(-2)?.value ?? null],
    [`the ${weekdayOf(day)} before`, series.at(-8)?.value ?? null],
    ['7-day average', precedingWeek(series).length < 7 ? null : mean(precedingWeek(series))],
  ];
  return bases.flatMap(([to, base]) => (base === null ? [] : [{ to, ...changeOf(value, base) }]));
}

/** `+12 %` from `base` to `value`. */
export function changeOf(value: number, base: number): Pick<KpiComparison, 'change' | 'direction'> {
  if (value === base || Math.abs(value - base) < Math.abs(base) * minShare) {
    return { change: 'no change', direction: 'level' };
  }
  const direction = value > base ? 'up' : 'down';
  if (base === 0) return { change: 'was 0', direction };
  const share = (value - base) / Math.abs(base);
  return { change: `${share > 0 ? '+' : '−'}${percentText(share)}`, direction };
}
