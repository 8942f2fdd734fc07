import type { Chart } from '../../page.ts';

/** Something a run was measured by, oldest first. */
export type Measured = { readonly label: string; readonly value: number; readonly shown: string };

/** Seconds of a run that ended; null of one that did not, or whose clock was set back. */
export function secondsOf(run: {
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
}): number | null {
  if (run.finishedAt === null) return null;
  const seconds = (run.finishedAt.epochMilliseconds - run.startedAt.epochMilliseconds) / 1000;
  return seconds < 0 ? null : seconds;
}

/** A measure over the last runs as a chart; none of fewer than two. Durations are bars, which begin at zero. */
export function chartOf(style: Chart['style'], id: string, title: string, points: readonly Measured[]): Chart[] {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return [];
  const alt = `${last.shown} last, ${first.shown} ${points.length - 1} runs before.`;
  return [{ kind: 'chart', style, id, title, points, alt }];
}
