import { type RetryDeps, runWithRetries } from '../runtime/retries.ts';
import type { Database } from '../settings/databases.ts';
import type { RunOutcome } from './outcome.ts';

/** Is told how a night goes: alerts and the dead-man's switch. Never throws, and does not hold the night up. */
export type Watch = {
  started(databases: readonly Database[]): void;
  /** After each run. `tries`: when a failed one is tried again by itself, the next night the last. */
  ran(database: Database, outcome: RunOutcome, tries: readonly Temporal.Instant[]): void;
  /**
   * After each round of runs in which one ended: the databases still without tonight's backup. `isCutShort`: it was stopped
   * before all had run.
   */
  rounded(failed: readonly Database[], isCutShort: boolean): void;
};

type Night = Omit<RetryDeps, 'sleepUntil'> & {
  readonly databases: readonly Database[];
  /** Runs one backup; never throws. */
  readonly run: (database: Database) => Promise<RunOutcome>;
  readonly watch: Watch;
  /** Present when failed runs are to be tried again. */
  readonly retry: (Pick<RetryDeps, 'sleepUntil'> & { readonly before: Temporal.Instant }) | null;
  readonly signal: AbortSignal;
};

/**
 * One night: every database in turn, then, with `retry`, those that failed again after 5, 15 and 60 minutes, as long as
 * that is before the next night. One failing does not stop the others. Ends early when `signal` aborts; what
 * ended before is told all the same.
 */
export async function runNight({ databases, run, watch, clock, log, retry, signal }: Night): Promise<void> {
  watch.started(databases);
  let pending = databases;
  const attempt = async (triesFromNow: () => Temporal.Instant[]) => {
    const failed: Database[] = [];
    let tries: Temporal.Instant[] = [];
    let ended = 0;
    for (const database of pending) {
      const outcome = await run(database);
      if (outcome.kind === 'interrupted') break;
      ended += 1;
      tries = triesFromNow();
      watch.ran(database, outcome, retry === null ? [] : [...tries, retry.before]);
      if (outcome.kind === 'failed') failed.push(database);
      if (signal.aborted) break;
    }
    const isCutShort = ended < pending.length;
    if (ended > 0) watch.rounded(failed, isCutShort);
    if (isCutShort || signal.aborted || failed.length === 0) return null;
    pending = failed;
    return { what: failed.map(({ name }) => name).join(', '), tries };
  };
  const sleepUntil = retry?.sleepUntil ?? (async () => {});
  await runWithRetries(attempt, retry?.before ?? null, { clock, log, sleepUntil });
}
