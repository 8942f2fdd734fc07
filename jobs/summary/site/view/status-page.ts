import { html } from 'hono/html';
import { localTimestamp } from '../../../platform/clock.ts';
import { formatBytes, formatCount, formatDuration } from '../../../platform/format.ts';
import type { Run } from '../../../platform/history.ts';
import type { Table } from '../../page.ts';
import { type BackupState, backupCharts, secondsOf } from '../status/backups.ts';
import type { SummaryState } from '../status/summaries.ts';
import { chartView } from './chart.ts';
import { documentOf, type Frame, type Html } from './layout.ts';
import { tableView } from './table.ts';
import { wordsFor } from './words.ts';

export type StatusFacts = {
  readonly zone: string;
  /** Newest day first. */
  readonly summaries: readonly SummaryState[];
  /** Null when there is no history of backups to read. */
  readonly backups: readonly BackupState[] | null;
};

const runsListed = 20;

/** Are summaries being sent, are backups being made: the answers first, then the runs. */
export function statusPage(frame: Frame, { zone, summaries, backups }: StatusFacts): Html {
  const [latest] = summaries;
  return documentOf(frame, {
    title: `Status · ${frame.brand}`,
    place: 'status',
    hero: html`<h1 class="large">Status</h1><p class="lead">What the two nightly jobs did. Times are ${zone}.</p>`,
    body: html`<section class="card"><h2>In one look</h2>
<p class="state ${latest?.tone ?? 'waiting'}">${latest === undefined ? 'No summary was made yet.' : `Summary of ${latest.day}: ${latest.sentence}`}</p>
${(backups ?? []).map(({ database, health }) => html`<p class="state ${health.healthy ? 'good' : 'bad'}">Backup of ${database}: ${health.reason}.</p>`)}
${backups === null ? html`<p class="state waiting">No history of backups can be read here.</p>` : ''}
</section>
${tableView(summaryTable(summaries, zone), null)}
${(backups ?? []).map((state) => backupView(state, zone))}`,
  });
}

function backupView(state: BackupState, zone: string): Html {
  const words = wordsFor('en-GB');
  const charts = backupCharts(state, (at) => localTimestamp(at, zone).slice(0, 16));
  return html`${charts.length === 0 ? '' : html`<div class="pair">${charts.map((chart) => chartView(chart, words))}</div>`}
${tableView(runTable(`${state.database}-backups`, `Backups of ${state.database}`, state.backups.slice(0, runsListed), zone), null)}
${state.restores.length === 0 ? '' : tableView(runTable(`${state.database}-restores`, `Restores of ${state.database}`, state.restores, zone), null)}`;
}

function summaryTable(summaries: readonly SummaryState[], zone: string): Table {
  const rows = summaries.map(({ day, sentence, madeAt, seconds, deliveries }) => [
    day,
    sentence,
    madeAt === null ? '' : localTimestamp(madeAt, zone),
    seconds === null ? '' : formatDuration(seconds),
    deliveries.map(({ recipient, state }) => (state === 'accepted' ? recipient : `${recipient} (${state})`)).join(', '),
  ]);
  return table('summaries', 'Summaries, the last 30 days', rows, ['Day', 'Outcome', 'Made at', '>Sent after', 'To']);
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
      run.sentence ?? run.suspect ?? run.proof ?? '',
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
