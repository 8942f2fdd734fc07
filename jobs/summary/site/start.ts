import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type HttpListener, listen, requestLimits } from '../../runtime/http-listener.ts';
import type { SummarySettings } from '../../settings/settings.ts';
import { createSite, type SiteMeans } from './site.ts';

/**
 * Serves the private page on SUMMARY_PORT (0 takes a free one) of all interfaces until `signal` aborts or it is closed;
 * requests under way get a second to end. Throws HTTP_PORT_UNUSABLE.
 */
export async function startSite(
  means: Omit<SiteMeans, 'settings'> & {
    readonly settings: SiteMeans['settings'] & Pick<SummarySettings, 'summary'>;
    readonly signal: AbortSignal;
  },
): Promise<HttpListener> {
  const { signal, log, settings } = means;
  const { app, closed } = createSite(means);
  if (closed !== null) log.warn(`the summary page stays closed: ${closed}`);
  const serverOptions = { ...requestLimits, maxHeaderSize: 16_384 };
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  return listen(server, {
    port: settings.summary.port,
    what: 'The summary page',
    hint: 'Set SUMMARY_PORT to a free port above 1023.',
    signal,
  });
}
