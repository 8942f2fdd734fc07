import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../../platform/clock.ts';
import { clientAddress } from './access/client-address.ts';
import { type PasswordHash, passwordMatches } from './access/password.ts';
import { createSessions, type Session } from './access/sessions.ts';
import { createThrottle } from './access/throttle.ts';
import type { Assets } from './assets.ts';
import { checkLink } from './links.ts';
import type { Frame } from './view/layout.ts';
import { signInPage } from './view/sign-in-page.ts';

type Means = {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly signingKey: string;
  readonly password: PasswordHash;
  readonly passwordHash: string;
  readonly publicUrl: string | null;
};

export type Gate = {
  /** Adds the ways in and out: sign in, sign out, a mail's link, and what anybody may load. */
  addDoors(app: Hono): void;
  /** What a visitor may see of a day, or of everything that is no day (null). */
  sessionFor(c: Context, day: string | null): Session | null;
  /** Asks for the password in place of what was asked for. Says the same whether that exists or not. */
  ask(c: Context, problem?: string, status?: 200 | 401 | 403 | 410): Response | Promise<Response>;
};

const fullHours = 14 * 24;
const dayHours = 12;
const brand = 'Daily summary';

/** Who gets in, and how far. */
export function createGate(means: Means): Gate {
  const { assets, clock, signingKey, password, passwordHash, publicUrl } = means;
  const sessions = createSessions(signingKey, passwordHash);
  const throttle = createThrottle();
  const secure = publicUrl?.startsWith('https:') ?? false;
  const cookies = cookieNames(secure);
  const frame: Frame = { assets, scope: 'none', brand };
  let checking: Promise<unknown> = Promise.resolve();

  /** One at a time: each check takes 32 MiB. */
  const matches = (given: string): Promise<boolean> => {
    const check = checking.then(() => passwordMatches(given, password));
    checking = check.catch(() => {});
    return check;
  };

  const give = (c: Context, name: string, path: string, session: Session, expiresAt: Temporal.Instant) => {
    const maxAge = Math.floor((expiresAt.epochMilliseconds - clock.now().epochMilliseconds) / 1000);
    setCookie(c, name, sessions.open(session, expiresAt), { path, maxAge, httpOnly: true, secure, sameSite: 'Lax' });
  };

  const signedIn = (c: Context, name: string): Session | null => {
    const value = getCookie(c, name);
    return value === undefined ? null : sessions.read(value, clock.now());
  };

  const sessionFor = (c: Context, day: string | null): Session | null => {
    const full = signedIn(c, cookies.full);
    if (full?.scope === 'all') return full;
    const limited = day === null ? null : signedIn(c, cookies.day);
    return limited?.scope === 'day' && limited.day === day ? limited : null;
  };

  const ask: Gate['ask'] = (c, problem, status = 401) => {
    c.status(status);
    return c.html(signInPage(frame, { next: ownPath(c.req.path), problem: problem ?? null }));
  };

  const signIn = async (c: Context): Promise<Response> => {
    const form = await c.req.parseBody();
    const given = typeof form['password'] === 'string' ? form['password'] : '';
    const next = ownPath(typeof form['next'] === 'string' ? form['next'] : '/');
    const again = (problem: string, status: 401 | 429) => c.html(signInPage(frame, { next, problem }), status);
    const client = clientAddress(getConnInfo(c).remote.address ?? '', c.req.header('x-forwarded-for'), secure);
    const attempt = throttle.attempt(client, clock.now());
    if (!attempt.allowed) {
      c.header('Retry-After', String(attempt.retryAfterSeconds));
      return again(`Too many attempts. Try again in ${Math.ceil(attempt.retryAfterSeconds / 60)} min.`, 429);
    }
    if (!(await matches(given))) return again('That is not the password.', 401);
    attempt.forgive();
    give(c, cookies.full, '/', { scope: 'all' }, clock.now().add({ hours: fullHours }));
    return c.redirect(next, 303);
  };

  const signOut = (c: Context): Response => {
    const value = getCookie(c, cookies.full);
    if (value !== undefined) sessions.end(value, clock.now());
    deleteCookie(c, cookies.full, { path: '/', secure });
    return c.redirect('/login', 303);
  };

  const follow = (c: Context, day: string, token: string): Response | Promise<Response> => {
    const link = checkLink(signingKey, day, token, clock.now());
    if (link.state === 'expired') return ask(c, 'This link has expired. The password still opens the page.', 410);
    if (link.state === 'forged') return ask(c, 'This link is not valid.', 403);
    const until = earlier(link.expiresAt, clock.now().add({ hours: dayHours }));
    if (signedIn(c, cookies.full) === null) give(c, cookies.day, `/day/${day}`, { scope: 'day', day }, until);
    return c.redirect(`/day/${day}`, 303);
  };

  return {
    addDoors(app) {
      for (const { path, type, content } of Object.values(assets)) {
        app.get(path, (c) =>
          c.body(content, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
        );
      }
      app.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'));
      app.get('/login', (c) => (sessionFor(c, null) === null ? ask(c, undefined, 200) : c.redirect('/', 303)));
      app.post('*', bodyLimit({ maxSize: 4096 }));
      app.post('*', (c, next) =>
        isOwnForm(c, publicUrl) ? next() : c.text('This form belongs to another site.\n', 403),
      );
      app.post('/login', signIn);
      app.post('/logout', signOut);
      app.get('/day/:day/open/:token', (c) => follow(c, c.req.param('day'), c.req.param('token')));
    },
    sessionFor,
    ask,
  };
}

/** Browsers keep a `__Host-` cookie for this very host; a day's cookie goes to that day's path only. */
function cookieNames(secure: boolean): { full: string; day: string } {
  return secure
    ? { full: '__Host-nightshift', day: '__Secure-nightshift-day' }
    : { full: 'nightshift', day: 'nightshift-day' };
}

/** A path of this site to go to after signing in; anything else becomes `/`. */
function ownPath(path: string): string {
  return /^\/(?:day\/\d{4}-\d{2}-\d{2}|calendar(?:\/\d{4}-\d{2})?|status)$/.test(path)
    ? path
    : (openedDay(path) ?? '/');
}

/** A form of another site (CSRF) has another Origin. Every browser sends one with a POST. */
function isOwnForm(c: Context, publicUrl: string | null): boolean {
  const origin = c.req.header('origin');
  const host = c.req.header('host');
  if (publicUrl !== null && origin === new URL(publicUrl).origin) return true;
  return publicUrl === null && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

function openedDay(path: string): string | null {
  return /^(\/day\/\d{4}-\d{2}-\d{2})\/open\//.exec(path)?.[1] ?? null;
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) < 0 ? one : other;
}
