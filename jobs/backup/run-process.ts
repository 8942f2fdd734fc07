import process from 'node:process';
import { type LastingHistory, openLastingHistory } from '../monitoring/history/resilient-history.ts';
import { type SerializedRun, serializeRun } from '../monitoring/history/serialized-run.ts';
import { onStopRequest } from '../runtime/child-process.ts';
import { systemClock } from '../runtime/clock.ts';
import { asFailure, type Failure, interrupted } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { surviveLostOutput } from '../runtime/lost-output.ts';
import { terminalProgress } from '../runtime/progress.ts';
import { readBackupSettings } from '../settings/settings.ts';
import { openStore } from '../store/open.ts';
import { outcomeOfFailure, outcomeOfResult, type RunOutcome } from './outcome.ts';
import { runBackup } from './run.ts';

// One run in a process of its own, so that its memory goes back and a crash takes no service down. Who asked for it decides
// when it stops: signals to the whole group are left to that process, and when it is gone so is the run.
// arguments: DATABASE_NAME [patient]
const stop = new AbortController();
onStopRequest(() => stop.abort(interrupted()));
surviveLostOutput();

const [, , name = '', patience] = process.argv;
const outcome = await run(name, patience === 'patient');
process.send?.(outcome, () => process.exit());

async function run(name: string, mayBePatient: boolean): Promise<RunOutcome> {
  let history: LastingHistory | null = null;
  const unrecorded = () => (history === null ? null : unrecordedRun(history, name));
  try {
    const settings = readBackupSettings(process.env);
    const database = settings.databases.find((one) => one.name === name);
    if (database === undefined) throw new Error(`no database is called ${name}`);
    const clock = systemClock;
    const log = createLog(clock, settings.zone);
    const onProblem = ({ code, message, hint }: Failure) =>
      log.warn(`${code}: ${message} The backup goes on without it. ${hint}`);
    history = openLastingHistory(settings.stateDir, { onProblem });
    const store = await openStore(settings.store);
    const patient = mayBePatient && history.newestGood(name) === null;
    const tools = { settings, history, store, clock, log, progress: terminalProgress(), patient, signal: stop.signal };
    return outcomeOfResult(await runBackup(database, tools), unrecorded());
  } catch (error) {
    return outcomeOfFailure(asFailure(error), unrecorded());
  }
}

/** The row of this run when the history in STATE_DIR did not take it all, else null. */
function unrecordedRun(history: LastingHistory, name: string): SerializedRun | null {
  if (history.problem() === null) return null;
  const [run] = history.runs('backup', name, 1);
  return run === undefined ? null : serializeRun(run);
}
