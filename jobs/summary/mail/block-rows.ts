import { html } from 'hono/html';
import { type Block, groupKpis, type KpiBlock } from '../page/page-model.ts';
import type { Html, MailContext } from '../views/block-view.ts';
import { viewOf } from '../views/block-views.ts';
import { kpiView } from '../views/kpi-view.ts';
import { moreText } from '../views/mail-parts.ts';
import { styles } from '../views/mail-styles.ts';

/** The blocks of a page as rows of the mail's table; neighbouring KPIs stand side by side. */
export function blockRows(all: readonly Block[], context: MailContext): Html[] {
  const blocks = all.slice(0, context.maxBlocks);
  const rows = groupKpis(blocks).flatMap((group) =>
    'kind' in group ? [row(viewOf(group).mail(group, context))] : kpiRows(group, context),
  );
  const hidden = all.length - blocks.length;
  if (hidden > 0)
    rows.push(row(html`<p class="muted" style="${styles.small}">${moreText(hidden, 'block', context.link)}</p>`));
  return rows;
}

/** Three side by side when that fills every row, else two. */
function kpiRows(kpis: readonly KpiBlock[], context: MailContext): Html[] {
  const perRow = kpis.length % 3 === 0 ? 3 : 2;
  return Array.from({ length: Math.ceil(kpis.length / perRow) }, (_, index) =>
    row(kpiRow(kpis.slice(index * perRow, (index + 1) * perRow), perRow, context)),
  );
}

function row(content: Html): Html {
  return html`<tr><td class="edge" style="padding:0 24px 22px 24px">${content}</td></tr>\n`;
}

function kpiRow(kpis: readonly KpiBlock[], perRow: 2 | 3, context: MailContext): Html {
  const width = perRow === 3 ? '31%' : '48%';
  const gap = html`<td class="gap" width="${perRow === 3 ? '3.5%' : '4%'}" style="font-size:0;line-height:0">&nbsp;</td>`;
  const cells = Array.from({ length: perRow }, (_, index) => {
    const kpi = kpis[index];
    const content = kpi === undefined ? '' : kpiView.mail(kpi, context);
    return html`${index === 0 ? '' : gap}<td class="kpi" width="${width}" valign="top">${content}</td>`;
  });
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
${cells}
</tr></table>`;
}
