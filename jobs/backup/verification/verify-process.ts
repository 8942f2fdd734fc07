import process from 'node:process';
import { openResilientHistory } from '../../monitoring/history/resilient-history.ts';
import { onStopRequest } from '../../runtime/child-process.ts';
import { systemClock } from '../../runtime/clock.ts';
import { asFailure, interruptedFailure } from '../../runtime/errors.ts';
import { createLog } from '../../runtime/log.ts';
import { ignoreLostOutput } from '../../runtime/lost-output.ts';
import { readBackupSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import type { SentLook } from './verify-in-child-process.ts';
import { verifyOld } from './verify-old.ts';

// One old backup, in a process of its own as a run is. Sends a SentLook. argument: DATABASE_NAME
const stop = new AbortController();
onStopRequest(() => stop.abort(interruptedFailure()));
ignoreLostOutput();

const settings = readBackupSettings(process.env);
const log = createLog(systemClock, settings.zone);
const sent = await verify(process.argv[2] ?? '');
if (sent === null) process.exit(1);
process.send?.(sent, () => process.exit());

/** Null: it could not even begin, which the parent records. */
async function verify(name: string): Promise<SentLook | null> {
  try {
    const database = settings.databases.find((one) => one.name === name);
    if (database === undefined) throw new Error(`no database is called ${name}`);
    const history = openResilientHistory(settings.stateDir);
    const store = await openStore(settings.store);
    const deps = { settings, store, history, clock: systemClock, log, signal: stop.signal };
    return { look: await verifyOld(database, deps), isRecorded: history.problem() === null };
  } catch (error) {
    if (stop.signal.aborted) return { look: { kind: 'none' }, isRecorded: true };
    log.failure(asFailure(error));
    return null;
  }
}
