import { type LastingHistory, openLastingHistory, renamesDamaged } from '../monitoring/history/resilient-history.ts';
import type { Clock } from '../runtime/clock.ts';
import { formatDuration } from '../runtime/format.ts';
import { afterGrace } from '../runtime/grace.ts';
import { createLog, type Log } from '../runtime/log.ts';
import { nextRun, type Schedule, sleepUntil } from '../runtime/schedule.ts';
import { toolVersion } from '../runtime/version.ts';
import type { Database } from '../settings/databases.ts';
import type { BackupSettings } from '../settings/settings.ts';
import { watchOf } from './alerts/backup-notifier.ts';
import { failureOf } from './outcome.ts';
import { runInProcess } from './run-in-process.ts';
import { runNight } from './scheduled-backups.ts';
import { statusOf } from './status/status.ts';

/**
 * The container's entrypoint: a backup now, then one at every scheduled time, until `signal` aborts. A run under way then
 * has `STOP_GRACE_SECONDS`. Failed runs never end it, nor does a STATE_DIR that fails. Throws HTTP_PORT_UNUSABLE at the start.
 */
export async function serveBackups(settings: BackupSettings, clock: Clock, signal: AbortSignal): Promise<void> {
  const log = createLog(clock, settings.zone);
  const history = openLastingHistory(settings.stateDir, {
    rename: renamesDamaged(settings.stateDir, { clock, zone: settings.zone, log }),
  });
  history.markStart(clock.now());
  const schedule: Schedule = { cron: settings.schedule, zone: settings.zone };
  const stop = afterGrace(signal, settings.stopGraceSeconds);
  const run = async (database: Database) => {
    history.renew();
    history.markStart(clock.now());
    const outcome = await runInProcess(database, { patient: true, stop });
    if (outcome.kind === 'failed') log.failure(failureOf(outcome.trouble));
    return outcome;
  };
  const names = settings.databases.map(({ name }) => name).join(', ');
  log.line(`nightshift ${toolVersion}: backups of ${names}, "${schedule.cron}" ${schedule.zone}`);
  const watch = watchOf(settings, { history, clock, log, signal });
  try {
    await serveHealth(settings, history, clock, signal);
    while (!signal.aborted) {
      await runNight({
        databases: settings.databases,
        run,
        watch,
        clock,
        log,
        retry: {
          sleepUntil: (instant) => sleepUntil(instant, clock, signal),
          before: nextRun(schedule, clock.now()),
        },
        signal,
      });
      const next = nextRun(schedule, clock.now());
      tellNext(next, settings.zone, clock, log);
      await sleepUntil(next, clock, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await watch.settled();
    history.close();
  }
  log.line('stopped');
}

async function serveHealth(
  settings: BackupSettings,
  history: LastingHistory,
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

function tellNext(next: Temporal.Instant, zone: string, clock: Clock, log: Log): void {
  const local = next.toZonedDateTimeISO(zone);
  const seconds = (next.epochMilliseconds - clock.now().epochMilliseconds) / 1000;
  const when = `${local.toPlainDate()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })}`;
  log.line(`next backup ${when}, in ${formatDuration(seconds)}`);
}
