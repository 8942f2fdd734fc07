import type { CliContext } from '../platform/context.ts';
import { asFailure, type Failure } from '../platform/errors.ts';
import { openHistory } from '../platform/history.ts';
import { createLog } from '../platform/log.ts';
import { terminalProgress } from '../platform/progress.ts';
import type { Database, Settings } from '../platform/settings.ts';
import { openStore } from '../platform/store/open.ts';
import { runNight } from './night.ts';
import { outcomeOfFailure, outcomeOfResult } from './outcome.ts';
import { runBackup } from './run.ts';
import { watchOf } from './watch.ts';

/**
 * Backs up databases once, now, in this process, with the alerts and the dead-man's switch of the service. Throws the
 * last Failure when any of them failed.
 */
export async function backUpOnce(settings: Settings, databases: readonly Database[], context: CliContext) {
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone);
  const history = openHistory(settings.stateDir);
  const store = await openStore(settings.store);
  const tools = { settings, history, store, clock, log, progress: terminalProgress(), patient: false, signal };
  const failures: Failure[] = [];
  const run = async (database: Database) => {
    try {
      return outcomeOfResult(await runBackup(database, tools));
    } catch (error) {
      const failure = asFailure(error);
      failures.push(failure);
      return outcomeOfFailure(failure);
    }
  };
  const watch = watchOf(settings, { history, clock, log, signal, firstWaitMs: 1000 });
  try {
    await runNight({ databases, run, watch, clock, log, retry: null, signal });
    await watch.settled();
  } finally {
    store.close();
    history.close();
  }
  for (const failure of failures.slice(0, -1)) log.failure(failure);
  const last = failures.at(-1);
  if (last !== undefined) throw last;
}
