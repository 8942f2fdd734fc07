import { addDays, type DayValue, fillDays, historyDays, parseDayValues } from '../blocks/day-values.ts';
import { reportFormat } from '../blocks/locale-format.ts';
import { openingText } from '../page/opening-text.ts';
import type { QueryResult, RunQuery } from '../queries/query.ts';
import type { CandidateReadings, OtherReading } from './read-candidate.ts';
import { allRows, eventsSql, type Reading } from './reading.ts';
import { cellSql } from './sql-text.ts';

/**
 * How sure the figures are. `hedged`: rows can be counted by day, but not what they are worth; `absent`: not even that.
 * `questions`: what a person would have to say, most important first.
 */
export type Verdict = {
  readonly kind: 'sure' | 'hedged' | 'absent';
  readonly questions: readonly string[];
  /** Rows of the day that are left out as they are not paid yet, and what they are. */
  readonly aside: readonly { readonly count: number; readonly words: string }[];
};

const timeLimitMs = 30_000;
const maxRows = 1000;

/**
 * Computes the day's sentence by every reading that the data leaves open. What gives the same sentence is no doubt.
 * `rivals`: of other streams that could be the business.
 */
export async function decide(
  { reading, others, open, aside, hasUnreadableDates }: Omit<CandidateReadings, 'notes'>,
  rivals: readonly OtherReading[],
  day: string,
  run: RunQuery,
): Promise<Verdict> {
  const sentenceOf = async (one: Reading) => sentence(await runReading(one, day, run), one, day);
  const main = await sentenceOf(reading);
  if (main === null) return { kind: 'absent', questions: ['which column says what a sale is worth'], aside: [] };
  const rows = await sentenceOf(allRows(reading));
  const questions: string[] = [];
  let isAboutDays = hasUnreadableDates;
  if (hasUnreadableDates) questions.push(`which dates are those in “${reading.dateColumn.name}” that cannot be read`);
  for (const other of [...others, ...rivals]) {
    const isSame = (await sentenceOf(other.reading)) === main;
    if (isSame) continue;
    questions.push(other.question);
    if (other.isAboutDays && (await sentenceOf(allRows(other.reading))) !== rows) isAboutDays = true;
  }
  const all = [
    ...open,
    ...questions,
    ...(await excludesMost(reading, day, run)),
    ...(await hasUnreadAmounts(reading, day, run)),
  ];
  if (all.length > 0) return { kind: isAboutDays ? 'absent' : 'hedged', questions: all, aside: [] };
  const leftOut = [];
  for (const { condition, words } of aside)
    leftOut.push({ count: await countAside(reading, condition, day, run), words });
  return { kind: 'sure', questions: [], aside: leftOut.filter(({ count }) => count > 0) };
}

/** Texts with digits on the day that are no number could be worth anything. */
async function hasUnreadAmounts(reading: Reading, day: string, run: RunQuery): Promise<string[]> {
  const { amount, lines } = reading;
  if (amount?.kind !== 'column' || lines !== null) return [];
  const cell = cellSql(amount.column);
  const unread = `NOT (typeof(${cell}) = 'text' AND num(${cell}) IS NULL AND ${cell} GLOB '*[0-9]*')`;
  const counting = { excluded: [...reading.counting.excluded, unread], refunds: [] };
  const result = await runReading({ ...allRows(reading), counting }, day, run);
  const found = result.kind === 'rows' && result.rows.length > 0;
  return found ? [`how much are the amounts in “${amount.column.name}” that cannot be read`] : [];
}

/** Conditions that leave out most rows, or all of the day, may be misunderstood. */
async function excludesMost(reading: Reading, day: string, run: RunQuery): Promise<string[]> {
  if (reading.counting.excluded.length === 0) return [];
  const rows = { ...allRows(reading), counting: { excluded: reading.counting.excluded, refunds: [] } };
  const [counted, all] = [await runReading(rows, day, run), await runReading(allRows(reading), day, run)];
  const sum = (result: QueryResult, isDay: boolean) =>
    result.kind === 'failed'
      ? 0
      : result.rows.reduce((total, [of, , count]) => total + (isDay && of !== day ? 0 : Number(count)), 0);
  const isAllOfDay = sum(counted, true) === 0 && sum(all, true) > 2;
  return isAllOfDay || sum(counted, false) < sum(all, false) * 0.4
    ? [`which rows of ${reading.stream.name} count`]
    : [];
}

/** How many events of the day the condition holds for, of those that no other condition leaves out. */
async function countAside(reading: Reading, condition: string, day: string, run: RunQuery): Promise<number> {
  const excluded = reading.counting.excluded.filter((one) => one !== condition);
  const counting = { excluded: [...excluded, `NOT (${condition})`], refunds: [] };
  const result = await runReading({ ...reading, counting }, day, run);
  const row = result.kind === 'rows' ? result.rows.find(([of]) => of === day) : undefined;
  return Number(row?.[2] ?? 0);
}

function runReading(reading: Reading, day: string, run: RunQuery): Promise<QueryResult> {
  const sql = `SELECT day, sum(value), sum(counted) FROM (\n${eventsSql(reading, ':from', ':to')})\nGROUP BY 1`;
  return run({ sql, dates: { day, from: addDays(day, 1 - historyDays), to: day }, maxRows, timeLimitMs });
}

/** What would be said of the day; null when the query failed. */
function sentence(result: QueryResult, reading: Reading, day: string): string | null {
  if (result.kind === 'failed') return null;
  const format = reportFormat('en', null);
  const seriesOf = (index: number): DayValue[] => {
    const known = result.rows.map((row) => [row[0] ?? null, row[index] ?? null]);
    return fillDays(parseDayValues(known), addDays(day, 1 - historyDays), day, 'zero');
  };
  const [amounts, counts] = [seriesOf(1), seriesOf(2)];
  const last = (series: readonly DayValue[]) => series.at(-1)?.value ?? 0;
  const count = { unit: 'rows', formatted: String(last(counts)), series: counts };
  const amount =
    reading.amount === null
      ? null
      : { title: 'total', format: 'money' as const, formatted: format.exact(last(amounts), 'money'), series: amounts };
  return openingText({ day, today: day, amount, count, stale: null }, format);
}
