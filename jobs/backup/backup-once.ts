import { createDamagedRename, openResilientHistory } from '../monitoring/history/resilient-history.ts';
import type { CliContext } from '../runtime/cli-context.ts';
import { Failure, interruptedFailure } from '../runtime/errors.ts';
import { createLog } from '../runtime/log.ts';
import { makeMissingFolder } from '../runtime/missing-folder.ts';
import type { Database } from '../settings/databases.ts';
import type { BackupSettings } from '../settings/settings.ts';
import { createBackupNotifier } from './alerts/backup-notifier.ts';
import { deserializeFailure } from './outcome.ts';
import { runInChildProcess } from './run-in-child-process.ts';
import { runScheduledBackups } from './scheduled-backups.ts';

/**
 * Backs up databases once, now, with the alerts and the dead-man's switch of the service. Logs at once what failed, but for the
 * last database, whose Failure it throws; with the last good and another not, one with that code. Throws INTERRUPTED when it was
 * stopped before all had run.
 */
export async function backUpOnce(settings: BackupSettings, databases: readonly Database[], context: CliContext) {
  const { clock, signal } = context;
  const log = createLog(clock, settings.zone);
  makeMissingFolder(settings.stateDir, 'STATE_DIR', log);
  makeMissingFolder(settings.stagingDir, 'STAGING_DIR', log);
  const history = openResilientHistory(settings.stateDir, {
    rename: createDamagedRename(settings.stateDir, { clock, zone: settings.zone, log }),
  });
  history.recordFirstStart(clock.now());
  const notifier = createBackupNotifier(settings, { history, clock, log, signal, firstWaitMs: 1000 });
  const failed: { readonly name: string; readonly failure: Failure }[] = [];
  let ended = 0;
  const run = async (database: Database) => {
    const outcome = await runInChildProcess(database, { waitForNewKey: false, stop: signal });
    if (outcome.kind !== 'interrupted') ended += 1;
    if (outcome.kind === 'failed') {
      const failure = deserializeFailure(outcome.failure);
      failed.push({ name: database.name, failure });
      if (database !== databases.at(-1)) log.failure(failure);
    }
    return outcome;
  };
  try {
    await runScheduledBackups({ databases, run, listener: notifier, clock, log, retry: null, signal });
    await notifier.flush();
  } finally {
    history.close();
  }
  if (ended < databases.length) throw interruptedFailure();
  const last = failed.at(-1);
  if (last === undefined) return;
  if (last.name === databases.at(-1)?.name) throw last.failure;
  const names = failed.map(({ name }) => name).join(', ');
  throw new Failure(last.failure.code, `Not backed up: ${names}.`, 'See above what was found and what to do.');
}
