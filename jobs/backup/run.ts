import { rm } from 'node:fs/promises';
import path from 'node:path';
import { claimStore } from '../archives/store-identity.ts';
import { asFailure } from '../runtime/errors.ts';
import type { Database } from '../settings/databases.ts';
import { acquireLock } from '../sqlite/lock/lock.ts';
import { wasEverLocked } from '../sqlite/lock/lock-state.ts';
import { requireDatabaseFile } from '../sqlite/snapshot/source-file.ts';
import { type BackupDeps, type BackupResult, backUp } from './backup.ts';
import { withStoredBackups } from './state/earlier-host.ts';
import { closeSuspects } from './suspects/close-suspects.ts';

/**
 * One recorded run on one database: alone by the database's lock, staging emptied at the end, the outcome in the history.
 * Throws a Failure; then the store is as it was. Prints the two promised lines once the stored bytes were read back. `afterwards`
 * is done last of all after a good backup, must not throw, and may use the staging folder.
 */
export async function runBackup(
  database: Database,
  deps: BackupDeps,
  afterwards: (stagingFolder: string) => Promise<void> = async () => {},
): Promise<BackupResult> {
  const { settings, history, clock, log, signal } = deps;
  const runId = history.startRun('backup', database.name, clock.now());
  try {
    if (!(await wasEverLocked(database.path, settings.stateDir))) await requireDatabaseFile(database.path);
    const lock = await acquireLock(database.path, settings.stateDir, { holder: 'backup', wait: true, log, signal });
    const stagingFolder = path.join(settings.stagingDir, `nightshift-${database.name}`);
    try {
      history.closeInterrupted(runId, database.name, clock.now());
      await claimStore(settings.store, { history, clock, log });
      const result = await backUp({ database, runId, stagingFolder }, deps);
      history.finishRun(runId, 'succeeded', clock.now(), {
        code: result.housekeeping?.code ?? null,
        message: result.housekeeping?.message ?? null,
      });
      await closeSuspects(database.name, result.disproved, deps);
      log.line('Backup completed successfully');
      log.line('Backup uploaded to Object Storage');
      await afterwards(stagingFolder);
      return result;
    } finally {
      await rm(stagingFolder, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    const failure = asFailure(signal.aborted ? signal.reason : await withStoredBackups(error, database, deps));
    const outcome = failure.code === 'INTERRUPTED' ? 'interrupted' : 'failed';
    history.finishRun(runId, outcome, clock.now(), { code: failure.code, message: failure.message });
    throw failure;
  }
}
