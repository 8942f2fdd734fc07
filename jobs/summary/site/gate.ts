import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../../runtime/clock.ts';
import { createSessions, type Session } from './access/sessions.ts';
import type { Assets } from './assets.ts';
import { signInPage } from './view/sign-in-page.ts';

export type Gate = {
  /** What a visitor may see of a day, or of everything that is no day (null). */
  sessionFor(c: Context, day: string | null): Session | null;
  /** Gives the visitor a session; one for a day goes to that day's path only. */
  admit(c: Context, session: Session, until: Temporal.Instant): void;
  /** Ends the session for a day, or for everything (null), also for who kept a copy of its cookie. */
  dismiss(c: Context, day: string | null): void;
  /** Asks for the password in place of what was asked for. Says the same whether that exists or not. */
  ask(c: Context, status: 200 | 401 | 403 | 410 | 429, problem?: string, next?: string): Response | Promise<Response>;
};

/** Who is in, and how far. */
export function createGate(means: {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly signingKey: string;
  readonly passwordHash: string;
  /** Visitors come by TLS. */
  readonly secure: boolean;
}): Gate {
  const { assets, clock, signingKey, passwordHash, secure } = means;
  const sessions = createSessions(signingKey, passwordHash);
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
    admit(c, session, until) {
      const { name, path } = cookieFor(session.scope === 'day' ? session.day : null);
      const maxAge = Math.floor((until.epochMilliseconds - clock.now().epochMilliseconds) / 1000);
      setCookie(c, name, sessions.open(session, until), { path, maxAge, httpOnly: true, secure, sameSite: 'Lax' });
    },
    dismiss(c, day) {
      const { name, path } = cookieFor(day);
      const value = getCookie(c, name);
      if (value !== undefined) sessions.end(value, clock.now());
      deleteCookie(c, name, { path, secure });
    },
    ask: (c, status, problem, next = c.req.path) =>
      c.html(
        signInPage({ assets, scope: 'none', exit: null, brand: 'Daily summary' }, ownPath(next), problem ?? null),
        status,
      ),
  };
}

/** Browsers keep a `__Host-` cookie for this very host. */
function cookieNames(secure: boolean): { full: string; day: string } {
  return secure
    ? { full: '__Host-nightshift', day: '__Secure-nightshift-day' }
    : { full: 'nightshift', day: 'nightshift-day' };
}

/** A path of this site to go to after signing in (a link's day for its link); anything else becomes `/`. */
export function ownPath(path: string): string {
  const own = /^\/(?:day\/\d{4}-\d{2}-\d{2}|calendar(?:\/\d{4}-\d{2})?|status)$/;
  const day = /^(\/day\/\d{4}-\d{2}-\d{2})\/open\//.exec(path)?.[1];
  return day ?? (own.test(path) ? path : '/');
}
