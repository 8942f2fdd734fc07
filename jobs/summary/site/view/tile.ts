import { html } from 'hono/html';
import type { Comparison, Tile } from '../../page.ts';
import type { Html } from './layout.ts';
import { pathOf, segments, sparkOf } from './plot.ts';

const arrows = { up: '↑', down: '↓', level: '→' } as const satisfies Record<Comparison['direction'], string>;

/** A figure, what it is compared to, its last days. */
export function tileView({ id, title, value, comparisons, spark, anomaly }: Tile): Html {
  return html`<section class="tile ${anomaly === null ? '' : 'unusual'}" id="${id}">
<h2>${title}</h2>
<p class="value">${value}</p>
${sparkView(spark)}
${anomaly === null ? '' : html`<p class="anomaly">${anomaly}</p>`}
${comparisons.length === 0 ? '' : html`<dl>${comparisons.map(comparisonView)}</dl>`}
</section>`;
}

function comparisonView({ to, change, direction }: Comparison): Html {
  return html`<div><dt>${to}</dt><dd class="${direction}"><span aria-hidden="true">${arrows[direction]} </span>${change}</dd></div>`;
}

function sparkView(values: readonly (number | null)[]): Html | '' {
  if (values.filter((value) => value !== null).length < 2) return '';
  const points = sparkOf(values);
  const last = points.at(-1);
  return html`<svg class="spark" viewBox="0 -60 1000 1120" preserveAspectRatio="none" aria-hidden="true">
${segments(points).map((segment) => html`<path class="line" d="${pathOf(segment)}"/>`)}
${last === undefined || last.y === null ? '' : html`<path class="dot" d="M${last.x} ${last.y}h0"/>`}</svg>`;
}
