import process from 'node:process';
import { systemClock } from '../platform/clock.ts';
import { asFailure, interrupted } from '../platform/errors.ts';
import { openHistory } from '../platform/history.ts';
import { createLog } from '../platform/log.ts';
import { terminalProgress } from '../platform/progress.ts';
import { readSettings } from '../platform/settings.ts';
import { openStore } from '../platform/store/open.ts';
import { outcomeOfFailure, outcomeOfResult, type RunOutcome } from './outcome.ts';
import { runBackup } from './run.ts';

// One run in a process of its own, so that its memory goes back and a crash takes no service down. The service decides
// when it stops: signals to the whole group are left to it, and when it is gone so is the run.
const stop = new AbortController();
const abort = () => stop.abort(interrupted());
process.on('message', abort);
process.on('disconnect', abort);
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const outcome = await run(process.argv[2] ?? '');
process.send?.(outcome, () => process.exit(outcome.kind === 'succeeded' ? 0 : 1));

async function run(name: string): Promise<RunOutcome> {
  const settings = readSettings(process.env);
  const log = createLog(systemClock, settings.zone);
  try {
    const database = settings.databases.find((one) => one.name === name);
    if (database === undefined) throw new Error(`no database is called ${name}`);
    const history = openHistory(settings.stateDir);
    const store = await openStore(settings.store);
    const progress = terminalProgress();
    const patient = history.newestGood(name) === null;
    const tools = { settings, history, store, clock: systemClock, log, progress, patient, signal: stop.signal };
    return outcomeOfResult(await runBackup(database, tools));
  } catch (error) {
    const failure = asFailure(error);
    log.failure(failure);
    return outcomeOfFailure(failure);
  }
}
