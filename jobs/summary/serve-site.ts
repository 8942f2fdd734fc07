import { readHistory } from '../monitoring/history/history.ts';
import type { HttpListener } from '../runtime/http-listener.ts';
import type { SendMeans } from './send-day.ts';
import { startSite } from './site/start.ts';

/** Serves the page of what was sent and of the backups, until the signal aborts. Throws HTTP_PORT_UNUSABLE. */
export async function serveSite({
  settings,
  archive,
  ledger,
  runs,
  clock,
  log,
  signal,
}: SendMeans): Promise<HttpListener> {
  return startSite({
    archive,
    deliveries: (fromDay) => ledger.since(fromDay).map((delivery) => ({ ...delivery, reason: delivery.said })),
    summaryRuns: (limit) => runs.newest(limit),
    history: () => readHistory(settings.stateDir),
    settings,
    clock,
    log,
    signal,
  });
}
