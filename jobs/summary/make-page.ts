import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/settings.ts';
import { type Found, foundOf, fromOf, rowsOf } from './findings/block.ts';
import { identifiers } from './findings/identifiers.ts';
import { openingOf, staleSentence } from './findings/opening.ts';
import { dayPlus, historyDays } from './findings/series.ts';
import { type Staleness, stalenessOf } from './findings/staleness.ts';
import { wordingOf } from './findings/wording.ts';
import { localCalendar } from './measure/calendar.ts';
import { dayOf } from './measure/day-of.ts';
import { openQueries } from './measure/queries.ts';
import type { Answer, Ask } from './measure/question.ts';
import { readSteadily } from './measure/steadily.ts';
import type { Page } from './page.ts';
import { type Profile, profileDatabase } from './profile/profile.ts';
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
  return pageOf(request, value, warning);
}

type Measured = {
  readonly profile: Profile | null;
  readonly report: Report | null;
  readonly answers: readonly Answer[];
  /** As the report's `newest` gives it; undefined when it gives none. */
  readonly newest: string | null | undefined;
};

async function measure({ report: given, database, day, zone }: PageRequest, ask: Ask): Promise<Measured> {
  const profile = given === null ? await profileDatabase(ask, database.name, day, zone) : null;
  const report = given ?? profile?.report ?? null;
  const answers: Answer[] = [];
  for (const block of report?.blocks ?? []) {
    const dates = { day, from: fromOf(block, day), to: day };
    const timeLimitMs = (block.time_limit ?? report?.time_limit ?? 30) * 1000;
    answers.push(await ask({ sql: block.sql, dates, rows: rowsOf(block), timeLimitMs }));
  }
  return { profile, report, answers, newest: report === null ? undefined : await newestDay(report, day, zone, ask) };
}

/** The newest day of the data, not after `day`; undefined when the report does not say how to know, or it failed. */
async function newestDay({ newest, time_limit }: Report, day: string, zone: string, ask: Ask) {
  if (newest === undefined) return undefined;
  const dates = { day, from: dayPlus(day, 1 - historyDays), to: day };
  const answer = await ask({ sql: newest, dates, rows: 1, timeLimitMs: time_limit * 1000 });
  if (answer.kind === 'failed') return undefined;
  const found = dayOf(answer.rows[0]?.[0], localCalendar(zone));
  return found !== null && found > day ? day : found;
}

/** The page from what was measured. */
function pageOf(request: PageRequest, { profile, report, answers, newest }: Measured, warning: string | null): Page {
  const { day, zone, clock, backup, database } = request;
  const now = clock.now();
  const base = { version: 1, zone, day, madeAt: now.toString(), backup } as const;
  if (report === null) {
    const opening = 'The database is empty: it has no tables yet.';
    const title = `${database.name}: daily summary`;
    const warnings = [warning, opening].filter((text) => text !== null);
    return { ...base, title, locale: 'en', opening, warnings, blocks: [], assumptions: [] };
  }
  const wording = wordingOf(report.locale, report.currency);
  const ids = identifiers(report.blocks.map(({ title }) => title));
  const found = report.blocks.map((block, index) =>
    foundOf(ids[index] ?? '', block, answers[index] ?? unanswered, { day, show: report.show, wording }),
  );
  const stale = staleOf(report, found, day, newest, profile);
  const today = now.toZonedDateTimeISO(zone).toPlainDate().toString();
  return {
    ...base,
    title: report.title,
    locale: report.locale,
    opening: openingOf({ day, today, ...headlines(report, found), stale }, wording),
    warnings: [warning, stale === null ? null : staleSentence(stale, wording), failures(found)].filter(
      (text) => text !== null,
    ),
    blocks: found.map(({ block }) => block),
    assumptions: profile === null ? hiddenColumns(report, found) : [...profile.assumptions, howToChange],
  };
}

const howToChange = 'To change any of this, write it down with `nightshift summary init` and set SUMMARY_REPORT.';
const unanswered: Answer = { kind: 'failed', reason: 'it was not asked', code: null };

/** The first figure that counts something, and the first before it that is an amount. */
function headlines({ blocks }: Report, found: readonly Found[]) {
  const figures = blocks.flatMap((block, index) => {
    const one = found[index];
    if (block.kind !== 'kpi' || one?.block.kind !== 'tile') return [];
    return [{ ...block, text: one.block.value, series: one.series ?? [] }];
  });
  const counts = figures.findIndex(({ unit }) => unit !== undefined);
  const [amount] = counts < 0 ? figures : figures.slice(0, counts);
  const count = figures[counts];
  return { amount: amount ?? null, count: count?.unit === undefined ? null : { ...count, unit: count.unit } };
}

/** Whether the report's first figure by day stopped. */
function staleOf(
  { blocks }: Report,
  found: readonly Found[],
  day: string,
  newest: string | null | undefined,
  profile: Profile | null,
): (Staleness & { of: string }) | null {
  const index = found.findIndex(({ series }) => series !== null);
  const first = blocks[index];
  if (first === undefined && newest === undefined) return null;
  const stale = stalenessOf(day, found[index]?.days ?? [], newest);
  const unit = blocks.find((block) => block.kind === 'kpi' && block.unit !== undefined);
  const of = profile?.of ?? (unit?.kind === 'kpi' ? unit.unit : undefined) ?? 'data';
  return stale === null ? null : { ...stale, of };
}

function failures(found: readonly Found[]): string | null {
  const titles = found.filter(({ block }) => block.kind === 'failed').map(({ block }) => `“${block.title}”`);
  if (titles.length === 0) return null;
  return `${titles.length === 1 ? 'One part is' : `${titles.length} parts are`} missing: ${titles.join(', ')}. Each says why in its place.`;
}

function hiddenColumns({ blocks }: Report, found: readonly Found[]): string[] {
  return found.flatMap(({ hidden }, index) =>
    hidden.map(
      (column) =>
        `The column ${column} of “${blocks[index]?.title}” looks personal and is not shown; \`show: [${column}]\` in the report shows it.`,
    ),
  );
}
