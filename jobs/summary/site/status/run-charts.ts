import { formatDuration } from '../../../runtime/format.ts';
import type { SeriesBlock, SeriesPoint } from '../../page/page-model.ts';

type TimedRun = { readonly startedAt: Temporal.Instant; readonly finishedAt: Temporal.Instant | null };

/** Seconds of a run that ended; null of one that did not, or whose clock was set back. */
export function secondsOf(run: TimedRun): number | null {
  if (run.finishedAt === null) return null;
  const seconds = (run.finishedAt.epochMilliseconds - run.startedAt.epochMilliseconds) / 1000;
  return seconds < 0 ? null : seconds;
}

/** How long each run took; without those whose duration is not known. */
export function durationPoints<R extends TimedRun>(runs: readonly R[], label: (run: R) => string): SeriesPoint[] {
  return runs.flatMap((run) => {
    const seconds = secondsOf(run);
    return seconds === null ? [] : [{ label: label(run), value: seconds, formatted: formatDuration(seconds) }];
  });
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
