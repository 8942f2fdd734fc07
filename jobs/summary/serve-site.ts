import type { Clock } from '../runtime/clock.ts';
import type { HttpListener } from '../runtime/http-listener.ts';
import type { Log } from '../runtime/log.ts';
import type { SummarySettings } from '../settings/settings.ts';
import { readBackupStatus } from './backup-status.ts';
import { withMissed } from './missed-deliveries.ts';
import { startSite } from './site/start-site.ts';
import { backupState } from './site/status/backup-states.ts';
import type { SummaryStore } from './storage/summary-store.ts';

export type ServeSiteDeps = Pick<SummaryStore, 'ledger' | 'archive' | 'runs'> & {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** Serves the private site on SUMMARY_PORT until the signal aborts. Throws HTTP_PORT_UNUSABLE. */
export async function serveSite(settings: SummarySettings, deps: ServeSiteDeps): Promise<HttpListener> {
  const { summary, zone } = settings;
  const { ledger, archive, runs, clock, log, signal } = deps;
  const backupStates = () =>
    readBackupStatus(settings, clock.now(), ({ databases }, history) =>
      databases.map((status) => backupState(history, status)),
    );
  return startSite(
    {
      ledger: withMissed(ledger, settings, clock),
      archive,
      runs,
      backupStates,
      access: summary,
      schedule: summary.schedule,
      zone,
      clock,
      log,
    },
    { port: summary.port, signal },
  );
}
