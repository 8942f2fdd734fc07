import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Clock } from '../../runtime/clock.ts';
import { asFailure } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { SummarySettings } from '../../settings/settings.ts';
import { parsePasswordHash } from './access/password.ts';
import { readAssets } from './assets.ts';
import { addDoors } from './doors.ts';
import { createGate } from './gate.ts';
import { protectiveHeaders } from './headers.ts';
import { addPages } from './pages.ts';
import type { Sources } from './sources.ts';

type SiteSettings = Pick<SummarySettings, 'databases' | 'schedule' | 'zone' | 'stateDir' | 'stagingDir'> & {
  readonly summary: Pick<SummarySettings['summary'], 'schedule' | 'publicUrl' | 'passwordHash' | 'signingKey'>;
};

export type SiteMeans = Sources & { readonly settings: SiteSettings; readonly clock: Clock; readonly log: Log };

/**
 * The private site as a function from request to answer. Fails closed: without a usable password hash and a signing key
 * `/healthz` is all there is, and `closed` says why.
 */
export function createSite(means: SiteMeans): { readonly app: Hono; readonly closed: string | null } {
  const { settings, archive, clock, log } = means;
  const { publicUrl, passwordHash, signingKey } = settings.summary;
  const secure = publicUrl?.startsWith('https:') ?? false;
  const app = new Hono();
  app.use(...protectiveHeaders(secure));
  app.get('/healthz', (c) => {
    archive.days();
    return c.text('healthy\n');
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    log.failure(asFailure(error));
    return c.text('The page cannot be shown; the log of the service says why.\n', 500);
  });
  const password = passwordHash === null ? null : parsePasswordHash(passwordHash);
  if (passwordHash === null || password === null || signingKey === null) {
    app.all('*', (c) => c.body(null, 503));
    return { app, closed: reasonClosed(passwordHash, password !== null, signingKey) };
  }
  const assets = readAssets();
  const gate = createGate({ assets, clock, signingKey, passwordHash, secure });
  addDoors(app, { assets, clock, log, gate, signingKey, password, publicUrl, secure });
  addPages(app, { ...means, assets, gate });
  return { app, closed: null };
}

function reasonClosed(hash: string | null, usable: boolean, signingKey: string | null): string {
  if (hash === null) return 'SUMMARY_PASSWORD_HASH is not set; `nightshift summary hash-password` makes one';
  if (!usable) return 'SUMMARY_PASSWORD_HASH is not what `nightshift summary hash-password` prints';
  return signingKey === null ? 'SUMMARY_SIGNING_KEY is not set; `openssl rand -hex 32` makes one' : '';
}
