import { html } from 'hono/html';
import { localTimestamp } from '../../../runtime/clock.ts';
import { type Block, type FailedBlock, type Note, type Page, type Tile, warningsAfterOpening } from '../../page.ts';
import { chartView } from './chart.ts';
import { documentOf, type Frame, type Html } from './layout.ts';
import { tableView } from './table.ts';
import { tileView } from './tile.ts';
import { type Words, wordsFor } from './words.ts';

/** One stored summary, with the days around it. */
export function dayPage(frame: Frame, page: Page, around: { previous: string | null; next: string | null }): Html {
  const words = wordsFor(page.locale);
  return documentOf(frame, {
    title: `${words.shortDay(page.day)} · ${page.title}`,
    place: 'day',
    hero: html`${frame.scope === 'all' ? dayNavigation(around, words) : ''}
<h1>${words.longDay(page.day)}</h1>
<p class="opening">${page.opening}</p>`,
    body: html`${warningsView(warningsAfterOpening(page))}
${grouped(page.blocks).map((group) => groupView(group, page, words))}
${assumptionsView(page.assumptions)}
<footer class="ending">
<p class="state ${page.backup.ok ? 'good' : 'bad'}">${page.backup.message}</p>
<p>Made ${localTimestamp(Temporal.Instant.from(page.madeAt), page.zone).slice(0, 16)} (${page.zone}), and kept as it was sent.</p>
${frame.scope === 'day' ? html`<p>This link opens this day only. <a href="/login">Sign in</a> to see the others.</p>` : ''}
</footer>`,
  });
}

function dayNavigation({ previous, next }: { previous: string | null; next: string | null }, words: Words): Html {
  const link = (day: string | null, rel: string, before: string, after: string, none: string) =>
    day === null
      ? html`<span class="step ${rel}">${none}</span>`
      : html`<a class="step ${rel}" rel="${rel}" href="/day/${day}"><span aria-hidden="true">${before}</span><span class="unseen">${rel === 'prev' ? 'Previous' : 'Next'} day: </span>${words.shortDay(day)}<span aria-hidden="true">${after}</span></a>`;
  return html`<nav class="days" aria-label="Days">${link(previous, 'prev', '‹ ', '', 'First day')}${link(next, 'next', '', ' ›', 'Latest day')}</nav>`;
}

function warningsView(warnings: readonly string[]): Html | '' {
  if (warnings.length === 0) return '';
  return html`<section class="warnings" aria-label="Warnings">${warnings.map((warning) => html`<p>${warning}</p>`)}</section>`;
}

/** Neighbouring tiles share a grid; every other block stands alone. */
function grouped(blocks: readonly Block[]): (readonly Tile[] | Exclude<Block, Tile>)[] {
  const groups: (Tile[] | Exclude<Block, Tile>)[] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (block.kind !== 'tile') groups.push(block);
    else if (Array.isArray(last)) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function groupView(group: readonly Tile[] | Exclude<Block, Tile>, page: Page, words: Words): Html {
  if ('kind' in group) return blockView(group, page, words);
  return html`<div class="tiles">${group.map(tileView)}</div>`;
}

function blockView(block: Exclude<Block, Tile>, page: Page, words: Words): Html {
  switch (block.kind) {
    case 'chart':
      return chartView(block, words);
    case 'table':
      return tableView(block, `/day/${page.day}/table/${encodeURIComponent(block.id)}.csv`);
    case 'note':
      return noteView(block);
    case 'failed':
      return failedView(block);
  }
}

function noteView({ id, title, text }: Note): Html {
  return html`<section class="card note" id="${id}"><h2>${title}</h2><p>${text}</p></section>`;
}

function failedView({ id, title, reason }: FailedBlock): Html {
  return html`<section class="card failed" id="${id}"><h2>${title}</h2><p>Not shown: ${reason}</p></section>`;
}

function assumptionsView(assumptions: readonly string[]): Html | '' {
  if (assumptions.length === 0) return '';
  return html`<details class="card assumptions"><summary>What was assumed of this database</summary>
<ul>${assumptions.map((assumption) => html`<li>${assumption}</li>`)}</ul></details>`;
}
