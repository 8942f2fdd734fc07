import { html } from 'hono/html';
import type { LocaleFormat } from '../blocks/locale-format.ts';
import type { SeriesBlock } from '../page/page-model.ts';
import type { Html } from './block-view.ts';
import { type Plot, pathOf, plotOf, segments } from './plot.ts';

/*
 * The charts of the site are SVG of our own, not ECharts as in the mail: a strict CSP forbids the style attributes that
 * ECharts writes, and these follow light and dark, stretch from phone to paper, and take microseconds. Labels are HTML, so
 * they never shrink.
 */

/** Few bars, each with its label and number. */
export function barList({ points }: SeriesBlock): Html {
  const max = Math.max(...points.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  return html`<ul class="bars">${points.map(
    ({ label, value, formatted }) => html`<li><span>${label}</span><strong>${formatted}</strong>
<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="10"/><rect class="bar" width="${Math.round(((value ?? 0) / max) * 1000)}" height="10"/></svg></li>`,
  )}</ul>`;
}

/** A plot with axes, and its numbers in a table to unfold. Needs no script. */
export function lineOrBarChart(series: SeriesBlock, format: LocaleFormat): Html {
  return html`${plotView(series, format)}${numbersTable(series)}`;
}

function plotView({ style, points }: SeriesBlock, format: LocaleFormat): Html {
  const plot = plotOf(
    points.map(({ value }) => value),
    style,
  );
  const [top = 0, second = 0] = plot.ticks;
  const slot = 1000 / Math.max(1, points.length);
  return html`<div class="plot">
<div class="y-axis" aria-hidden="true">${plot.ticks.map((tick) => html`<span>${format.tick(tick, top - second)}</span>`)}</div>
<div class="plot-area" data-plot>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${plot.ticks.map((_, index) => html`<path class="grid" d="M0 ${(index * 1000) / (plot.ticks.length - 1)}h1000"/>`)}
${style === 'bar' ? barsOf(plot, slot) : linesOf(plot)}
${points.map(
  ({ label, formatted }, index) =>
    html`<rect class="hover-area" x="${index * slot}" width="${slot}" height="1000" data-label="${label}" data-value="${formatted}" data-y="${plot.points[index]?.y ?? ''}"><title>${label}: ${formatted}</title></rect>`,
)}</svg></div>
<div class="x-axis ${points.length <= 8 ? 'all' : ''}" aria-hidden="true">${xLabels(points.map(({ label }) => label)).map((label) => html`<span>${label}</span>`)}</div>
</div>`;
}

function barsOf({ points, baseline }: Plot, slot: number): Html[] {
  return points.flatMap(({ x, y }) =>
    y === null
      ? []
      : [
          html`<rect class="bar" x="${x - slot * 0.35}" width="${slot * 0.7}" y="${Math.min(y, baseline)}" height="${Math.abs(baseline - y)}"/>`,
        ],
  );
}

function linesOf({ points, baseline }: Plot): Html[] {
  const last = points.findLast(({ y }) => y !== null);
  return [
    ...segments(points).map((segment) => {
      const from = segment[0]?.x ?? 0;
      const to = segment.at(-1)?.x ?? 0;
      const line = pathOf(segment);
      return html`<path class="area" d="${line}L${to} ${baseline}L${from} ${baseline}Z"/><path class="line" d="${line}"/>`;
    }),
    html`<path class="dot" d="M${last?.x ?? 0} ${last?.y ?? 0}h0"/>`,
  ];
}

/** Up to eight are all shown, else the first, the middle and the last. */
function xLabels(labels: readonly string[]): string[] {
  if (labels.length <= 8) return [...labels];
  return [labels[0] ?? '', labels[Math.floor(labels.length / 2)] ?? '', labels.at(-1) ?? ''];
}

function numbersTable({ title, points }: SeriesBlock): Html {
  return html`<details class="numbers"><summary>All numbers<span class="visually-hidden"> of ${title}</span></summary>
<div class="scroll" role="region" aria-label="Numbers of ${title}" tabindex="0"><table>
<tbody>${points.map(({ label, formatted }) => html`<tr><th scope="row">${label}</th><td class="right">${formatted}</td></tr>`)}</tbody>
</table></div></details>`;
}
