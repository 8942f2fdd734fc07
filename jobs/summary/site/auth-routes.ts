import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Handler, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { clientAddress } from './access/client-address.ts';
import { type PasswordHash, passwordMatches } from './access/password.ts';
import { createThrottle } from './access/throttle.ts';
import type { Assets } from './assets.ts';
import { ownPath, type SessionGuard } from './session-guard.ts';
import { checkLink } from './signed-links.ts';

type AuthRouteDeps = {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: SessionGuard;
  readonly signingKey: string;
  readonly password: PasswordHash;
  readonly publicUrl: string | null;
  /** Behind a TLS proxy, which names the client in X-Forwarded-For. */
  readonly secure: boolean;
};

const sessionHours = 14 * 24;
const daySessionHours = 12;

/** Adds signing in by password and by a mail's link, signing out, and what needs no session. */
export function addAuthRoutes(app: Hono, deps: AuthRouteDeps): void {
  const { assets, guard, publicUrl } = deps;
  for (const { path, type, content } of Object.values(assets)) {
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' };
    app.get(path, (c) => c.body(content, 200, headers));
  }
  app.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'));
  app.get('/login', (c) => (guard.sessionFor(c, null) === null ? guard.signInForm(c, 200) : c.redirect('/', 303)));
  app.post('*', bodyLimit({ maxSize: 4096 }));
  app.post('*', csrf({ origin: isOwnOrigin(publicUrl), secFetchSite: () => false }));
  app.post('/login', signIn(deps));
  app.post('/logout', signOut(guard));
  app.post('/day/:day{\\d{4}-\\d{2}-\\d{2}}/leave', signOut(guard));
  app.get('/day/:day/open/:token', (c) => followLink(c, c.req.param('day'), c.req.param('token'), deps));
}

/**
 * Whether a form came from this site: every browser sends its Origin with a POST. Without a public URL a TLS proxy may stand
 * in front, so that the scheme is not known.
 */
function isOwnOrigin(publicUrl: string | null): (origin: string, c: Context) => boolean {
  if (publicUrl !== null) {
    const own = new URL(publicUrl).origin;
    return (origin) => origin === own;
  }
  return (origin, c) => {
    const host = c.req.header('host');
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  };
}

function signIn({ clock, log, guard, password, secure }: AuthRouteDeps): Handler {
  const throttle = createThrottle();
  const matches = oneAtATime((given: string) => passwordMatches(given, password));
  return async (c) => {
    const form = await c.req.parseBody().catch(() => null);
    if (form === null) return c.text('This form cannot be read.\n', 400);
    const given = textOf(form['password']);
    const next = ownPath(textOf(form['next']));
    const client = clientAddress(getConnInfo(c).remote.address ?? '', c.req.header('x-forwarded-for'), secure);
    const attempt = throttle.attempt({ client, device: guard.deviceOf(c) }, clock.now());
    if (!attempt.allowed) {
      c.header('Retry-After', String(attempt.retryAfterSeconds));
      const minutes = Math.ceil(attempt.retryAfterSeconds / 60);
      return guard.signInForm(c, 429, `Too many attempts. Try again in ${minutes} min.`, next);
    }
    if (!(await matches(given))) {
      log.warn(`summary page: a wrong password from ${client}`);
      return guard.signInForm(c, 401, 'Wrong password.', next);
    }
    attempt.forgive();
    log.line(`summary page: signed in from ${client}`);
    guard.signIn(c, { scope: 'all' }, clock.now().add({ hours: sessionHours }));
    return c.redirect(next, 303);
  };
}

/** A valid link redirects to its day's own path, so that the token stays in no history and no referrer. */
function followLink(c: Context, day: string, token: string, { clock, guard, signingKey }: AuthRouteDeps) {
  const link = checkLink(signingKey, day, token, clock.now());
  if (link.state === 'expired')
    return guard.signInForm(c, 410, 'This link has expired. The password still opens the page.');
  if (link.state === 'forged') return guard.signInForm(c, 403, 'This link is not valid.');
  const latest = clock.now().add({ hours: daySessionHours });
  const until = Temporal.Instant.compare(link.expiresAt, latest) < 0 ? link.expiresAt : latest;
  if (guard.sessionFor(c, null) === null) guard.signIn(c, { scope: 'day', day }, until);
  return c.redirect(`/day/${day}`, 303);
}

function signOut(guard: SessionGuard): Handler {
  return (c) => {
    guard.signOut(c, c.req.param('day') ?? null);
    return c.redirect('/login', 303);
  };
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

/** Checking a password takes 32 MiB, so only one is checked at a time. */
function oneAtATime<In, Out>(work: (given: In) => Promise<Out>): (given: In) => Promise<Out> {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const next = last.then(() => work(given));
    last = next.catch(() => {});
    return next;
  };
}
