import { localDay } from '../../runtime/clock.ts';
import { plural } from '../../runtime/format.ts';
import { type ComputedBlock, computeBlock } from '../blocks/block-computations.ts';
import { blockIds } from '../blocks/block-ids.ts';
import { reportFormat } from '../blocks/locale-format.ts';
import type { Profile } from '../profile/profile.ts';
import type { QueryResult } from '../queries/query.ts';
import type { Report } from '../report/schema.ts';
import { headlineOf, profiledOpening } from './headline.ts';
import { type OpeningFacts, openingText, staleDataText } from './opening-text.ts';
import type { SummaryPage } from './page-model.ts';
import { findStaleData, type StaleData } from './staleness.ts';

export type ReportResults = {
  readonly profile: Profile | null;
  readonly report: Report | null;
  readonly results: readonly QueryResult[];
  /** As the report's `newest` returns it; undefined when the report has none. */
  readonly newest: string | null | undefined;
};

/** What a page is about, besides its results. */
type PageContext = {
  /** Of the database. */
  readonly name: string;
  readonly day: string;
  readonly zone: string;
  readonly now: Temporal.Instant;
  readonly backup: SummaryPage['backup'];
};

/** The page made of a report's results; `warning` is shown first. */
export function assemblePage(
  { name, day, zone, now, backup }: PageContext,
  { profile, report, results, newest }: ReportResults,
  warning: string | null,
): SummaryPage {
  const base = { version: 1, zone, day, madeAt: now.toString(), backup } as const;
  if (report === null) {
    const opening = withoutReport(profile?.tableCount ?? 0);
    const title = `${name}: daily summary`;
    const warnings = [warning, opening].filter((text) => text !== null);
    return { ...base, title, locale: 'en', opening, warnings, blocks: [], assumptions: [] };
  }
  const format = reportFormat(report.locale, report.currency ?? null);
  const ids = blockIds(report.blocks.map(({ title }) => title));
  const computed = report.blocks.map((block, index) =>
    computeBlock(block, results[index] ?? notRun, { id: ids[index] ?? '', day, show: report.show, format }),
  );
  const stale = staleDataOf(report, computed, day, newest, profile);
  const facts: OpeningFacts = { day, today: localDay(now, zone), ...headlines(report, computed), stale };
  return {
    ...base,
    title: report.title,
    locale: report.locale,
    ...(profile === null ? {} : { headline: headlineOf(profile, report, facts) }),
    opening: profile === null ? openingText(facts, format) : profiledOpening(profile, facts, format),
    warnings: [warning, stale === null ? null : staleDataText(stale, format), failedBlocksWarning(computed)].filter(
      (text) => text !== null,
    ),
    blocks: computed.map(({ block }) => block),
    assumptions: profile === null ? hiddenNotes(report, computed) : [...profile.assumptions, howToChange],
  };
}

const howToChange = 'To change any of this, write a report with `nightshift summary init` and set SUMMARY_REPORT.';
function withoutReport(tableCount: number): string {
  if (tableCount === 0) return 'The database is empty: it has no tables yet.';
  return `No figures: ${tableCount === 1 ? 'its table is' : `all of its ${tableCount} tables are`} of the kind that frameworks and indexes make.`;
}

const notRun: QueryResult = { kind: 'failed', reason: 'it was not run', code: null };

/** The first KPI that counts something, and the first before it that is an amount. */
function headlines({ blocks, currency }: Report, computed: readonly ComputedBlock[]) {
  const kpis = blocks.flatMap((block, index) => {
    const kpi = computed[index];
    if (block.kind !== 'kpi' || kpi?.block.kind !== 'kpi') return [];
    const format = block.format === 'money' && currency === undefined ? 'number' : block.format;
    return [{ ...block, format, formatted: kpi.block.value, series: kpi.series ?? [] }];
  });
  const countIndex = kpis.findIndex(({ unit }) => unit !== undefined);
  const [amount] = countIndex < 0 ? kpis : kpis.slice(0, countIndex);
  const count = kpis[countIndex];
  return { amount: amount ?? null, count: count?.unit === undefined ? null : { ...count, unit: count.unit } };
}

/** Whether the data of the report's first series stopped arriving. */
function staleDataOf(
  { blocks }: Report,
  computed: readonly ComputedBlock[],
  day: string,
  newest: string | null | undefined,
  profile: Profile | null,
): (StaleData & { noun: string }) | null {
  const index = computed.findIndex(({ series }) => series !== null);
  const first = blocks[index];
  if (first === undefined && newest === undefined) return null;
  const stale = findStaleData(day, computed[index]?.daysWithData ?? [], newest);
  const unit = blocks.find((block) => block.kind === 'kpi' && block.unit !== undefined);
  const noun = profile?.rowNoun ?? (unit?.kind === 'kpi' ? unit.unit : undefined) ?? 'data';
  return stale === null ? null : { ...stale, noun };
}

function failedBlocksWarning(computed: readonly ComputedBlock[]): string | null {
  const titles = computed.filter(({ block }) => block.kind === 'failed').map(({ block }) => `“${block.title}”`);
  if (titles.length === 0) return null;
  return titles.length === 1
    ? `One block is missing: ${titles[0]}. The reason is shown in its place.`
    : `${titles.length} blocks are missing: ${titles.join(', ')}. The reasons are shown in their places.`;
}

function hiddenNotes({ blocks }: Report, computed: readonly ComputedBlock[]): string[] {
  return computed.flatMap(({ hiddenColumns, hiddenCells }, index) => {
    const title = blocks[index]?.title;
    return [
      ...hiddenColumns.map(
        (column) =>
          `The column ${column} of “${title}” looks personal and is not shown; \`show: [${column}]\` in the report shows it.`,
      ),
      ...hiddenCells.map(
        ({ column, count, kind }) =>
          `${plural(count, 'cell')} of ${column} in “${title}” ${count === 1 ? 'looks' : 'look'} like ${kind} and ${count === 1 ? 'is' : 'are'} not shown; \`show: [${column}]\` in the report shows the column.`,
      ),
    ];
  });
}
