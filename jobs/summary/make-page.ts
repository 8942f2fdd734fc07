import type { Clock } from '../runtime/clock.ts';
import type { Database } from '../settings/databases.ts';
import { type Measured, pageOf } from './findings/assemble.ts';
import { fromOf, rowsOf } from './findings/block.ts';
import { dayPlus, historyDays } from './findings/series.ts';
import { localCalendar } from './measure/calendar.ts';
import { dayOf } from './measure/day-of.ts';
import { openQueries } from './measure/queries.ts';
import type { Answer, Ask } from './measure/question.ts';
import { readSteadily } from './measure/steadily.ts';
import type { Page } from './page.ts';
import { profileDatabase } from './profile/profile.ts';
import type { Report } from './report/schema.ts';

export type PageRequest = {
  readonly database: Database;
  /** Null: what the database holds is found out, and reported as good as can be. */
  readonly report: Report | null;
  /** The local date it is about, `2025-11-30`. */
  readonly day: string;
  /** IANA. */
  readonly zone: string;
  readonly clock: Clock;
  readonly backup: Page['backup'];
  readonly signal?: AbortSignal;
  /** How long a restore under way is waited for, in ms. */
  readonly restoreWaitMs?: number;
};

const restoreWaitMs = 120_000;

/**
 * Makes the page of one day. A block whose query fails says so in its place. Throws DATABASE_* when there is no database to
 * ask, AbortError when aborted.
 */
export async function makePage(request: PageRequest): Promise<Page> {
  const { database, zone, signal = new AbortController().signal } = request;
  const wait = request.restoreWaitMs ?? restoreWaitMs;
  const { value, warning } = await readSteadily(database.path, { waitMs: wait, signal }, async () => {
    const queries = openQueries(database.path, zone, signal);
    try {
      return await measure(request, queries.ask);
    } finally {
      queries.close();
    }
  });
  const { day, backup, clock } = request;
  return pageOf({ name: database.name, day, zone, now: clock.now(), backup }, value, warning);
}

async function measure(request: PageRequest, ask: Ask): Promise<Measured> {
  const { report: given, database, day, zone } = request;
  const profile = given === null ? await profileDatabase(ask, database.name, day, zone) : null;
  const report = given ?? profile?.report ?? null;
  const answers: Answer[] = [];
  for (const block of report?.blocks ?? []) {
    const dates = { day, from: fromOf(block, day), to: day };
    const timeLimitMs = (block.time_limit ?? report?.time_limit ?? 30) * 1000;
    answers.push(await ask({ sql: block.sql, dates, rows: rowsOf(block), timeLimitMs }));
  }
  return { profile, report, answers, newest: report === null ? undefined : await newestDay(report, request, ask) };
}

/**
 * The newest day of the data, not after `day`; undefined when the report does not say how to know, it failed, or the newest
 * lies in the future, which is a mistake in the data and hides what is newest.
 */
async function newestDay({ newest, time_limit }: Report, { day, zone, clock }: PageRequest, ask: Ask) {
  if (newest === undefined) return undefined;
  const dates = { day, from: dayPlus(day, 1 - historyDays), to: day };
  const answer = await ask({ sql: newest, dates, rows: 1, timeLimitMs: time_limit * 1000 });
  if (answer.kind === 'failed') return undefined;
  const found = dayOf(answer.rows[0]?.[0], localCalendar(zone));
  const today = clock.now().toZonedDateTimeISO(zone).toPlainDate().toString();
  if (found !== null && found > today) return undefined;
  return found !== null && found > day ? day : found;
}
