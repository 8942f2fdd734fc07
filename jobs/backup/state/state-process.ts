import { randomUUID } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { openHistory } from '../../monitoring/history/open-history.ts';
import { onStopRequest } from '../../runtime/child-process.ts';
import { systemClock } from '../../runtime/clock.ts';
import { asFailure, interruptedFailure } from '../../runtime/errors.ts';
import { createLog } from '../../runtime/log.ts';
import { ignoreLostOutput } from '../../runtime/lost-output.ts';
import { readBackupSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';
import { removeLeftFolders } from '../left-folders.ts';
import { storeState } from './store-state.ts';

// The state alone, between two runs, in a process of its own as a run is.
const folderStem = 'state.nightshift-';
const stop = new AbortController();
onStopRequest(() => stop.abort(interruptedFailure()));
ignoreLostOutput();

const settings = readBackupSettings(process.env);
const log = createLog(systemClock, settings.zone);
try {
  const [database] = settings.databases;
  if (database === undefined) throw new Error('no database');
  const { stateDir, stagingDir } = settings;
  const history = openHistory(stateDir);
  await removeLeftFolders(stagingDir, folderStem, systemClock.now());
  const stagingFolder = path.join(stagingDir, folderStem + randomUUID());
  const store = await openStore(settings.store);
  await storeState(database, { settings, store, history, stagingFolder, clock: systemClock, log, signal: stop.signal });
} catch (error) {
  if (!stop.signal.aborted) {
    log.failure(asFailure(error));
    process.exitCode = 1;
  }
}
process.exit();
