import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../../runtime/clock.ts';
import { createDevices } from './access/devices.ts';
import { createSessions, type Session } from './access/sessions.ts';
import type { Assets } from './assets.ts';
import { signInPage } from './pages/sign-in-page.ts';

export type SessionGuard = {
  /** The session that allows a day, or all pages (null); null when there is none. */
  sessionFor(c: Context, day: string | null): Session | null;
  /** The device that the request comes from, when somebody signed in on it before; else null. */
  deviceOf(c: Context): string | null;
  /** Sets the session cookie; one for a day is sent to that day's path only. After the password, the device is remembered too. */
  signIn(c: Context, session: Session, until: Temporal.Instant): void;
  /** Ends the session for a day, or for all pages (null); a copy of its cookie is refused too. */
  signOut(c: Context, day: string | null): void;
  /** The sign-in form in place of the requested page. It is the same whether that page exists or not. */
  signInForm(
    c: Context,
    status: 200 | 401 | 403 | 410 | 429,
    problem?: string,
    next?: string,
  ): Response | Promise<Response>;
};

/** Browsers keep a cookie for 400 days at most. */
const deviceSeconds = 400 * 24 * 3600;

/** Decides what a request may see, by its session cookies. */
export function createSessionGuard(deps: {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly signingKey: string;
  readonly passwordHash: string;
  /** The site is reached by TLS. */
  readonly secure: boolean;
}): SessionGuard {
  const { assets, clock, signingKey, passwordHash, secure } = deps;
  const sessions = createSessions(signingKey, passwordHash);
  const devices = createDevices(signingKey);
  const cookies = cookieNames(secure);

  const cookieFor = (day: string | null) =>
    day === null ? { name: cookies.full, path: '/' } : { name: cookies.day, path: `/day/${day}` };

  const sessionIn = (c: Context, cookie: string): Session | null => {
    const value = getCookie(c, cookie);
    return value === undefined ? null : sessions.read(value, clock.now());
  };

  return {
    sessionFor(c, day) {
      const full = sessionIn(c, cookies.full);
      if (full?.scope === 'all') return full;
      const limited = day === null ? null : sessionIn(c, cookies.day);
      return limited?.scope === 'day' && limited.day === day ? limited : null;
    },
    deviceOf: (c) => devices.identify(getCookie(c, cookies.device)),
    signIn(c, session, until) {
      const { name, path } = cookieFor(session.scope === 'day' ? session.day : null);
      const maxAge = Math.floor((until.epochMilliseconds - clock.now().epochMilliseconds) / 1000);
      const kept = { httpOnly: true, secure, sameSite: 'Lax' } as const;
      setCookie(c, name, sessions.open(session, until), { ...kept, path, maxAge });
      if (session.scope === 'all')
        setCookie(c, cookies.device, devices.remember(), { ...kept, path: '/', maxAge: deviceSeconds });
    },
    signOut(c, day) {
      const { name, path } = cookieFor(day);
      const value = getCookie(c, name);
      if (value !== undefined) sessions.end(value, clock.now());
      deleteCookie(c, name, { path, secure });
    },
    signInForm: (c, status, problem, next = c.req.path) =>
      c.html(
        signInPage(
          { assets, scope: 'none', signOutPath: null, brand: 'Daily summary' },
          ownPath(next),
          problem ?? null,
        ),
        status,
      ),
  };
}

/** Browsers send a `__Host-` cookie to this host only. */
function cookieNames(secure: boolean): { full: string; day: string; device: string } {
  return secure
    ? { full: '__Host-nightshift', day: '__Secure-nightshift-day', device: '__Host-nightshift-device' }
    : { full: 'nightshift', day: 'nightshift-day', device: 'nightshift-device' };
}

/** The path of this site to go to after signing in: the day of a signed link; `/` for any other site or path. */
export function ownPath(path: string): string {
  const own = /^\/(?:day\/\d{4}-\d{2}-\d{2}|calendar(?:\/\d{4}-\d{2})?|status)$/;
  const day = /^(\/day\/\d{4}-\d{2}-\d{2})\/open\//.exec(path)?.[1];
  return day ?? (own.test(path) ? path : '/');
}
