import { html } from 'hono/html';
import { plural } from '../../runtime/format.ts';
import type { Block, Chart, Comparison, FailedBlock, Note, Page, Table, Tile } from '../page.ts';
import { wordsFor } from '../site/view/words.ts';
import { colours } from './colours.ts';
import { isBarList } from './drawn.ts';
import type { Shown } from './html.ts';
import { styles } from './style.ts';

type Html = ReturnType<typeof html>;

/** All blocks as rows of the mail's table; tiles that follow each other stand beside each other. */
export function blockRows(page: Page, shown: Shown): Html[] {
  const blocks = page.blocks.slice(0, shown.blocks);
  const rows: Html[] = [];
  let tiles: Tile[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'tile') {
      rows.push(row(blockHtml(block, shown)));
      continue;
    }
    tiles.push(block);
    if (blocks[index + 1]?.kind === 'tile') continue;
    rows.push(...tileRows(tiles, shown));
    tiles = [];
  }
  const left = page.blocks.length - blocks.length;
  if (left > 0)
    rows.push(row(html`<p class="muted" style="${styles.small}">${moreText(left, 'part', shown.link)}</p>`));
  return rows;
}

/** Three in a row when that leaves no hole, else two. */
function tileRows(tiles: readonly Tile[], shown: Shown): Html[] {
  const perRow = tiles.length % 3 === 0 ? 3 : 2;
  return Array.from({ length: Math.ceil(tiles.length / perRow) }, (_, index) =>
    row(tileRow(tiles.slice(index * perRow, (index + 1) * perRow), perRow, shown)),
  );
}

function row(content: Html): Html {
  return html`<tr><td class="edge" style="padding:0 24px 22px 24px">${content}</td></tr>\n`;
}

function blockHtml(block: Exclude<Block, Tile>, shown: Shown): Html {
  switch (block.kind) {
    case 'chart':
      return chartHtml(block, shown);
    case 'table':
      return tableHtml(block, shown);
    case 'note':
      return noteHtml(block);
    case 'failed':
      return failedHtml(block);
  }
}

function tileRow(tiles: readonly Tile[], perRow: 2 | 3, shown: Shown): Html {
  const width = perRow === 3 ? '31%' : '48%';
  const gap = html`<td class="gap" width="${perRow === 3 ? '3.5%' : '4%'}" style="font-size:0;line-height:0">&nbsp;</td>`;
  const cells = Array.from({ length: perRow }, (_, index) => {
    const tile = tiles[index];
    const content = tile === undefined ? '' : tileHtml(tile, shown);
    return html`${index === 0 ? '' : gap}<td class="tile" width="${width}" valign="top">${content}</td>`;
  });
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
${cells}
</tr></table>`;
}

function tileHtml(tile: Tile, shown: Shown): Html {
  const { id, title, value, comparisons, spark, anomaly } = tile;
  const source = shown.imageSource(id);
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="box" style="border-top:2px solid ${colours.line};padding:10px 0 0 0">
<p class="muted" style="${styles.small}">${title}</p>
<p class="ink" style="${styles.value}">${value}</p>
${anomaly === null ? '' : html`<p class="bad" style="${styles.small};color:${colours.bad};font-weight:600">${anomaly}</p>`}
${comparisons.map(comparisonHtml)}
${source === null ? '' : html`<img class="picture" src="${source}" width="160" height="36" alt="${sparkAlt(spark, shown.locale)}" style="${styles.small};display:block;border:0;margin:6px 0 10px 0">`}
</td></tr></table>`;
}

/** `14 days: 1.2K to 950, least 900, most 1.4K`: what the line shows, for who sees none. */
function sparkAlt(values: Tile['spark'], locale: string): string {
  const known = values.filter((value) => value !== null);
  const { tick } = wordsFor(locale);
  const [first = 0] = known;
  const said = (value: number) => tick(value, Math.abs(value) / 10 || 1);
  return `${values.length} days: ${said(first)} to ${said(known.at(-1) ?? 0)}, least ${said(Math.min(...known))}, most ${said(Math.max(...known))}`;
}

const arrows = { up: '↑', down: '↓', level: '→' } as const satisfies Record<Comparison['direction'], string>;

function comparisonHtml({ to, change, direction }: Comparison): Html {
  return html`<p class="muted" style="${styles.small}">${arrows[direction]} <span class="ink" style="color:${colours.ink};font-weight:600">${change}</span> vs ${to}</p>`;
}

function chartHtml(chart: Chart, shown: Shown): Html {
  const { id, title, alt } = chart;
  const source = shown.imageSource(id);
  if (source === null && isBarList(chart)) return html`${heading(title)}${barsHtml(chart)}`;
  if (source === null) return html`${heading(title)}<p class="ink" style="${styles.body}">${alt}</p>`;
  return html`${heading(title)}
<img class="picture" src="${source}" width="552" alt="${alt}" style="${styles.image}">`;
}

/** Bars of nothing but table cells, for names that the font of the pictures does not have. */
function barsHtml({ points }: Chart): Html {
  const most = Math.max(...points.map(({ value }) => value ?? 0));
  const share = (value: number | null) => (most > 0 ? Math.max(1, Math.round(((value ?? 0) / most) * 100)) : 1);
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${points.map(
    ({
      label,
      value,
      shown,
    }) => html`<tr><td class="ink" width="35%" style="${styles.cell};border:0;padding-right:14px">${label}</td>
<td width="40%"><table role="presentation" width="${share(value)}%" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="${colours.accent}" style="font-size:0;line-height:14px">&nbsp;</td></tr></table></td>
<td class="ink" width="25%" align="right" style="${styles.cell};border:0;white-space:nowrap">${shown}</td></tr>\n`,
  )}</table>`;
}

function tableHtml({ title, tone, none, columns, rows, left }: Table, shown: Shown): Html {
  if (rows.length === 0) return html`${heading(title)}<p class="muted" style="${styles.body}">${none}</p>`;
  const cut = rows.slice(0, shown.rows);
  const hidden = left + rows.length - cut.length;
  const fit = (index: number) =>
    `${columns[index]?.align === 'right' ? 'white-space:nowrap;' : ''}${index === columns.length - 1 ? '' : 'padding-right:14px'}`;
  return html`${heading(title, tone === 'exceptions' ? plural(left + rows.length, 'row') : null)}
<table width="100%" cellpadding="0" cellspacing="0" border="0"><tr>${columns.map(
    ({ title, align }, index) =>
      html`<th class="muted" scope="col" align="${align}" valign="bottom" style="${styles.headCell};${fit(index)}">${title}</th>`,
  )}</tr>
${cut.map(
  (cells) =>
    html`<tr>${cells.map(
      (cell, index) =>
        html`<td class="ink line" align="${columns[index]?.align ?? 'left'}" valign="top" style="${styles.cell};${fit(index)}">${cell}</td>`,
    )}</tr>\n`,
)}</table>${hidden > 0 ? html`<p class="muted" style="${styles.small};padding-top:6px">${moreText(hidden, 'row', shown.link)}</p>` : ''}`;
}

function noteHtml({ title, text }: Note): Html {
  const lines = text.split('\n').map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));
  return html`${heading(title)}<p class="ink" style="${styles.body}">${lines}</p>`;
}

function failedHtml({ title, reason }: FailedBlock): Html {
  return html`${heading(title)}<p class="bad" style="${styles.body};color:${colours.bad}">${reason}</p>`;
}

function heading(title: string, count: string | null = null): Html {
  const counted = count === null ? '' : html` <span class="warntext" style="color:${colours.warn}">(${count})</span>`;
  return html`<h2 class="ink" style="${styles.heading}">${title}${counted}</h2>`;
}

function moreText(count: number, noun: string, link: string | null): string {
  return `and ${plural(count, `more ${noun}`)}${link === null ? '' : ' on the page'}`;
}
