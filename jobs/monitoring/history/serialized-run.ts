import type { Run } from './history.ts';

/** A run as plain values, which can cross to another process. Instants as ISO 8601. */
export type SerializedRun = Omit<Run, 'startedAt' | 'finishedAt'> & {
  readonly startedAt: string;
  readonly finishedAt: string | null;
};

export function deserializeRun(row: SerializedRun): Run {
  return {
    ...row,
    startedAt: Temporal.Instant.from(row.startedAt),
    finishedAt: row.finishedAt === null ? null : Temporal.Instant.from(row.finishedAt),
  };
}

export function serializeRun(run: Run): SerializedRun {
  return { ...run, startedAt: run.startedAt.toString(), finishedAt: run.finishedAt?.toString() ?? null };
}
