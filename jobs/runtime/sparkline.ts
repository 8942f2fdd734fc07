const bars = '▁▂▃▄▅▆▇█';

/** Values as a row of bars between their least and most; a space where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const span = Math.max(...known) - least;
  const level = (value: number) => (span === 0 ? 3 : Math.round(((value - least) / span) * (bars.length - 1)));
  return values.map((value) => (value === null ? ' ' : bars[level(value)])).join('');
}
