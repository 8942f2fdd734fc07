import { html } from 'hono/html';
import { sparkline as sparklineText } from '../../runtime/sparkline.ts';
import { localeFormat } from '../blocks/locale-format.ts';
import type { KpiBlock, KpiComparison } from '../page/page-model.ts';
import type { BlockView, Html, MailContext } from './block-view.ts';
import { colours } from './colours.ts';
import { styles } from './mail-styles.ts';
import { pathOf, segments, sparklineOf } from './plot.ts';

/** A figure, what it is compared with, and its last days. */
export const kpiView: BlockView<KpiBlock> = {
  text(block) {
    const { title, value, anomaly, sparkline } = block;
    const comparisons = block.comparisons.map(({ to, change }) => `${change} vs ${to}`);
    const lines = [
      `${title}: ${value}`,
      ...(anomaly === null ? [] : [`! ${anomaly}`]),
      ...(comparisons.length === 0 ? [] : [comparisons.join(', ')]),
      ...(hasSparkline(block) ? [sparklineText(sparkline)] : []),
    ];
    return lines.join('\n  ');
  },

  mail({ id, title, value, comparisons, sparkline, anomaly }, { imageSource, locale }: MailContext) {
    const source = imageSource(id);
    return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="box" style="border-top:2px solid ${colours.line};padding:10px 0 0 0">
<p class="muted" style="${styles.small}">${title}</p>
<p class="text" style="${styles.value}">${value}</p>
${anomaly === null ? '' : html`<p class="bad" style="${styles.small};color:${colours.bad};font-weight:600">${anomaly}</p>`}
${comparisons.map(mailComparison)}
${source === null ? '' : html`<img class="picture" src="${source}" width="160" height="36" alt="${sparklineAlt(sparkline, locale)}" style="${styles.small};display:block;border:0;margin:6px 0 10px 0">`}
</td></tr></table>`;
  },

  site(block) {
    const { id, title, value, comparisons, anomaly } = block;
    return html`<section class="kpi ${anomaly === null ? '' : 'unusual'}" id="${id}">
<h2>${title}</h2>
<p class="value">${value}</p>
${siteSparkline(block)}
${anomaly === null ? '' : html`<p class="anomaly">${anomaly}</p>`}
${comparisons.length === 0 ? '' : html`<dl>${comparisons.map(siteComparison)}</dl>`}
</section>`;
  },

  async picture(block) {
    if (!hasSparkline(block)) return null;
    const { sparklinePicture } = await import('./chart-svg.ts');
    return sparklinePicture(block.sparkline);
  },
};

function hasSparkline({ sparkline }: KpiBlock): boolean {
  return sparkline.filter((value) => value !== null).length > 1;
}

const arrows = { up: '↑', down: '↓', level: '→' } as const satisfies Record<KpiComparison['direction'], string>;

function mailComparison({ to, change, direction }: KpiComparison): Html {
  return html`<p class="muted" style="${styles.small}">${arrows[direction]} <span class="text" style="color:${colours.text};font-weight:600">${change}</span> vs ${to}</p>`;
}

/** `14 days: 1.2K to 950, lowest 900, highest 1.4K`: what the line shows, for readers without images. */
function sparklineAlt(values: KpiBlock['sparkline'], locale: string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${values.length} days without data`;
  const { tick } = localeFormat(locale);
  const [first = 0] = known;
  const text = (value: number) => tick(value, Math.abs(value) / 10 || 1);
  return `${values.length} days: ${text(first)} to ${text(known.at(-1) ?? 0)}, lowest ${text(Math.min(...known))}, highest ${text(Math.max(...known))}`;
}

function siteComparison({ to, change, direction }: KpiComparison): Html {
  return html`<div><dt>${to}</dt><dd class="${direction}"><span aria-hidden="true">${arrows[direction]} </span>${change}</dd></div>`;
}

function siteSparkline(block: KpiBlock): Html | '' {
  if (!hasSparkline(block)) return '';
  const points = sparklineOf(block.sparkline);
  const last = points.at(-1);
  return html`<svg class="sparkline" viewBox="0 -60 1000 1120" preserveAspectRatio="none" aria-hidden="true">
${segments(points).map((segment) => html`<path class="line" d="${pathOf(segment)}"/>`)}
${last === undefined || last.y === null ? '' : html`<path class="dot" d="M${last.x} ${last.y}h0"/>`}</svg>`;
}
