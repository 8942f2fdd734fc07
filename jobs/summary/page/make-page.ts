import { type Clock, localDay } from '../../runtime/clock.ts';
import type { Database } from '../../settings/databases.ts';
import { firstDayOf, maxRowsOf } from '../blocks/block-computations.ts';
import { addDays, historyDays } from '../blocks/day-values.ts';
import { profileDatabase } from '../profile/profile.ts';
import { dayOf } from '../queries/day-of.ts';
import { localCalendar } from '../queries/local-calendar.ts';
import type { QueryResult, RunQuery } from '../queries/query.ts';
import { type QueryRunner, startQueryRunner } from '../queries/query-runner.ts';
import { readConsistently } from '../queries/read-consistently.ts';
import type { Report } from '../report/schema.ts';
import { assemblePage, type ReportResults } from './assemble-page.ts';
import { cleanTexts } from './clean-texts.ts';
import type { SummaryPage } from './page-model.ts';

export type MakePageDeps = {
  readonly database: Database;
  /** Null: a report is made by profiling the database. */
  readonly report: Report | null;
  /** IANA. */
  readonly zone: string;
  readonly clock: Clock;
  readonly backup: SummaryPage['backup'];
  readonly signal: AbortSignal;
  /** How long a restore under way is waited for, in ms. */
  readonly restoreWaitMs?: number;
  /** Queries the file, local dates in the zone; by default in a process of its own. */
  readonly startQueries?: (file: string, zone: string, signal: AbortSignal) => QueryRunner;
};

const defaultRestoreWaitMs = 120_000;

/**
 * Makes the page of a local day, `2025-11-30`. A block whose query fails shows the reason instead. Throws DATABASE_* when
 * the database cannot be read, AbortError when aborted.
 */
export async function makePage(day: string, deps: MakePageDeps): Promise<SummaryPage> {
  const {
    database,
    zone,
    clock,
    backup,
    signal,
    restoreWaitMs = defaultRestoreWaitMs,
    startQueries = startQueryRunner,
  } = deps;
  const { value, warning } = await readConsistently(database.path, { waitMs: restoreWaitMs, signal }, async () => {
    const queries = startQueries(database.path, zone, signal);
    try {
      return await runReport(day, queries.run, deps);
    } finally {
      queries.close();
    }
  });
  return cleanTexts(assemblePage({ name: database.name, day, zone, now: clock.now(), backup }, value, warning));
}

async function runReport(day: string, run: RunQuery, deps: MakePageDeps): Promise<ReportResults> {
  const { database, zone, clock } = deps;
  const today = localDay(clock.now(), zone);
  const profile = deps.report === null ? await profileDatabase(run, database.name, day, zone, today) : null;
  const report = deps.report ?? profile?.report ?? null;
  if (report === null) return { profile, report, results: [], newest: undefined };
  const results: QueryResult[] = [];
  for (const block of report.blocks) {
    const dates = { day, from: firstDayOf(block, day), to: day };
    const timeLimitMs = (block.time_limit ?? report.time_limit) * 1000;
    results.push(await run({ sql: block.sql, dates, maxRows: maxRowsOf(block), timeLimitMs }));
  }
  return { profile, report, results, newest: await newestDay(report, day, run, deps) };
}

/**
 * The newest day of the data, at most `day`; undefined when the report has no query for it, the query failed, or the newest
 * lies in the future, which is a mistake in the data and hides what is newest.
 */
async function newestDay({ newest, time_limit }: Report, day: string, run: RunQuery, { zone, clock }: MakePageDeps) {
  if (newest === undefined) return undefined;
  const dates = { day, from: addDays(day, 1 - historyDays), to: day };
  const result = await run({ sql: newest, dates, maxRows: 1, timeLimitMs: time_limit * 1000 });
  if (result.kind === 'failed') return undefined;
  const found = dayOf(result.rows[0]?.[0], localCalendar(zone));
  const today = localDay(clock.now(), zone);
  if (found !== null && found > today) return undefined;
  return found !== null && found > day ? day : found;
}
