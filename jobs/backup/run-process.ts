import path from 'node:path';
import process from 'node:process';
import { openResilientHistory, type ResilientHistory } from '../monitoring/history/resilient-history.ts';
import { type SerializedRun, serializeRun } from '../monitoring/history/serialized-run.ts';
import { onStopRequest } from '../runtime/child-process.ts';
import { systemClock } from '../runtime/clock.ts';
import { asFailure, type Failure, interruptedFailure } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { ignoreLostOutput } from '../runtime/lost-output.ts';
import { terminalProgress } from '../runtime/progress.ts';
import { readBackupSettings } from '../settings/settings.ts';
import { openStore } from '../store/open.ts';
import { failureOutcome, type RunOutcome, successOutcome } from './outcome.ts';
import { runBackup } from './run.ts';
import { storeState } from './state/store-state.ts';

// One run in a process of its own, so that its memory is freed and a crash takes no service down. Its parent decides when it
// stops: signals to the whole group are left to the parent, and when that is gone so is the run.
// arguments: DATABASE_NAME [wait-for-new-key]
const stop = new AbortController();
onStopRequest(() => stop.abort(interruptedFailure()));
ignoreLostOutput();

const [, , name = '', keyOption] = process.argv;
const outcome = await run(name, keyOption === 'wait-for-new-key');
process.send?.(outcome, () => process.exit());

async function run(name: string, mayWaitForNewKey: boolean): Promise<RunOutcome> {
  let history: ResilientHistory | null = null;
  const unrecorded = () => (history === null ? null : unrecordedRun(history, name));
  try {
    const settings = readBackupSettings(process.env);
    const database = settings.databases.find((one) => one.name === name);
    if (database === undefined) throw new Error(`no database is called ${name}`);
    const clock = systemClock;
    const log = createLog(clock, settings.zone);
    const onProblem = ({ code, message, hint }: Failure) =>
      log.warn(`${code}: ${message} The backup continues without it. ${hint}`);
    history = openResilientHistory(settings.stateDir, { onProblem });
    const store = await openStore(settings.store);
    const waitForNewKey = mayWaitForNewKey && history.newestGood(name) === null;
    const deps = {
      settings,
      history,
      store,
      clock,
      log,
      progress: terminalProgress(),
      waitForNewKey,
      signal: stop.signal,
    };
    // A history that cannot be kept is reported as that.
    const storeItsState = async (stagingFolder: string) => {
      if (history?.problem() !== null) return;
      await storeState(database, { ...deps, stagingFolder: path.join(stagingFolder, 'state') });
    };
    return successOutcome(await runBackup(database, deps, storeItsState), unrecorded());
  } catch (error) {
    return failureOutcome(asFailure(error), unrecorded());
  }
}

/** The row of this run when not all of it could be recorded in STATE_DIR, else null. */
function unrecordedRun(history: ResilientHistory, name: string): SerializedRun | null {
  if (history.problem() === null) return null;
  const [run] = history.runs('backup', name, 1);
  return run === undefined ? null : serializeRun(run);
}
