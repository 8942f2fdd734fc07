import { addDays, historyDays } from '../blocks/day-values.ts';
import type { RunQuery } from '../queries/query.ts';
import { type DateReading, dateSql, isIndexable } from './dates/date-sql.ts';
import { quoted } from './sql-text.ts';
import type { TableProfile } from './table-profile.ts';

const sampleCount = 100;
const spareDays = 7;
const timeLimitMs = 10_000;

/**
 * Limits a big table whose days no index finds to the newest rows that hold the reported days, where rows are stored in the
 * order of their days: a sample of a hundred rows decides.
 */
export async function withRecentRowLimit(
  table: TableProfile,
  date: DateReading,
  day: string,
  run: RunQuery,
): Promise<DateReading> {
  if (!table.isEstimate || isIndexable(date)) return date;
  const sample = await sampleRows(table, date, run);
  return { ...date, recentRows: recentRowLimit(sample, addDays(day, -historyDays - spareDays)) };
}

type RowSample = readonly [rowid: number, day: string];

async function sampleRows(table: TableProfile, date: DateReading, run: RunQuery): Promise<RowSample[]> {
  const t = quoted(table.name);
  const sql = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${sampleCount}),
    ends AS (SELECT (SELECT min(rowid) FROM ${t}) AS least, (SELECT max(rowid) FROM ${t}) AS most)
    SELECT t.rowid, ${dateSql(table, date).day} FROM n, ends, ${t} t WHERE t.rowid = least + (most - least) * i / ${sampleCount} ORDER BY 1`;
  const result = await run({ sql, dates: { day: '', from: '', to: '' }, maxRows: sampleCount + 1, timeLimitMs });
  if (result.kind === 'failed') return [];
  return result.rows.flatMap(([rowid, day]) =>
    typeof rowid === 'number' && typeof day === 'string' ? [[rowid, day]] : [],
  );
}

/** The span of row numbers, from the newest back, that holds every day from `from` on, plus a quarter; null when unordered. */
export function recentRowLimit(sample: readonly RowSample[], from: string): number | null {
  const last = sample.at(-1);
  if (last === undefined || sample.length < sampleCount / 2) return null;
  const backwards = sample.filter(([, day], index) => day < (sample[index - 1]?.[1] ?? day)).length;
  if (backwards > sample.length / 50) return null;
  const before = sample.findLast(([, day]) => day < from);
  if (before === undefined) return null;
  return Math.ceil(((last[0] - before[0]) * 1.25) / 10_000) * 10_000;
}
