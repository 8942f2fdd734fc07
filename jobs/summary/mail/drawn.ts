import type { Block, Chart, Tile } from '../page.ts';

/** Whether a block has enough values for a picture. */
export function isDrawn(block: Block): block is Chart | Tile {
  if (block.kind === 'tile') return block.spark.filter((value) => value !== null).length > 1;
  return block.kind === 'chart' && block.points.some(({ value }) => value !== null);
}

const mostRows = 12;

/** Few bars lie below each other, with their numbers; more, or some below zero, stand side by side on an axis. */
export function isBarList({ style, points }: Chart): boolean {
  return style === 'bar' && points.length <= mostRows && points.every(({ value }) => (value ?? 0) >= 0);
}

/** Writing that DejaVu Sans has. Others (Chinese, Tamil, Thai, emoji …) would be empty boxes in a picture. */
const known =
  /^[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Armenian}\p{scx=Georgian}\p{scx=Arabic}\p{sc=Common}\p{sc=Inherited}]*$/u;

/** Whether the font of the charts has every letter of what a chart writes. */
export function canBeWritten(chart: Chart): boolean {
  const written = chart.points.map(({ label, shown }) => (isBarList(chart) ? label + shown : label)).join('');
  return known.test(written) && !/\p{Emoji_Presentation}/u.test(written);
}
