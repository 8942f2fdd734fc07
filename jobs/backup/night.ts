import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { retryMinutes, triesAfter } from '../runtime/retries.ts';
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

type Night = {
  readonly databases: readonly Database[];
  /** Runs one backup; never throws. */
  readonly run: (database: Database) => Promise<RunOutcome>;
  readonly watch: Watch;
  readonly clock: Clock;
  readonly log: Log;
  /** Present when failed runs are to be tried again. */
  readonly retry: {
    readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
    readonly before: Temporal.Instant;
  } | null;
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
  for (let round = 0; pending.length > 0; round += 1) {
    const failed: Database[] = [];
    let tries: Temporal.Instant[] = [];
    let ended = 0;
    for (const database of pending) {
      const outcome = await run(database);
      if (outcome.kind === 'interrupted') break;
      ended += 1;
      tries = retry === null ? [] : triesAfter(clock.now(), retryMinutes.slice(round), retry.before);
      watch.ran(database, outcome, retry === null ? [] : [...tries, retry.before]);
      if (outcome.kind === 'failed') failed.push(database);
      if (signal.aborted) break;
    }
    if (ended > 0) watch.rounded(failed, ended < pending.length);
    const [next] = tries;
    if (ended < pending.length || signal.aborted) return;
    if (failed.length === 0 || next === undefined || retry === null) return;
    log.line(`trying ${failed.map(({ name }) => name).join(', ')} again in ${retryMinutes[round]} minutes`);
    await retry.sleepUntil(next);
    pending = failed;
  }
}
