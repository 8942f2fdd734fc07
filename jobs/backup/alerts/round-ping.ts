import type { PingEvent } from '../../monitoring/ping.ts';

/** What a round of runs did, by names of databases. */
export type RoundSummary = {
  readonly backedUp: readonly string[];
  readonly failed: readonly string[];
  /** Those that did not run in it, and whether the last run of each was good and young enough. */
  readonly others: readonly { readonly name: string; readonly isBackedUp: boolean }[];
  /** Stopped before all databases of the round had run. */
  readonly isCutShort: boolean;
};

/**
 * What is sent to the dead-man's switch after a round: a failure; a success only when every database of DATABASE_PATH is backed
 * up; else an entry for its log, which ends no alarm. Null: nothing, when the round was stopped before anything failed.
 */
export function roundPing({ backedUp, failed, others, isCutShort }: RoundSummary): {
  readonly event: PingEvent;
  readonly text: string;
} | null {
  if (failed.length > 0) return { event: 'fail', text: `not backed up: ${failed.join(', ')}` };
  if (isCutShort) return null;
  const namesOf = (isBackedUp: boolean) =>
    others.filter((one) => one.isBackedUp === isBackedUp).map(({ name }) => name);
  const part = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]);
  const text = [
    ...part('backed up', backedUp),
    ...part('before', namesOf(true)),
    ...part('not backed up in its last run, or too long ago', namesOf(false)),
  ].join('; ');
  return { event: namesOf(false).length === 0 ? 'success' : 'log', text };
}
