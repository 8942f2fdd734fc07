import { html } from 'hono/html';
import type { Run } from '../../../monitoring/history/history.ts';
import { localTimestamp } from '../../../runtime/clock.ts';
import type { Failure } from '../../../runtime/errors.ts';
import { formatBytes, formatCount, formatDuration } from '../../../runtime/format.ts';
import type { Chart, Table } from '../../page.ts';
import { type BackupState, backupCharts } from '../status/backups.ts';
import { secondsOf } from '../status/measured.ts';
import { type SummaryState, summaryCharts } from '../status/summaries.ts';
import { chartView } from './chart.ts';
import { documentOf, type Frame, type Html } from './layout.ts';
import { tableView } from './table.ts';
import { wordsFor } from './words.ts';

export type StatusFacts = {
  readonly zone: string;
  /** Newest day first. */
  readonly summaries: readonly SummaryState[];
  /** Or why the history of backups cannot be read. */
  readonly backups: readonly BackupState[] | Failure;
};

const runsListed = 20;
const marksShown = 30;

/** Are summaries being sent, are backups being made: the answers first, then the runs. */
export function statusPage(frame: Frame, { zone, summaries, backups }: StatusFacts): Html {
  const [latest] = summaries;
  const states = backups instanceof Error ? [] : backups;
  return documentOf(frame, {
    title: `Status · ${frame.brand}`,
    place: 'status',
    hero: html`<h1 class="large">Status</h1><p class="lead">What the two nightly jobs did. Times are ${zone}.</p>`,
    body: html`<section class="card"><h2>In one look</h2>
<p class="state ${latest?.tone ?? 'waiting'}">${latest === undefined ? 'No summary was made yet.' : `Summary of ${latest.day}: ${latest.message}`}</p>
${stripView(summaries.map(({ tone, day, message }) => ({ tone, text: `${day}: ${message}` })))}
${states.map((state) => backupLook(state, zone))}
${backups instanceof Error ? html`<p class="state ${backups.code === 'HISTORY_MISSING' ? 'waiting' : 'bad'}">Backups: ${backups.message}</p>` : ''}
</section>
${chartPair(summaryCharts(summaries))}
${tableView(summaryTable(summaries, zone), null)}
${states.map((state) => backupView(state, zone))}`,
  });
}

function backupLook({ status }: BackupState, zone: string): Html {
  const { name, ok, health, wrongs, newestGood, recentRuns, underWay } = status;
  const marks = recentRuns.slice(0, marksShown).map(({ outcome, startedAt, suspect }) => ({
    tone: outcome === 'running' ? 'waiting' : outcome === 'succeeded' && suspect === null ? 'good' : 'bad',
    text: `${localTimestamp(startedAt, zone)}: ${outcome}${suspect === null ? '' : ', suspect'}`,
  }));
  // A first backup that is under way or still to come is no alarm yet.
  const isWaiting = health.healthy && newestGood === null && wrongs.length === 0 && underWay?.isAlive !== 'no';
  return html`<p class="state ${ok ? 'good' : isWaiting ? 'waiting' : 'bad'}">Backup of ${name}: ${[health.reason, ...wrongs].join('; ')}.</p>
${stripView(marks)}`;
}

/** The last runs as a row of marks, oldest first; given newest first. */
function stripView(marks: readonly { readonly tone: string; readonly text: string }[]): Html | '' {
  if (marks.length === 0) return '';
  return html`<ol class="strip">${marks.toReversed().map(({ tone, text }) => html`<li class="${tone}" title="${text}"><span class="unseen">${text}</span></li>`)}</ol>`;
}

function backupView(state: BackupState, zone: string): Html {
  const { restores } = state;
  const { name: database, recentRuns } = state.status;
  const runs = runTable(`${database}-backups`, `Backups of ${database}`, recentRuns.slice(0, runsListed), zone);
  const restored = runTable(`${database}-restores`, `Restores of ${database}`, restores, zone);
  return html`${chartPair(backupCharts(state, (at) => localTimestamp(at, zone).slice(0, 16)))}
${tableView(runs, null)}
${restores.length === 0 ? '' : tableView(restored, null)}`;
}

function chartPair(charts: readonly Chart[]): Html | '' {
  const words = wordsFor('en-GB');
  return charts.length === 0 ? '' : html`<div class="pair">${charts.map((chart) => chartView(chart, words))}</div>`;
}

function summaryTable(summaries: readonly SummaryState[], zone: string): Table {
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

function runTable(id: string, title: string, runs: readonly Run[], zone: string): Table {
  const rows = runs.map((run) => {
    const seconds = secondsOf(run);
    return [
      localTimestamp(run.startedAt, zone),
      run.suspect === null ? run.outcome : `${run.outcome}, suspect`,
      seconds === null ? '' : formatDuration(seconds),
      run.archiveBytes === null ? '' : formatBytes(run.archiveBytes),
      run.snapshotBytes === null ? '' : formatBytes(run.snapshotBytes),
      run.rows === null ? '' : formatCount(run.rows),
      run.message ?? run.suspect ?? run.proof ?? '',
    ];
  });
  return table(id, title, rows, ['Started', 'Outcome', '>Took', '>Backup', '>Database', '>Rows', 'Note']);
}

/** A column whose title begins with `>` holds numbers, on the right. */
function table(id: string, title: string, rows: readonly string[][], titles: readonly string[]): Table {
  const columns = titles.map((text) =>
    text.startsWith('>')
      ? ({ title: text.slice(1), align: 'right' } as const)
      : ({ title: text, align: 'left' } as const),
  );
  return { kind: 'table', id, title, tone: 'plain', none: 'None yet.', columns, rows, values: rows, left: 0 };
}
