import { html } from 'hono/html';
import { formatCount } from '../../../runtime/format.ts';
import type { Table } from '../../page.ts';
import type { Html } from './layout.ts';

/** A table, which scrolls by itself where the screen is narrow; `csv` is where to take it away from, or null. */
export function tableView(table: Table, csv: string | null): Html {
  const { id, title, tone, none, rows } = table;
  const download =
    csv === null || rows.length === 0
      ? ''
      : html`<a class="download" href="${csv}" download>CSV<span class="unseen"> of ${title}</span></a>`;
  return html`<section class="card table ${tone}" id="${id}">
<div class="heading"><h2>${title}</h2>${tone === 'exceptions' && rows.length > 0 ? html`<span class="count">${formatCount(rows.length + table.left)}</span>` : ''}${download}</div>
${rows.length === 0 ? html`<p class="none">${none === '' ? 'No rows.' : none}</p>` : gridView(table)}
</section>`;
}

/** Cells up to this many characters stay on one line when all of their column do. */
const shortCell = 24;

function gridView({ title, columns, rows, left }: Table): Html {
  const classes = columns.map(({ align }, index) =>
    align === 'right' ? 'right' : rows.every((row) => (row[index]?.length ?? 0) <= shortCell) ? 'short' : '',
  );
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr>${columns.map((column, index) => html`<th scope="col" class="${classes[index]}">${column.title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => html`<td class="${classes[index]}">${cell}</td>`)}</tr>`)}</tbody>
</table></div>${left > 0 ? html`<p class="left">and ${formatCount(left)} more</p>` : ''}`;
}
