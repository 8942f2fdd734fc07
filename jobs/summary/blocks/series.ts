import { type BlockComputation, nothingHidden } from './block-computation.ts';
import { type DayValue, fillDays, maxDays, mean, parseDayValues, requireFewDays } from './day-values.ts';
import type { ReportFormat } from './locale-format.ts';

/** A chart of the last days of a series of (day, value). */
export const seriesComputation: BlockComputation<'series'> = {
  days: ({ days }) => days,
  maxRows: () => maxDays,
  compute({ title, format: valueFormat, style, empty }, result, { id, day, from, format }) {
    requireFewDays(result);
    const series = fillDays(parseDayValues(result.rows), from, day, empty);
    const written = (value: number | null) => (value === null ? 'no data' : format.rounded(value, valueFormat));
    const points = series.map((one) => ({
      label: format.shortDay(one.day),
      value: one.value,
      formatted: written(one.value),
    }));
    const block = { id, kind: 'series', title, style, points, alt: altText(title, series, written, format) } as const;
    return { block, series: null, daysWithData: [], ...nothingHidden };
  },
};

function altText(
  title: string,
  series: readonly DayValue[],
  written: (value: number) => string,
  { shortDay }: ReportFormat,
): string {
  const known = series.flatMap(({ day, value }) => (value === null ? [] : [{ day, value }]));
  const last = known.at(-1);
  const [first] = series;
  if (first === undefined || last === undefined) return `${title}: no data in these ${series.length} days.`;
  const at = ({ day, value }: { day: string; value: number }) => `${written(value)} on ${shortDay(day)}`;
  const highest = known.reduce((best, one) => (one.value > best.value ? one : best));
  const lowest = known.reduce((best, one) => (one.value < best.value ? one : best));
  const average = mean(known.map(({ value }) => value)) ?? 0;
  const span = `${shortDay(first.day)} to ${shortDay(series.at(-1)?.day ?? last.day)}`;
  return `${title}, ${span}: ${at(last)}; highest ${at(highest)}, lowest ${at(lowest)}, ${written(average)} a day on average.`;
}
