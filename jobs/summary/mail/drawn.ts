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
