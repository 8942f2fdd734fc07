import type { CliContext } from '../platform/context.ts';
import { interrupted } from '../platform/errors.ts';
import { openLastingHistory, renamesDamaged } from '../platform/lasting-history.ts';
import { createLog } from '../platform/log.ts';
import type { Database, Settings } from '../platform/settings.ts';
import { runNight } from './night.ts';
import { failureOf, type Trouble } from './outcome.ts';
import { runInProcess } from './run-in-process.ts';
import { watchOf } from './watch/watch.ts';

/**
 * Backs up databases once, now, with the alerts and the dead-man's switch of the service. Throws the last Failure when any
 * of them failed.
 */
export async function backUpOnce(settings: Settings, databases: readonly Database[], context: CliContext) {
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone);
  const history = openLastingHistory(settings.stateDir, {
    rename: renamesDamaged(settings.stateDir, { clock, zone: settings.zone, log }),
  });
  history.markStart(clock.now());
  const watch = watchOf(settings, { history, clock, log, signal, firstWaitMs: 1000 });
  const troubles: Trouble[] = [];
  let isInterrupted = false;
  const run = async (database: Database) => {
    const outcome = await runInProcess(database, { patient: false, stop: signal });
    if (outcome.kind === 'failed') troubles.push(outcome.trouble);
    isInterrupted ||= outcome.kind === 'interrupted';
    return outcome;
  };
  try {
    await runNight({ databases, run, watch, clock, log, retry: null, signal });
    await watch.settled();
  } finally {
    history.close();
  }
  const failures = troubles.map(failureOf);
  for (const failure of failures.slice(0, -1)) log.failure(failure);
  if (isInterrupted) throw interrupted();
  const last = failures.at(-1);
  if (last !== undefined) throw last;
}
