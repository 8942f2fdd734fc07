import type { QueryRows } from '../queries/query.ts';
import { anomalyOf } from './anomaly.ts';
import { type BlockComputation, nothingHidden } from './block-computation.ts';
import { compareLastDay } from './comparisons.ts';
import {
  type DayValue,
  fillDays,
  historyDays,
  maxDays,
  parseDayValues,
  quotedValue,
  requireFewDays,
  sameWeekdays,
} from './day-values.ts';
import { weekdayOf } from './locale-format.ts';

const sparklineDays = 30;

/** The last day of a series of (day, value) compared with the days before, or the only value of the only row. */
export const kpiComputation: BlockComputation<'kpi'> = {
  days: () => historyDays,
  maxRows: () => maxDays,
  compute({ title, format: valueFormat, empty }, result, { id, day, from, format }) {
    requireFewDays(result);
    const written = (value: number | null) => (value === null ? 'no data' : format.rounded(value, valueFormat));
    const named = { id, kind: 'kpi', title } as const;
    if (result.columns.length === 1) {
      const block = { ...named, value: written(singleValue(result)), comparisons: [], sparkline: [], anomaly: null };
      return { block, series: null, daysWithData: [], ...nothingHidden };
    }
    const known = parseDayValues(result.rows);
    const series = fillDays(known, from, day, empty);
    const block = {
      ...named,
      value: written(series.at(-1)?.value ?? null),
      comparisons: compareLastDay(series),
      sparkline: series.slice(-sparklineDays).map(({ value }) => value),
      anomaly: anomalyText(series, written),
    };
    const daysWithData = known.filter(({ value }) => value).map((one) => one.day);
    return { block, series, daysWithData, ...nothingHidden };
  },
};

function singleValue({ rows }: QueryRows): number | null {
  const value = rows[0]?.[0] ?? null;
  if (rows.length > 1) throw new RangeError('it returns several rows of one column: return (day, value), or one value');
  if (typeof value === 'string') throw new RangeError(`it returns ${quotedValue(value)}, not a number: use num(…)`);
  return value;
}

/** `unusually low: below all of the last 8 Mondays, usually RM 14,000`. */
function anomalyText(series: readonly DayValue[], written: (value: number) => string): string | null {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return null;
  const anomaly = anomalyOf(last.value, sameWeekdays(series));
  if (anomaly === null) return null;
  const { direction, beyond, of, usual } = anomaly;
  const share = beyond === of ? `all of the last ${of}` : `${beyond} of the last ${of}`;
  return `unusually ${direction}: ${direction === 'low' ? 'below' : 'above'} ${share} ${weekdayOf(last.day)}s, usually ${written(usual)}`;
}
