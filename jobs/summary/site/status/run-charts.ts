import type { SeriesBlock, SeriesPoint } from '../../page/page.ts';

/** Seconds of a run that ended; null of one that did not, or whose clock was set back. */
export function secondsOf(run: {
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
}): number | null {
  if (run.finishedAt === null) return null;
  const seconds = (run.finishedAt.epochMilliseconds - run.startedAt.epochMilliseconds) / 1000;
  return seconds < 0 ? null : seconds;
}

/** A measurement of the last runs, oldest first, as a chart; none of fewer than two. Durations are bars, from zero. */
export function runChart(
  style: SeriesBlock['style'],
  id: string,
  title: string,
  points: readonly SeriesPoint[],
): SeriesBlock[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return [];
  const alt = `${last.formatted} last, ${first.formatted} ${points.length - 1} runs before.`;
  return [{ kind: 'series', style, id, title, points, alt }];
}
