import { html } from 'hono/html';
import type { Run, StoreListing } from '../../../monitoring/history/history.ts';
import { localTimestamp } from '../../../runtime/clock.ts';
import type { Failure } from '../../../runtime/errors.ts';
import { agePhrase, formatBytes, formatCount, formatDuration } from '../../../runtime/format.ts';
import { localeFormat } from '../../blocks/locale-format.ts';
import type { SeriesBlock, TableBlock } from '../../page/page-model.ts';
import type { Html, SiteContext } from '../../views/block-view.ts';
import { seriesView } from '../../views/series-view.ts';
import { tableView } from '../../views/table-view.ts';
import { type BackupState, backupCharts } from '../status/backup-states.ts';
import { secondsOf } from '../status/run-charts.ts';
import { type SummaryState, summaryCharts } from '../status/summary-states.ts';
import { type PageFrame, renderPage } from './layout.ts';

export type StatusPageData = {
  readonly zone: string;
  readonly now: Temporal.Instant;
  /** Newest day first. */
  readonly summaries: readonly SummaryState[];
  /** Or why the history of backups cannot be read. */
  readonly backups: readonly BackupState[] | Failure;
};

const maxRuns = 20;
const maxMarks = 30;
const context: SiteContext = { format: localeFormat('en-GB'), csvPath: () => null };

/** Whether summaries are being sent and backups made, then the runs. */
export function statusPage(frame: PageFrame, { zone, now, summaries, backups }: StatusPageData): Html {
  const [latest] = summaries;
  const states = backups instanceof Error ? [] : backups;
  return renderPage(frame, {
    title: `Status · ${frame.brand}`,
    current: 'status',
    headline: html`<h1 class="large">Status</h1><p class="lead">The runs of the two jobs. Times are ${zone}.</p>`,
    body: html`<section class="card"><h2>At a glance</h2>
<p class="state ${latest?.tone ?? 'waiting'}">${latest === undefined ? 'No summary was created yet.' : `Summary of ${latest.day}: ${latest.message}`}</p>
${runStrip(summaries.map(({ tone, day, message }) => ({ tone, text: `${day}: ${message}` })))}
${states.map((state) => backupSummary(state, zone))}
${backups instanceof Error ? html`<p class="state ${backups.code === 'HISTORY_MISSING' ? 'waiting' : 'bad'}">Backups: ${backups.message}</p>` : ''}
</section>
${chartsView(summaryCharts(summaries))}
${tableView.site(summaryTable(summaries, zone), context)}
${states.map((state) => backupView(state, zone, now))}`,
  });
}

function backupSummary({ status }: BackupState, zone: string): Html {
  const { name, ok, health, problems, newestGood, recentRuns, activeRun } = status;
  const marks = recentRuns.slice(0, maxMarks).map(({ outcome, startedAt, suspect }) => ({
    tone: outcome === 'running' ? 'waiting' : outcome === 'succeeded' && suspect === null ? 'good' : 'bad',
    text: `${localTimestamp(startedAt, zone)}: ${outcome}${suspect === null ? '' : ', suspect'}`,
  }));
  // A first backup that is under way or still to come is no alarm yet.
  const isWaiting = health.healthy && newestGood === null && problems.length === 0 && activeRun?.isAlive !== 'no';
  return html`<p class="state ${ok ? 'good' : isWaiting ? 'waiting' : 'bad'}">Backup of ${name}: ${[health.reason, ...problems].join('; ')}.</p>
${runStrip(marks)}`;
}

/** The last runs as a row of marks, oldest first; given newest first. */
function runStrip(marks: readonly { readonly tone: string; readonly text: string }[]): Html | '' {
  if (marks.length === 0) return '';
  return html`<ol class="run-strip">${marks.toReversed().map(({ tone, text }) => html`<li class="${tone}" title="${text}"><span class="visually-hidden">${text}</span></li>`)}</ol>`;
}

function backupView(state: BackupState, zone: string, now: Temporal.Instant): Html {
  const { restores } = state;
  const { name: database, recentRuns, listing } = state.status;
  const runs = runTable(`${database}-backups`, `Backups of ${database}`, recentRuns.slice(0, maxRuns), zone);
  const restored = runTable(`${database}-restores`, `Restores of ${database}`, restores, zone);
  return html`${chartsView(backupCharts(state, (at) => localTimestamp(at, zone).slice(0, 16)))}
${listing === null ? '' : tableView.site(storeTable(database, listing, now), context)}
${tableView.site(runs, context)}
${restores.length === 0 ? '' : tableView.site(restored, context)}`;
}

function chartsView(charts: readonly SeriesBlock[]): Html | '' {
  if (charts.length === 0) return '';
  return html`<div class="charts">${charts.map((chart) => seriesView.site(chart, context))}</div>`;
}

function summaryTable(summaries: readonly SummaryState[], zone: string): TableBlock {
  const rows = summaries.map(({ day, message, run, deliveries }) => {
    const seconds = run === null ? null : secondsOf(run);
    return [
      day,
      message,
      run === null ? '' : localTimestamp(run.startedAt, zone),
      seconds === null ? '' : formatDuration(seconds),
      run === null || run.mailBytes === null ? '' : formatBytes(run.mailBytes),
      deliveries
        .map(({ recipient, state }) => (state === 'accepted' ? recipient : `${recipient} (${state})`))
        .join(', '),
    ];
  });
  const titles = ['Day', 'Outcome', 'Started', '>Took', '>Mail', 'To'];
  return table('summaries', 'Summaries, the last 30 days', rows, titles);
}

/** How much the store holds for each rung. */
function storeTable(database: string, { at, rungs }: StoreListing, now: Temporal.Instant): TableBlock {
  const rows = rungs.map(({ rung, backups, bytes }) => [rung, formatCount(backups), formatBytes(bytes)]);
  const title = `Backups of ${database} in the store, as a run listed them ${agePhrase(at, now)}`;
  return table(`${database}-store`, title, rows, ['Kept as', '>Backups', '>Size']);
}

function runTable(id: string, title: string, runs: readonly Run[], zone: string): TableBlock {
  const rows = runs.map((run) => {
    const seconds = secondsOf(run);
    return [
      localTimestamp(run.startedAt, zone),
      run.suspect === null ? run.outcome : `${run.outcome}, suspect`,
      seconds === null ? '' : formatDuration(seconds),
      run.archiveBytes === null ? '' : formatBytes(run.archiveBytes),
      run.snapshotBytes === null ? '' : formatBytes(run.snapshotBytes),
      run.rows === null ? '' : formatCount(run.rows),
      run.message ?? run.suspect ?? run.verification ?? '',
    ];
  });
  return table(id, title, rows, ['Started', 'Outcome', '>Took', '>Backup', '>Database', '>Rows', 'Note']);
}

/** A column whose title begins with `>` is aligned right. */
function table(id: string, title: string, rows: readonly string[][], titles: readonly string[]): TableBlock {
  const columns = titles.map((text) =>
    text.startsWith('>')
      ? ({ title: text.slice(1), align: 'right' } as const)
      : ({ title: text, align: 'left' } as const),
  );
  return { kind: 'table', id, title, emptyText: 'None yet.', columns, rows, values: rows, omittedRows: 0 };
}
