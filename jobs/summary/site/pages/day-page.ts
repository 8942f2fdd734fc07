import { html } from 'hono/html';
import { localTimestamp } from '../../../runtime/clock.ts';
import { type LocaleFormat, localeFormat } from '../../blocks/locale-format.ts';
import { groupKpis, type SummaryPage, warningsAfterOpening } from '../../page/page-model.ts';
import type { Html } from '../../views/block-view.ts';
import { viewOf } from '../../views/block-views.ts';
import { kpiView } from '../../views/kpi-view.ts';
import { type PageFrame, renderPage } from './layout.ts';

type Neighbours = { readonly previous: string | null; readonly next: string | null };

/** One stored summary, with links to the days before and after it. */
export function dayPage(frame: PageFrame, page: SummaryPage, neighbours: Neighbours): Html {
  const format = localeFormat(page.locale);
  return renderPage(frame, {
    title: `${format.weekdayAndDay(page.day)} · ${page.title}`,
    current: 'day',
    headline: html`${frame.scope === 'all' ? dayNavigation(neighbours, format) : ''}
<h1>${format.longDay(page.day)}</h1>
<p class="opening">${page.opening}</p>`,
    body: html`${warningsView(warningsAfterOpening(page))}
${blocksView(page, format)}
${assumptionsView(page.assumptions)}
<footer class="page-footer">
<p class="state ${page.backup.ok ? 'good' : 'bad'}">${page.backup.message}</p>
<p>Created ${localTimestamp(Temporal.Instant.from(page.madeAt), page.zone).slice(0, 16)} (${page.zone}), shown as it was sent.</p>
${frame.scope === 'day' ? html`<p>This link opens this day only. <a href="/login">Sign in</a> to see the others.</p>` : ''}
</footer>`,
  });
}

function dayNavigation({ previous, next }: Neighbours, format: LocaleFormat): Html {
  const link = (day: string | null, rel: string, before: string, after: string, none: string) =>
    day === null
      ? html`<span class="step ${rel}">${none}</span>`
      : html`<a class="step ${rel}" rel="${rel}" href="/day/${day}"><span aria-hidden="true">${before}</span><span class="visually-hidden">${rel === 'prev' ? 'Previous' : 'Next'} day: </span>${format.weekdayAndDay(day)}<span aria-hidden="true">${after}</span></a>`;
  return html`<nav class="days" aria-label="Days">${link(previous, 'prev', '‹ ', '', 'First day')}${link(next, 'next', '', ' ›', 'Latest day')}</nav>`;
}

function warningsView(warnings: readonly string[]): Html | '' {
  if (warnings.length === 0) return '';
  return html`<section class="warnings" aria-label="Warnings">${warnings.map((warning) => html`<p>${warning}</p>`)}</section>`;
}

function blocksView({ day, blocks }: SummaryPage, format: LocaleFormat): Html[] {
  const csvPath = (id: string) => `/day/${day}/table/${encodeURIComponent(id)}.csv`;
  const context = { format, csvPath };
  return groupKpis(blocks).map((group) =>
    'kind' in group
      ? viewOf(group).site(group, context)
      : html`<div class="kpis">${group.map((kpi) => kpiView.site(kpi, context))}</div>`,
  );
}

function assumptionsView(assumptions: readonly string[]): Html | '' {
  if (assumptions.length === 0) return '';
  return html`<details class="card assumptions"><summary>Assumptions about this database</summary>
<ul>${assumptions.map((assumption) => html`<li>${assumption}</li>`)}</ul></details>`;
}
