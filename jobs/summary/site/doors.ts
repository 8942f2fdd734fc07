import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { clientAddress } from './access/client-address.ts';
import { type PasswordHash, passwordMatches } from './access/password.ts';
import { createThrottle } from './access/throttle.ts';
import type { Assets } from './assets.ts';
import { type Gate, ownPath } from './gate.ts';
import { checkLink } from './links.ts';

type Means = {
  readonly assets: Assets;
  readonly clock: Clock;
  readonly log: Log;
  readonly gate: Gate;
  readonly signingKey: string;
  readonly password: PasswordHash;
  readonly publicUrl: string | null;
  readonly secure: boolean;
};

type Answer = Response | Promise<Response>;

const sessionHours = 14 * 24;
const dayHours = 12;

/** Adds the ways in and out: the password, a mail's link, signing out; and what anybody may load. */
export function addDoors(app: Hono, means: Means): void {
  const { assets, gate, publicUrl } = means;
  for (const { path, type, content } of Object.values(assets)) {
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' };
    app.get(path, (c) => c.body(content, 200, headers));
  }
  app.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'));
  app.get('/login', (c) => (gate.sessionFor(c, null) === null ? gate.ask(c, 200) : c.redirect('/', 303)));
  app.post('*', bodyLimit({ maxSize: 4096 }));
  app.post('*', (c, next) => (isOwnForm(c, publicUrl) ? next() : c.text('This form belongs to another site.\n', 403)));
  app.post('/login', signIn(means));
  app.post('/logout', leave(gate));
  app.post('/day/:day{\\d{4}-\\d{2}-\\d{2}}/leave', leave(gate));
  app.get('/day/:day/open/:token', (c) => follow(c, c.req.param('day'), c.req.param('token'), means));
}

function signIn({ clock, log, gate, password, secure }: Means): (c: Context) => Promise<Response> {
  const throttle = createThrottle();
  const matches = oneAtATime((given: string) => passwordMatches(given, password));
  return async (c) => {
    const form = await c.req.parseBody();
    const given = textOf(form['password']);
    const next = ownPath(textOf(form['next']));
    const client = clientAddress(getConnInfo(c).remote.address ?? '', c.req.header('x-forwarded-for'), secure);
    const attempt = throttle.attempt(client, clock.now());
    if (!attempt.allowed) {
      c.header('Retry-After', String(attempt.retryAfterSeconds));
      const minutes = Math.ceil(attempt.retryAfterSeconds / 60);
      return gate.ask(c, 429, `Too many attempts. Try again in ${minutes} min.`, next);
    }
    if (!(await matches(given))) {
      log.warn(`summary page: a wrong password from ${client}`);
      return gate.ask(c, 401, 'That is not the password.', next);
    }
    attempt.forgive();
    log.line(`summary page: signed in from ${client}`);
    gate.admit(c, { scope: 'all' }, clock.now().add({ hours: sessionHours }));
    return c.redirect(next, 303);
  };
}

/** A link that is good gives way to its day's own address, so that the token stays in no history and no referrer. */
function follow(c: Context, day: string, token: string, { clock, gate, signingKey }: Means): Answer {
  const link = checkLink(signingKey, day, token, clock.now());
  if (link.state === 'expired') return gate.ask(c, 410, 'This link has expired. The password still opens the page.');
  if (link.state === 'forged') return gate.ask(c, 403, 'This link is not valid.');
  const longest = clock.now().add({ hours: dayHours });
  const until = Temporal.Instant.compare(link.expiresAt, longest) < 0 ? link.expiresAt : longest;
  if (gate.sessionFor(c, null) === null) gate.admit(c, { scope: 'day', day }, until);
  return c.redirect(`/day/${day}`, 303);
}

function leave(gate: Gate): (c: Context) => Answer {
  return (c) => {
    gate.dismiss(c, c.req.param('day') ?? null);
    return c.redirect('/login', 303);
  };
}

/** A form of another site (CSRF) has another Origin. Every browser sends one with a POST. */
function isOwnForm(c: Context, publicUrl: string | null): boolean {
  const origin = c.req.header('origin');
  const host = c.req.header('host');
  if (publicUrl !== null) return origin === new URL(publicUrl).origin;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

/** Checking a password takes 32 MiB, so those who come at once wait for each other. */
function oneAtATime<In, Out>(work: (given: In) => Promise<Out>): (given: In) => Promise<Out> {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const next = last.then(() => work(given));
    last = next.catch(() => {});
    return next;
  };
}
