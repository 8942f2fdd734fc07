import { html } from 'hono/html';
import { sparkline } from '../../runtime/sparkline.ts';
import type { SeriesBlock } from '../page/page-model.ts';
import type { BlockView, Html } from './block-view.ts';
import { fontHasLettersOf, isBarList } from './chart-layout.ts';
import { colours } from './colours.ts';
import { mailHeading } from './mail-parts.ts';
import { styles } from './mail-styles.ts';
import { barList, lineOrBarChart } from './series-chart.ts';
import { textColumns, textHeading } from './text-parts.ts';

/** A chart: few bars as a list with their numbers, else a plot with axes. */
export const seriesView: BlockView<SeriesBlock> = {
  text(block) {
    const { title, points, alt } = block;
    const chart = isBarList(block)
      ? textColumns(
          points.map(({ label, formatted }) => [label, formatted]),
          ['left', 'right'],
        )
      : `  ${sparkline(points.map(({ value }) => value))}\n  ${alt}`;
    return `${textHeading(title)}\n${chart}`;
  },

  mail(block, { imageSource }) {
    const { id, title, alt } = block;
    const source = imageSource(id);
    if (source === null && isBarList(block)) return html`${mailHeading(title)}${mailBars(block)}`;
    if (source === null) return html`${mailHeading(title)}<p class="text" style="${styles.body}">${alt}</p>`;
    return html`${mailHeading(title)}
<img class="picture" src="${source}" width="552" alt="${alt}" style="${styles.image}">`;
  },

  site: (block, { format }) => html`<figure class="card series" id="${block.id}">
<figcaption><h2>${block.title}</h2><p>${block.alt}</p></figcaption>
${isBarList(block) ? barList(block) : lineOrBarChart(block, format)}
</figure>`,

  async picture(block, locale) {
    if (block.points.every(({ value }) => value === null) || !fontHasLettersOf(block)) return null;
    const { chartPicture } = await import('./chart-svg.ts');
    return chartPicture(block, locale);
  },
};

/** Bars made of table cells only, for labels that the font of the pictures cannot draw. */
function mailBars({ points }: SeriesBlock): Html {
  const max = Math.max(...points.map(({ value }) => value ?? 0));
  const share = (value: number | null) => (max > 0 ? Math.max(1, Math.round(((value ?? 0) / max) * 100)) : 1);
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${points.map(
    ({
      label,
      value,
      formatted,
    }) => html`<tr><td class="text" width="35%" style="${styles.cell};border:0;padding-right:14px">${label}</td>
<td width="40%"><table role="presentation" width="${share(value)}%" cellpadding="0" cellspacing="0" border="0"><tr><td bgcolor="${colours.accent}" style="font-size:0;line-height:14px">&nbsp;</td></tr></table></td>
<td class="text" width="25%" align="right" style="${styles.cell};border:0;white-space:nowrap">${formatted}</td></tr>\n`,
  )}</table>`;
}
