import type { Rows } from '../measure/question.ts';
import type { Tile } from '../page.ts';
import { anomalyOf } from './anomaly.ts';
import { comparisonsOf } from './compare.ts';
import { type DayValue, everyDay, readDays, sameWeekdays } from './series.ts';
import { type Format, type Wording, weekdayOf } from './wording.ts';

const sparkDays = 30;

type Kpi = { readonly title: string; readonly format: Format; readonly empty: 'zero' | 'none' };
type Measured = {
  readonly tile: Tile;
  /** Null when the query gave one value and no days. */
  readonly series: readonly DayValue[] | null;
  /** Days on which there was something. */
  readonly days: readonly string[];
};

/** A tile of one figure: the last day of a series of (day, value), or the only value of the only row. Throws RangeError. */
export function tileOf(id: string, kpi: Kpi, answer: Rows, from: string, day: string, wording: Wording): Measured {
  const { title, format } = kpi;
  const said = (value: number | null) => (value === null ? 'no data' : wording.said(value, format));
  const named = { id, kind: 'tile', title } as const;
  if (answer.columns.length === 1) {
    const value = singleValue(answer);
    return {
      tile: { ...named, value: said(value), comparisons: [], spark: [], anomaly: null },
      series: null,
      days: [],
    };
  }
  const found = readDays(answer.rows);
  const series = everyDay(found, from, day, kpi.empty);
  const value = series.at(-1)?.value ?? null;
  const tile = {
    ...named,
    value: said(value),
    comparisons: comparisonsOf(series),
    spark: series.slice(-sparkDays).map((one) => one.value),
    anomaly: anomalyText(series, said),
  };
  return { tile, series, days: found.filter((one) => one.value).map((one) => one.day) };
}

function singleValue({ rows }: Rows): number | null {
  const value = rows[0]?.[0] ?? null;
  if (rows.length > 1) throw new RangeError('it gives several rows of one column: give (day, value), or one value');
  if (typeof value === 'string') throw new RangeError(`it gives ${JSON.stringify(value)}, not a number: use num(…)`);
  return value;
}

/** `unusually low: below all of the last 8 Mondays, usually RM 14,000`. */
function anomalyText(series: readonly DayValue[], said: (value: number) => string): string | null {
  const last = series.at(-1);
  if (last === undefined || last.value === null) return null;
  const anomaly = anomalyOf(last.value, sameWeekdays(series));
  if (anomaly === null) return null;
  const { direction, beyond, of, usual } = anomaly;
  const share = beyond === of ? `all of the last ${of}` : `${beyond} of the last ${of}`;
  return `unusually ${direction}: ${direction === 'low' ? 'below' : 'above'} ${share} ${weekdayOf(last.day)}s, usually ${said(usual)}`;
}
