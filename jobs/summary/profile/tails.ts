import { dayPlus, historyDays } from '../findings/series.ts';
import type { Ask } from '../measure/question.ts';
import { dateSql, isOrdered } from './date-sql.ts';
import type { Subject } from './subject.ts';
import { quoted } from './table.ts';

const looks = 100;
const spareDays = 7;
const timeLimitMs = 10_000;

/**
 * Subjects of big tables whose days no index finds, with how many of the newest rows hold the days that are told, when the
 * rows lie in the order of their days. A look at a hundred rows tells.
 */
export async function withTails(subjects: readonly Subject[], day: string, ask: Ask): Promise<Subject[]> {
  const found: Subject[] = [];
  for (const subject of subjects) {
    const needsTail = subject.table.isEstimate && !isOrdered(subject.date);
    const tail = needsTail ? tailOf(await sampled(subject, ask), dayPlus(day, -historyDays - spareDays)) : null;
    found.push({ ...subject, date: { ...subject.date, tail } });
  }
  return found;
}

type Look = readonly [rowid: number, day: string];

async function sampled(subject: Subject, ask: Ask): Promise<Look[]> {
  const t = quoted(subject.table.name);
  const sql = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${looks}),
    ends AS (SELECT (SELECT min(rowid) FROM ${t}) AS least, (SELECT max(rowid) FROM ${t}) AS most)
    SELECT t.rowid, ${dateSql(subject, 't').day} FROM n, ends, ${t} t WHERE t.rowid = least + (most - least) * i / ${looks} ORDER BY 1`;
  const answer = await ask({ sql, dates: { day: '', from: '', to: '' }, rows: looks + 1, timeLimitMs });
  if (answer.kind === 'failed') return [];
  return answer.rows.flatMap(([rowid, day]) =>
    typeof rowid === 'number' && typeof day === 'string' ? [[rowid, day]] : [],
  );
}

/** How many row numbers from the newest on hold every day from `from` on, and a quarter more; null when in no order. */
export function tailOf(sample: readonly Look[], from: string): number | null {
  const last = sample.at(-1);
  if (last === undefined || sample.length < looks / 2) return null;
  const backwards = sample.filter(([, day], index) => day < (sample[index - 1]?.[1] ?? day)).length;
  if (backwards > sample.length / 50) return null;
  const before = sample.findLast(([, day]) => day < from);
  if (before === undefined) return null;
  return Math.ceil(((last[0] - before[0]) * 1.25) / 10_000) * 10_000;
}
