import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { asFailure } from '../../runtime/errors.ts';
import { parsePasswordHash } from './access/password.ts';
import { readAssets } from './assets.ts';
import { addAuthRoutes } from './auth-routes.ts';
import { addPageRoutes } from './page-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { createSessionGuard } from './session-guard.ts';
import type { SiteDeps } from './site-deps.ts';

/**
 * The private site. Fails closed: without a usable password hash and a signing key it serves only `/healthz`, and `closed`
 * is the reason.
 */
export function createSite(deps: SiteDeps): { readonly app: Hono; readonly closed: string | null } {
  const { access, archive, clock, log } = deps;
  const { publicUrl, passwordHash, signingKey } = access;
  const secure = publicUrl?.startsWith('https:') ?? false;
  const app = new Hono();
  app.use(...securityHeaders(secure));
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
  const guard = createSessionGuard({ assets, clock, signingKey, passwordHash, secure });
  addAuthRoutes(app, { assets, clock, log, guard, signingKey, password, publicUrl, secure });
  addPageRoutes(app, { ...deps, assets, guard });
  return { app, closed: null };
}

function reasonClosed(hash: string | null, usable: boolean, signingKey: string | null): string {
  if (hash === null) return 'SUMMARY_PASSWORD_HASH is not set; `nightshift summary hash-password` makes one';
  if (!usable) return 'SUMMARY_PASSWORD_HASH is not what `nightshift summary hash-password` prints';
  return signingKey === null ? 'SUMMARY_SIGNING_KEY is not set; `openssl rand -hex 32` makes one' : '';
}
