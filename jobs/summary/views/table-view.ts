import { html } from 'hono/html';
import { formatCount, plural } from '../../runtime/format.ts';
import type { ExceptionsBlock, TableBlock } from '../page/page-model.ts';
import type { BlockView, Html, MailContext } from './block-view.ts';
import { mailHeading, moreText } from './mail-parts.ts';
import { styles } from './mail-styles.ts';
import { textColumns, textHeading } from './text-parts.ts';

type AnyTable = TableBlock | ExceptionsBlock;

export const tableView: BlockView<TableBlock> = {
  text: tableText,
  mail: (block, context) => mailTable(block, null, context),
  site: (block, { csvPath }) => siteTable(block, '', csvPath(block.id)),
};

/** A table whose rows are counted, and the count highlighted. */
export const exceptionsView: BlockView<ExceptionsBlock> = {
  text: tableText,
  mail: (block, context) => mailTable(block, plural(block.omittedRows + block.rows.length, 'row'), context),
  site(block, { csvPath }) {
    const { rows, omittedRows } = block;
    const count = rows.length > 0 ? html`<span class="count">${formatCount(rows.length + omittedRows)}</span>` : '';
    return siteTable(block, count, csvPath(block.id));
  },
};

const maxTextRows = 50;

function tableText({ title, columns, rows, omittedRows, emptyText }: AnyTable): string {
  if (rows.length === 0) return `${textHeading(title)}\n${emptyText}`;
  const shown = rows.slice(0, maxTextRows);
  const hidden = omittedRows + rows.length - shown.length;
  const lines = textColumns(
    [columns.map((column) => column.title), ...shown],
    columns.map(({ align }) => align),
  );
  return `${textHeading(title)}\n${hidden === 0 ? lines : `${lines}\n  and ${plural(hidden, 'more row')}`}`;
}

function mailTable(block: AnyTable, count: string | null, { maxRows, link }: MailContext): Html {
  const { title, emptyText, columns, rows, omittedRows } = block;
  if (rows.length === 0) return html`${mailHeading(title)}<p class="muted" style="${styles.body}">${emptyText}</p>`;
  const shown = rows.slice(0, maxRows);
  const hidden = omittedRows + rows.length - shown.length;
  const spacing = (index: number) =>
    `${columns[index]?.align === 'right' ? 'white-space:nowrap;' : ''}${index === columns.length - 1 ? '' : 'padding-right:14px'}`;
  return html`${mailHeading(title, count)}
<table width="100%" cellpadding="0" cellspacing="0" border="0"><tr>${columns.map(
    (column, index) =>
      html`<th class="muted" scope="col" align="${column.align}" valign="bottom" style="${styles.headCell};${spacing(index)}">${column.title}</th>`,
  )}</tr>
${shown.map(
  (cells) =>
    html`<tr>${cells.map(
      (cell, index) =>
        html`<td class="text line" align="${columns[index]?.align ?? 'left'}" valign="top" style="${styles.cell};${spacing(index)}">${cell}</td>`,
    )}</tr>\n`,
)}</table>${hidden > 0 ? html`<p class="muted" style="${styles.small};padding-top:6px">${moreText(hidden, 'row', link)}</p>` : ''}`;
}

/** A table that scrolls sideways where the screen is narrow. */
function siteTable(block: AnyTable, count: Html | '', csvPath: string | null): Html {
  const { kind, id, title, emptyText, rows } = block;
  const download =
    csvPath === null || rows.length === 0
      ? ''
      : html`<a class="download" href="${csvPath}" download>CSV<span class="visually-hidden"> of ${title}</span></a>`;
  return html`<section class="card ${kind}" id="${id}">
<div class="heading"><h2>${title}</h2>${count}${download}</div>
${rows.length === 0 ? html`<p class="empty">${emptyText}</p>` : siteGrid(block)}
</section>`;
}

/** Cells of a column stay on one line when none is longer. */
const maxShortCell = 24;

function siteGrid({ title, columns, rows, omittedRows }: AnyTable): Html {
  const classes = columns.map(({ align }, index) =>
    align === 'right' ? 'right' : rows.every((row) => (row[index]?.length ?? 0) <= maxShortCell) ? 'short' : '',
  );
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr>${columns.map((column, index) => html`<th scope="col" class="${classes[index]}">${column.title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => html`<td class="${classes[index]}">${cell}</td>`)}</tr>`)}</tbody>
</table></div>${omittedRows > 0 ? html`<p class="more">and ${formatCount(omittedRows)} more</p>` : ''}`;
}
