import type { Rows } from '../measure/question.ts';
import type { Chart } from '../page.ts';
import { type DayValue, dayPlus, everyDay, mean, readDays } from './series.ts';
import type { Format, Wording } from './wording.ts';

type Series = {
  readonly title: string;
  readonly format: Format;
  readonly empty: 'zero' | 'none';
  readonly days: number;
  readonly style: 'line' | 'bar';
};

/** A chart of the last days of a series of (day, value). Throws RangeError. */
export function chartOf(id: string, block: Series, answer: Rows, from: string, day: string, wording: Wording): Chart {
  const { title, format, style, days } = block;
  const first = dayPlus(day, 1 - days);
  const series = everyDay(readDays(answer.rows), from, day, block.empty).filter((one) => one.day >= first);
  const said = (value: number | null) => (value === null ? 'no data' : wording.said(value, format));
  return {
    id,
    kind: 'chart',
    title,
    style,
    points: series.map((one) => ({ label: wording.shortDay(one.day), value: one.value, shown: said(one.value) })),
    alt: altOf(title, series, said, wording),
  };
}

function altOf(title: string, series: readonly DayValue[], said: (value: number) => string, wording: Wording): string {
  const known = series.flatMap(({ day, value }) => (value === null ? [] : [{ day, value }]));
  const last = known.at(-1);
  const [first] = series;
  if (first === undefined || last === undefined) return `${title}: no data in these ${series.length} days.`;
  const at = ({ day, value }: { day: string; value: number }) => `${said(value)} on ${wording.shortDay(day)}`;
  const most = known.reduce((best, one) => (one.value > best.value ? one : best));
  const least = known.reduce((best, one) => (one.value < best.value ? one : best));
  const average = mean(known.map(({ value }) => value)) ?? 0;
  const span = `${wording.shortDay(first.day)} to ${wording.shortDay(series.at(-1)?.day ?? last.day)}`;
  return `${title}, ${span}: ${at(last)}; most ${at(most)}, least ${at(least)}, ${said(average)} a day on average.`;
}
