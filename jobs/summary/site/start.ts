import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { SettingsWithoutStore } from '../../settings/settings.ts';
import { createSite, type SiteMeans } from './site.ts';

export type Site = { readonly port: number; close(): Promise<void> };

const closeGraceMs = 1_000;

/**
 * Serves the private page on SUMMARY_PORT (0 takes a free one) of all interfaces until `signal` aborts or it is closed;
 * requests under way get a second to end. Throws HTTP_PORT_UNUSABLE.
 */
export async function startSite(
  means: Omit<SiteMeans, 'settings'> & {
    readonly settings: SiteMeans['settings'] & Pick<SettingsWithoutStore, 'summary'>;
    readonly signal: AbortSignal;
  },
): Promise<Site> {
  const { signal, log, settings } = means;
  const { app, closed } = createSite(means);
  if (closed !== null) log.warn(`the summary page stays closed: ${closed}`);
  const serverOptions = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 };
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  const close = () =>
    new Promise<void>((ended) => {
      const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      server.close(() => {
        clearTimeout(cut);
        ended();
      });
    });
  try {
    server.listen(settings.summary.port, '0.0.0.0');
    await once(server, 'listening', { signal });
  } catch (error) {
    server.close();
    throw signal.aborted ? error : portFailure(settings.summary.port, error);
  }
  signal.addEventListener('abort', close, { once: true });
  return { port: (server.address() as AddressInfo).port, close };
}

function portFailure(port: number, error: unknown): Failure {
  const code = systemCodeOf(error);
  const why = code === 'EADDRINUSE' ? 'another process listens there' : (code ?? String(error));
  return new Failure(
    'HTTP_PORT_UNUSABLE',
    `The summary page cannot be served on port ${port}: ${why}.`,
    'Set SUMMARY_PORT to a free port above 1023.',
    error,
  );
}
