import { hostname } from 'node:os';
import type { Alert } from '../../platform/alert.ts';
import { deliver } from '../../platform/alert-delivery.ts';
import type { Clock } from '../../platform/clock.ts';
import { asFailure } from '../../platform/errors.ts';
import type { AlertKind, History } from '../../platform/history.ts';
import type { Log } from '../../platform/log.ts';
import { createPing } from '../../platform/ping.ts';
import type { Database, Settings } from '../../platform/settings.ts';
import type { Watch } from '../night.ts';
import type { RunOutcome } from '../outcome.ts';
import { failureAlert, housekeepingAlert, recoveryAlert, suspectAlert } from './alerts.ts';

type Means = {
  readonly history: History;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds before a mail that did not go out is tried a second time. */
  readonly firstWaitMs?: number;
};

/**
 * Alerts by mail and the dead-man's switch: one alert when a database's backups begin to fail, one all-clear when they
 * work again. Mails go out one after another in the background; `settled` waits for them.
 */
export function watchOf(settings: Settings, means: Means): Watch & { settled(): Promise<void> } {
  const { history, clock, log, signal } = means;
  const ping = createPing(settings.pingUrl, 'BACKUP_PING_URL', log);
  const names = (databases: readonly Database[]) => databases.map(({ name }) => name).join(', ');
  let queue: Promise<void> = Promise.resolve();
  const later = (work: () => Promise<void>) => {
    queue = queue.then(work).catch((error) => log.failure(asFailure(error)));
  };
  const mail = async (alert: Alert) => {
    if (settings.alerts === null) return true;
    return (await deliver(alert, settings.alerts, means)).length > 0;
  };
  const openOnce = async (database: string, kind: AlertKind, subject: string, alert: Alert) => {
    if (history.alert(database, kind)?.subject === subject) return;
    if (await mail(alert)) history.openAlert(database, kind, subject, clock.now());
  };

  const tell = async ({ name }: Database, outcome: RunOutcome, tries: readonly Temporal.Instant[]) => {
    const where = { database: name, host: hostname(), at: clock.now() };
    const { zone } = settings;
    if (outcome.kind === 'failed') {
      if (history.alert(name, 'failure') !== null) return;
      const step = history.runs('backup', name, 1)[0]?.step ?? 'start';
      const told = { ...where, ...outcome.trouble, step, retries: tries, lastGood: lastGoodOf(history, name) };
      return openOnce(name, 'failure', outcome.trouble.code, failureAlert(told, zone));
    }
    if (outcome.kind !== 'succeeded') return;
    const { key, suspicion, housekeeping } = outcome;
    const failed = history.alert(name, 'failure');
    if (failed !== null && (await mail(recoveryAlert({ ...where, failedSince: failed.since, key }, zone)))) {
      history.closeAlert(name, 'failure');
    }
    if (suspicion !== null) {
      const told = { ...where, ...suspicion, key, lastGood: lastGoodOf(history, name) };
      await openOnce(name, 'suspect', suspicion.reason, suspectAlert(told, zone));
    }
    if (housekeeping === null) return history.closeAlert(name, 'housekeeping');
    const step = history.runs('backup', name, 1)[0]?.step ?? 'prune';
    const told = { ...where, ...housekeeping, step, key };
    return openOnce(name, 'housekeeping', housekeeping.code, housekeepingAlert(told, zone));
  };

  return {
    started: () => void ping('start', '', signal),
    ran: (database, outcome, tries) => later(() => tell(database, outcome, tries)),
    rounded(failed) {
      if (failed.length === 0) void ping('success', `backed up: ${names(settings.databases)}`, signal);
      else void ping('fail', `not backed up: ${names(failed)}`, signal);
    },
    settled: () => queue,
  };
}

function lastGoodOf(history: History, database: string) {
  const good = history.newestGood(database);
  return good === null || good.key === null ? null : { key: good.key, at: good.startedAt };
}
