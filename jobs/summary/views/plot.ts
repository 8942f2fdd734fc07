/** A chart's numbers placed in a box of 1000 by 1000, y downwards; pure, so that it can be tested without a picture. */
export type Plot = {
  readonly low: number;
  readonly high: number;
  /** From the top down. */
  readonly ticks: readonly number[];
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** Where bars begin: zero. */
  readonly baseline: number;
};

const box = 1000;

/**
 * Bars start at zero. So do lines, unless all their values lie in the upper 40 % of the axis: then a line from zero
 * would hide the change. Each point lies in the middle of its slot.
 */
export function plotOf(values: readonly (number | null)[], style: 'line' | 'bar'): Plot {
  const known = values.filter((value) => value !== null);
  const highest = Math.max(0, ...known);
  const lowest = Math.min(...known, highest);
  const zoomed = style === 'line' && lowest > 0.6 * highest && lowest < highest;
  const floor = zoomed ? lowest : Math.min(0, lowest);
  const step = niceStep((highest - floor) / 4);
  const low = Math.floor(floor / step) * step;
  const high = Math.max(Math.ceil(highest / step) * step, low + step);
  const y = (value: number) => yOf(value, low, high);
  const points = pointsOf(values, low, high);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) =>
    withoutRoundingError(high - index * step),
  );
  return {
    low: withoutRoundingError(low),
    high: withoutRoundingError(high),
    ticks,
    points,
    baseline: y(Math.max(low, Math.min(high, 0))),
  };
}

/** A line without axes. */
export function sparklineOf(values: readonly (number | null)[]): Plot['points'] {
  const { low, high } = sparklineBounds(values);
  return pointsOf(values, low, high);
}

/** Where a line without axes lies: at least a third of the largest value high, so that small changes stay small. */
export function sparklineBounds(values: readonly (number | null)[]): { readonly low: number; readonly high: number } {
  const known = values.filter((value) => value !== null);
  const highest = Math.max(...known);
  const lowest = Math.min(...known);
  const slack = Math.max(Math.abs(highest) / 3 - (highest - lowest), highest === lowest ? 1 : 0, 0) / 2;
  return { low: lowest - slack, high: highest + slack };
}

function pointsOf(values: readonly (number | null)[], low: number, high: number): Plot['points'] {
  const slot = box / Math.max(1, values.length);
  return values.map((value, index) => ({
    x: round((index + 0.5) * slot),
    y: value === null ? null : yOf(value, low, high),
  }));
}

function yOf(value: number, low: number, high: number): number {
  return round(((high - value) / (high - low)) * box);
}

/** The runs of neighbouring points that have a value; a day without one breaks the line. */
export function segments(points: Plot['points']): { x: number; y: number }[][] {
  const found: { x: number; y: number }[][] = [[]];
  for (const { x, y } of points) {
    if (y === null) found.push([]);
    else found.at(-1)?.push({ x, y });
  }
  return found.filter((segment) => segment.length > 0);
}

/** 1, 2, 2.5 or 5 times a power of ten, at least `rough`; 1 for next to nothing. */
function niceStep(rough: number): number {
  if (!(rough > 1e-12)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((nice) => nice * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function withoutRoundingError(value: number): number {
  return Number(value.toPrecision(12));
}

/** An SVG path through points; a lone one becomes a dot, where line ends are round. */
export function pathOf(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  return `M${first.x} ${first.y}${rest.length === 0 ? 'h0' : ''}${rest.map(({ x, y }) => `L${x} ${y}`).join('')}`;
}
