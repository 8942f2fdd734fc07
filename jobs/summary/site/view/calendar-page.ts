import { html } from 'hono/html';
import type { Page } from '../../page.ts';
import { type CalendarDay, type Month, monthOfDay } from '../calendar.ts';
import { documentOf, type Frame, type Html } from './layout.ts';
import { type Words, wordsFor } from './words.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A month as a grid of days, and as a list of what each day said first. `pages` are the month's, by day. */
export function calendarPage(frame: Frame, month: Month, pages: ReadonlyMap<string, Page>): Html {
  const newest = [...pages.values()].at(-1);
  const words = wordsFor(newest?.locale ?? 'en-GB');
  return documentOf(frame, {
    title: `${words.month(month.month)} · ${frame.brand}`,
    place: 'calendar',
    hero: html`${monthNavigation(month, words)}<h1 class="large">${words.month(month.month)}</h1>`,
    body: html`<section class="card" aria-label="Days of ${words.month(month.month)}"><table class="month">
<thead><tr>${weekdays.map((weekday) => html`<th scope="col">${weekday}</th>`)}</tr></thead>
<tbody>${month.weeks.map((week) => html`<tr>${week.map((day) => html`<td>${dayCell(day, pages, words)}</td>`)}</tr>`)}</tbody>
</table></section>
${storiesView([...pages.values()].toReversed(), words)}`,
  });
}

function monthNavigation({ previous, next }: Month, words: Words): Html {
  const link = (month: string | null, rel: string, before: string, after: string) =>
    month === null
      ? html`<span></span>`
      : html`<a class="step" rel="${rel}" href="/calendar/${month}"><span aria-hidden="true">${before}</span>${words.month(month)}<span aria-hidden="true">${after}</span></a>`;
  return html`<nav class="days" aria-label="Months">${link(previous, 'prev', '‹ ', '')}${link(next, 'next', '', ' ›')}</nav>`;
}

function dayCell(cell: CalendarDay | null, pages: ReadonlyMap<string, Page>, words: Words): Html | '' {
  if (cell === null) return '';
  const page = pages.get(cell.day);
  if (!cell.kept || page === undefined) return html`<span>${cell.number}</span>`;
  const first = page.blocks.find((block) => block.kind === 'tile');
  const warned = page.warnings.length > 0;
  const rest = `${words.month(monthOfDay(cell.day))}${warned ? ', with a warning' : ''}`;
  return html`<a class="${warned ? 'warned' : ''}" href="/day/${cell.day}">${cell.number}${warned ? ' !' : ''}<span class="unseen"> ${rest}</span>${
    first === undefined ? '' : html`<small><span class="unseen">${first.title}: </span>${first.value}</small>`
  }</a>`;
}

function storiesView(pages: readonly Page[], words: Words): Html | '' {
  if (pages.length === 0) return html`<p class="card">No summary is kept of this month.</p>`;
  return html`<section class="card"><h2>Day by day</h2><ul class="stories">${pages.map(
    ({ day, opening }) =>
      html`<li><a href="/day/${day}"><span>${words.shortDay(day)}</span> <span>${opening}</span></a></li>`,
  )}</ul></section>`;
}
