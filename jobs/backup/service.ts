import {
  createDamagedRename,
  openResilientHistory,
  type ResilientHistory,
} from '../monitoring/history/resilient-history.ts';
import type { Clock } from '../runtime/clock.ts';
import { abortAfterGrace } from '../runtime/grace.ts';
import { createLog } from '../runtime/log.ts';
import { makeMissingFolder } from '../runtime/missing-folder.ts';
import { nextRun, nextRunText, type Schedule, sleepUntil } from '../runtime/schedule.ts';
import { toolVersion } from '../runtime/version.ts';
import type { Database } from '../settings/databases.ts';
import type { BackupSettings } from '../settings/settings.ts';
import { createBackupNotifier } from './alerts/backup-notifier.ts';
import { deserializeFailure } from './outcome.ts';
import { runInChildProcess } from './run-in-child-process.ts';
import { runScheduledBackups } from './scheduled-backups.ts';
import { ledgerFingerprint, storeStateInChildProcess, watchLedger } from './state/watch-ledger.ts';
import { statusOf } from './status/status.ts';
import { verifyOldInChildProcess } from './verification/verify-in-child-process.ts';

/**
 * The container's entrypoint: a backup now, then one at every scheduled time, until `signal` aborts. A run under way then
 * has `STOP_GRACE_SECONDS`. Failed runs never end it, nor does a STATE_DIR that fails. Throws HTTP_PORT_UNUSABLE at the start.
 */
export async function serveBackups(settings: BackupSettings, clock: Clock, signal: AbortSignal): Promise<void> {
  const log = createLog(clock, settings.zone);
  makeMissingFolder(settings.stateDir, 'STATE_DIR', log);
  makeMissingFolder(settings.stagingDir, 'STAGING_DIR', log);
  const history = openResilientHistory(settings.stateDir, {
    rename: createDamagedRename(settings.stateDir, { clock, zone: settings.zone, log }),
  });
  history.recordFirstStart(clock.now());
  const schedule: Schedule = { cron: settings.schedule, zone: settings.zone };
  const stop = abortAfterGrace(signal, settings.stopGraceSeconds);
  const run = async (database: Database) => {
    history.reopen();
    history.recordFirstStart(clock.now());
    const outcome = await runInChildProcess(database, { waitForNewKey: true, stop });
    if (outcome.kind === 'failed') log.failure(deserializeFailure(outcome.failure));
    return outcome;
  };
  const verifyOldOnes = async () => {
    const isBad: boolean[] = [];
    for (const database of settings.databases) {
      if (!signal.aborted) isBad.push(await verifyOldInChildProcess(database, { history, clock, log, stop: signal }));
    }
    if (isBad.includes(true)) notifier.verificationFailed();
  };
  const ledger = watchLedger({
    fingerprint: () => ledgerFingerprint(settings.stateDir),
    store: () => storeStateInChildProcess({ log, stop: signal }),
    sleepUntil: (instant) => sleepUntil(instant, clock, signal),
    clock,
  });
  const names = settings.databases.map(({ name }) => name).join(', ');
  log.line(`nightshift ${toolVersion}: backups of ${names}, "${schedule.cron}" ${schedule.zone}`);
  const notifier = createBackupNotifier(settings, { history, clock, log, signal });
  try {
    await serveHealth(settings, history, clock, signal);
    for (let isScheduled = false; !signal.aborted; isScheduled = true) {
      ledger.stored();
      await runScheduledBackups({
        databases: settings.databases,
        run,
        listener: notifier,
        clock,
        log,
        retry: {
          sleepUntil: (instant) => sleepUntil(instant, clock, signal),
          before: nextRun(schedule, clock.now()),
        },
        signal,
      });
      // Not at the start: a deployment waits for that, and there may be many.
      if (isScheduled) await verifyOldOnes();
      const next = nextRun(schedule, clock.now());
      log.line(`next backup ${nextRunText(next, settings.zone, clock.now())}`);
      await ledger.until(next);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await notifier.flush();
    history.close();
  }
  log.line('stopped');
}

async function serveHealth(
  settings: BackupSettings,
  history: ResilientHistory,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (settings.httpPort === null) return;
  const { createHealthServer } = await import('./status/health-server.ts');
  await createHealthServer({
    port: settings.httpPort,
    status: () => statusOf(settings, history, clock.now()),
    signal,
  });
}
