import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type HttpListener, listen, requestLimits } from '../../runtime/http-listener.ts';
import { createSite } from './site.ts';
import type { SiteDeps } from './site-deps.ts';

type ServeOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly signal: AbortSignal;
};

/**
 * Serves the private site on a port of all interfaces until `signal` aborts or it is closed; requests under way get a second
 * to end. Throws HTTP_PORT_UNUSABLE.
 */
export async function startSite(deps: SiteDeps, { port, signal }: ServeOptions): Promise<HttpListener> {
  const { app, closed } = createSite(deps);
  if (closed !== null) deps.log.warn(`the summary page stays closed: ${closed}`);
  const serverOptions = { ...requestLimits, maxHeaderSize: 16_384 };
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  return listen(server, {
    port,
    what: 'The summary page',
    hint: 'Set SUMMARY_PORT to a free port above 1023.',
    signal,
  });
}
