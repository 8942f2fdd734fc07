import type { Answer } from '../measure/question.ts';
import type { Page } from '../page.ts';
import type { Profile } from '../profile/profile.ts';
import type { Report } from '../report/schema.ts';
import { type Found, foundOf } from './block.ts';
import { identifiers } from './identifiers.ts';
import { openingOf, staleMessage } from './opening.ts';
import { type Staleness, stalenessOf } from './staleness.ts';
import { wordingOf } from './wording.ts';

export type Measured = {
  readonly profile: Profile | null;
  readonly report: Report | null;
  readonly answers: readonly Answer[];
  /** As the report's `newest` gives it; undefined when it gives none. */
  readonly newest: string | null | undefined;
};

/** What a page is about, besides the data. */
type About = {
  /** Of the database. */
  readonly name: string;
  readonly day: string;
  readonly zone: string;
  readonly now: Temporal.Instant;
  readonly backup: Page['backup'];
};

/** The page from what was measured; `warning` is said first. */
export function pageOf(
  { name, day, zone, now, backup }: About,
  { profile, report, answers, newest }: Measured,
  warning: string | null,
): Page {
  const base = { version: 1, zone, day, madeAt: now.toString(), backup } as const;
  if (report === null) {
    const opening = 'The database is empty: it has no tables yet.';
    const title = `${name}: daily summary`;
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
    warnings: [warning, stale === null ? null : staleMessage(stale, wording), failures(found)].filter(
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
