import { html } from 'hono/html';
import { type LocaleFormat, localeFormat } from '../../blocks/locale-format.ts';
import type { SummaryPage } from '../../page/page-model.ts';
import type { Html } from '../../views/block-view.ts';
import { type CalendarDay, type Month, monthOfDay } from '../calendar.ts';
import { type PageFrame, renderPage } from './layout.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A month as a grid of days, and as a list of the opening of each day. `pages` are the month's, by day. */
export function calendarPage(frame: PageFrame, month: Month, pages: ReadonlyMap<string, SummaryPage>): Html {
  const newest = [...pages.values()].at(-1);
  const format = localeFormat(newest?.locale ?? 'en-GB');
  return renderPage(frame, {
    title: `${format.month(month.month)} · ${frame.brand}`,
    current: 'calendar',
    headline: html`${monthNavigation(month, format)}<h1 class="large">${format.month(month.month)}</h1>`,
    body: html`<section class="card" aria-label="Days of ${format.month(month.month)}"><table class="month">
<thead><tr>${weekdays.map((weekday) => html`<th scope="col">${weekday}</th>`)}</tr></thead>
<tbody>${month.weeks.map((week) => html`<tr>${week.map((day) => html`<td>${dayCell(day, pages, format)}</td>`)}</tr>`)}</tbody>
</table></section>
${openingsView([...pages.values()].toReversed(), format)}`,
  });
}

function monthNavigation({ previous, next }: Month, format: LocaleFormat): Html {
  const link = (month: string | null, rel: string, before: string, after: string) =>
    month === null
      ? html`<span></span>`
      : html`<a class="step" rel="${rel}" href="/calendar/${month}"><span aria-hidden="true">${before}</span>${format.month(month)}<span aria-hidden="true">${after}</span></a>`;
  return html`<nav class="days" aria-label="Months">${link(previous, 'prev', '‹ ', '')}${link(next, 'next', '', ' ›')}</nav>`;
}

function dayCell(cell: CalendarDay | null, pages: ReadonlyMap<string, SummaryPage>, format: LocaleFormat): Html | '' {
  if (cell === null) return '';
  const page = pages.get(cell.day);
  if (!cell.hasSummary || page === undefined) return html`<span>${cell.number}</span>`;
  const kpi = page.blocks.find((block) => block.kind === 'kpi');
  const hasWarning = page.warnings.length > 0;
  const hiddenText = `${format.month(monthOfDay(cell.day))}${hasWarning ? ', with a warning' : ''}`;
  return html`<a class="${hasWarning ? 'has-warning' : ''}" href="/day/${cell.day}">${cell.number}${hasWarning ? ' !' : ''}<span class="visually-hidden"> ${hiddenText}</span>${
    kpi === undefined ? '' : html`<small><span class="visually-hidden">${kpi.title}: </span>${kpi.value}</small>`
  }</a>`;
}

function openingsView(pages: readonly SummaryPage[], format: LocaleFormat): Html | '' {
  if (pages.length === 0) return html`<p class="card">There are no summaries for this month.</p>`;
  return html`<section class="card"><h2>Day by day</h2><ul class="openings">${pages.map(
    ({ day, opening }) =>
      html`<li><a href="/day/${day}"><span>${format.weekdayAndDay(day)}</span> <span>${opening}</span></a></li>`,
  )}</ul></section>`;
}
