import type { SeriesBlock } from '../page/page-model.ts';

const maxBars = 12;

/** Few bars are listed with their numbers; more, or some below zero, are drawn side by side on an axis. */
export function isBarList({ style, points }: SeriesBlock): boolean {
  return style === 'bar' && points.length <= maxBars && points.every(({ value }) => (value ?? 0) >= 0);
}

/** Scripts that DejaVu Sans has. Others (Chinese, Tamil, Thai, emoji …) would be empty boxes in a picture. */
const supported =
  /^[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Armenian}\p{scx=Georgian}\p{scx=Arabic}\p{sc=Common}\p{sc=Inherited}]*$/u;

/** Whether the font of the charts has every letter that the chart contains. */
export function fontHasLettersOf(series: SeriesBlock): boolean {
  const text = series.points.map(({ label, formatted }) => (isBarList(series) ? label + formatted : label)).join('');
  return supported.test(text) && !/\p{Emoji_Presentation}/u.test(text);
}
