import { type RetryDeps, type RetryPlan, type RetryWaits, runWithRetries } from '../runtime/retries.ts';
import type { Database } from '../settings/databases.ts';
import type { RunOutcome } from './outcome.ts';

/** Follows the runs, for alerts and the dead-man's switch. Never throws, and delays nothing. */
export type RunListener = {
  batchStarted(databases: readonly Database[]): void;
  /** After each run. `retryTimes`: when a failed one is tried again by itself, the next scheduled run the last. */
  runEnded(database: Database, outcome: RunOutcome, retryTimes: readonly Temporal.Instant[]): void;
  /**
   * After each round of runs in which one ended: the databases still without a backup of this schedule. `isCutShort`: it was stopped
   * before all had run.
   */
  roundEnded(failed: readonly Database[], isCutShort: boolean): void;
};

type ScheduledBackupsDeps = Omit<RetryDeps, 'sleepUntil'> & {
  readonly databases: readonly Database[];
  /** Runs one backup; never throws. */
  readonly run: (database: Database) => Promise<RunOutcome>;
  readonly listener: RunListener;
  /** Present when failed runs are to be tried again. */
  readonly retry: RetryPlan | null;
  readonly signal: AbortSignal;
};

const waits: RetryWaits = { minutes: [5, 15, 60], repeatsLast: false };

/**
 * One scheduled batch: every database in turn, then, with `retry`, those that failed again after 5, 15 and 60 minutes, as
 * long as that is before the next one. One failing does not stop the others. Ends early when `signal` aborts; what ended
 * before is reported all the same.
 */
export async function runScheduledBackups({
  databases,
  run,
  listener,
  clock,
  log,
  retry,
  signal,
}: ScheduledBackupsDeps): Promise<void> {
  listener.batchStarted(databases);
  let pending = databases;
  const attempt = async (retryTimesFromNow: () => Temporal.Instant[]) => {
    const failed: Database[] = [];
    let retryTimes: Temporal.Instant[] = [];
    let ended = 0;
    for (const database of pending) {
      const outcome = await run(database);
      if (outcome.kind === 'interrupted') break;
      ended += 1;
      retryTimes = retryTimesFromNow();
      listener.runEnded(database, outcome, retry === null ? [] : [...retryTimes, retry.before]);
      if (outcome.kind === 'failed') failed.push(database);
      if (signal.aborted) break;
    }
    const isCutShort = ended < pending.length;
    if (ended > 0) listener.roundEnded(failed, isCutShort);
    if (isCutShort || signal.aborted || failed.length === 0) return null;
    pending = failed;
    return { what: failed.map(({ name }) => name).join(', '), retryTimes };
  };
  await runWithRetries(attempt, retry, { waits, clock, log });
}
