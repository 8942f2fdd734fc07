import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { type SiteScene, signingKey, startSiteScene } from './scene.ts';
import { requestRaw, type Visitor, visitorOf } from './visitor.ts';

describe('signing in and out', () => {
  let site: SiteScene;
  let anonymous: Visitor;
  let owner: Visitor;
  before(async () => {
    site = await startSiteScene();
    anonymous = visitorOf(site.origin);
    owner = visitorOf(site.origin);
    await owner.signIn();
  });
  after(() => site.close());

  const linkTo = (day: string, expires = '2025-12-15T00:00:00Z') =>
    new URL(signedLink(site.origin, signingKey, day, Temporal.Instant.from(expires))).pathname;

  test('the password opens everything, by a cookie that no script reads and that shows nothing', async () => {
    const visitor = visitorOf(site.origin);
    const { code, headers } = await visitor.signIn();
    assert.deepEqual({ code, to: headers.get('location') }, { code: 303, to: '/' });
    const [line = ''] = headers.getSetCookie();
    assert.match(line, /^nightshift=[\w-]{56,}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.equal((await visitor.get('/')).headers.get('location'), '/day/2025-11-30');
    const { code: shown, body } = await visitor.get('/day/2025-11-30');
    assert.equal(shown, 200);
    assert.match(body, /Yesterday: RM 12,340 from 87 orders/);
  });

  test('behind TLS the cookie is kept for this host and for TLS alone, and browsers are made to stay with TLS', async (t) => {
    const secure = await startSiteScene({ SUMMARY_PUBLIC_URL: 'https://daily.shop.test' });
    t.after(() => secure.close());
    const { headers } = await visitorOf(secure.origin).signIn(undefined, { origin: 'https://daily.shop.test' });
    assert.match(
      headers.getSetCookie()[0] ?? '',
      /^__Host-nightshift=[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
    const link = new URL(
      signedLink('https://daily.shop.test', signingKey, '2025-11-30', Temporal.Instant.from('2026-01-01T00:00:00Z')),
    );
    const followed = await visitorOf(secure.origin).get(link.pathname);
    assert.match(
      followed.headers.getSetCookie()[0] ?? '',
      /^__Secure-nightshift-day=[\w-]+; Max-Age=43200; Path=\/day\/2025-11-30; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('signing in redirects to the requested page, and never to another site', async () => {
    for (const [next, to] of [
      ['/day/2025-11-28', '/day/2025-11-28'],
      ['/calendar/2025-11', '/calendar/2025-11'],
      ['/status', '/status'],
      ['https://attacker.test/', '/'],
      ['//attacker.test', '/'],
      ['/\\attacker.test', '/'],
      ['/day/2025-11-28/../../logout', '/'],
      ['javascript:alert(1)', '/'],
      ['/status\r\nX: y', '/'],
      ['', '/'],
    ] as const) {
      const { headers } = await visitorOf(site.origin).post('/login', { password: 'a long enough password', next });
      assert.equal(headers.get('location'), to, next);
    }
    assert.match((await anonymous.get('/day/2025-11-28')).body, /name="next" value="\/day\/2025-11-28"/);
  });

  test('forms of other sites are refused, for signing in and out', async () => {
    for (const origin of ['https://attacker.test', 'null', `${site.origin}.attacker.test`, '']) {
      assert.equal((await visitorOf(site.origin).signIn(undefined, { origin })).code, 403, origin);
      assert.equal((await owner.post('/logout', {}, { origin })).code, 403, origin);
    }
    assert.equal(
      await requestRaw(site.origin, '/login', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }),
      403,
    );
    assert.equal((await owner.get('/status')).code, 200);
    assert.equal((await owner.get('/logout')).code, 404);
  });

  test('the Origin alone decides whose form it is, whatever Sec-Fetch-Site says', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { host } = new URL(site.origin);
    for (const [headers, code] of [
      [{ origin: site.origin }, 303],
      [{ origin: site.origin, 'sec-fetch-site': 'cross-site' }, 303],
      // A TLS proxy in front of a site that was given no public URL.
      [{ origin: `https://${host}` }, 303],
      [{ origin: 'https://daily.shop.test', host: 'daily.shop.test' }, 303],
      [{ origin: site.origin, host: 'daily.shop.test' }, 403],
      [{ origin: 'https://attacker.test', 'sec-fetch-site': 'same-origin' }, 403],
      [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, 403],
      [{ 'sec-fetch-site': 'same-origin' }, 403],
      [{ 'sec-fetch-site': 'none' }, 403],
    ] as [Record<string, string>, number][]) {
      const raw = await requestRaw(site.origin, '/logout', 'POST', { ...form, ...headers });
      assert.equal(raw, code, JSON.stringify(headers));
    }
  });

  test('with a public URL its origin is the only one, whatever the Host', async (t) => {
    const other = await startSiteScene({ SUMMARY_PUBLIC_URL: 'https://daily.shop.test/summaries' });
    t.after(() => other.close());
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { host } = new URL(other.origin);
    for (const [headers, code] of [
      [{ origin: 'https://daily.shop.test' }, 303],
      [{ origin: 'https://daily.shop.test', host: 'daily.shop.test' }, 303],
      [{ origin: 'http://daily.shop.test', host: 'daily.shop.test' }, 403],
      [{ origin: other.origin }, 403],
      [{ origin: `https://${host}`, 'sec-fetch-site': 'same-origin' }, 403],
      [{ origin: 'null' }, 403],
      [{}, 403],
    ] as [Record<string, string>, number][]) {
      const raw = await requestRaw(other.origin, '/logout', 'POST', { ...form, ...headers });
      assert.equal(raw, code, JSON.stringify(headers));
    }
  });

  test('signing out ends the session, also for who kept the cookie', async () => {
    const visitor = visitorOf(site.origin);
    await visitor.signIn();
    const kept = new Map(visitor.cookies);
    const { code, headers } = await visitor.post('/logout', {});
    assert.deepEqual(
      { code, to: headers.get('location'), left: [...visitor.cookies.keys()] },
      { code: 303, to: '/login', left: ['nightshift-device'] },
    );
    for (const [name, value] of kept) visitor.cookies.set(name, value);
    assert.equal((await visitor.get('/status')).code, 401);
  });

  test('a cookie that was changed, or of the wrong kind, opens nothing', async () => {
    const full = owner.cookies.get('nightshift') ?? '';
    const dayVisitor = visitorOf(site.origin);
    await dayVisitor.get(linkTo('2025-11-30'));
    const limited = dayVisitor.cookies.get('nightshift-day') ?? '';
    const flipped = `${full.slice(0, -2)}${full.at(-2) === 'A' ? 'B' : 'A'}${full.at(-1)}`;
    for (const [name, value] of [
      ['nightshift', flipped],
      ['nightshift', ''],
      ['nightshift', 'all'],
      ['nightshift', limited],
      ['nightshift-day', full],
      ['nightshift', `${full}=`],
    ] as const) {
      const visitor = visitorOf(site.origin);
      visitor.cookies.set(name, value);
      assert.equal((await visitor.get('/status')).code, 401, name);
    }
  });

  test('a session ends by itself', async (t) => {
    t.after(() => site.setClock('2025-12-01T08:30'));
    const visitor = visitorOf(site.origin);
    await visitor.signIn();
    site.setClock('2025-12-15T08:29');
    assert.equal((await visitor.get('/status')).code, 200);
    site.setClock('2025-12-15T08:30');
    assert.equal((await visitor.get('/status')).code, 401);
  });

  test('after five wrong passwords the right one has to wait, too', async (t) => {
    const other = await startSiteScene();
    t.after(() => other.close());
    const visitor = visitorOf(other.origin);
    for (let count = 0; count < 5; count += 1) assert.equal((await visitor.signIn(`wrong ${count}`)).code, 401);
    const { code, headers, body } = await visitor.signIn();
    assert.deepEqual({ code, wait: headers.get('retry-after') }, { code: 429, wait: '900' });
    assert.match(body, /Too many attempts. Try again in 15 min./);
    assert.equal((await visitor.signIn(undefined, { 'x-forwarded-for': '198.51.100.7' })).code, 429);
    other.setClock('2025-12-01T08:45');
    assert.equal((await visitor.signIn()).code, 303);
    assert.deepEqual(other.lines, [
      ...Array.from({ length: 5 }, () => 'WARNING summary page: a wrong password from 127.0.0.1'),
      'summary page: signed in from 127.0.0.1',
    ]);
  });

  test('behind the proxy each client has attempts of its own, whatever it claims', async (t) => {
    const other = await startSiteScene({ SUMMARY_PUBLIC_URL: 'https://daily.shop.test' });
    t.after(() => other.close());
    const origin = 'https://daily.shop.test';
    const from = (client: string, given: string) =>
      visitorOf(other.origin).signIn(given, { origin, 'x-forwarded-for': client });
    for (let count = 0; count < 5; count += 1) await from(`203.0.113.${count}, 198.51.100.7`, 'wrong');
    assert.equal((await from('203.0.113.9, 198.51.100.7', 'a long enough password')).code, 429);
    assert.equal((await from('198.51.100.8', 'a long enough password')).code, 303);
  });

  test('wrong passwords from elsewhere lock out no device that signed in before, which has a limit of its own', async (t) => {
    const other = await startSiteScene();
    t.after(() => other.close());
    const owner = visitorOf(other.origin);
    assert.equal((await owner.signIn()).code, 303);
    await owner.post('/logout', {});
    const stranger = visitorOf(other.origin);
    for (let count = 0; count < 5; count += 1) await stranger.signIn('wrong');
    assert.equal((await stranger.signIn()).code, 429);
    stranger.cookies.set('nightshift-device', 'AAAAAAAAAAAAAAAA.AAAA');
    assert.equal((await stranger.signIn()).code, 429);
    assert.equal((await owner.signIn()).code, 303);
    for (let count = 0; count < 5; count += 1) await owner.signIn('wrong');
    assert.equal((await owner.signIn()).code, 429);
  });

  test('a form that is too large, empty, or no form at all is refused', async () => {
    assert.equal((await anonymous.post('/login', { password: 'x'.repeat(5000) })).code, 413);
    const visitor = visitorOf(site.origin);
    assert.equal((await visitor.post('/login', {})).code, 401);
    assert.equal((await visitor.post('/login', { password: '' }, { 'content-type': 'application/json' })).code, 401);
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary=']) {
      assert.equal((await visitor.post('/login', { password: 'x' }, { 'content-type': type })).code, 400, type);
    }
    assert.equal((await visitor.post('/status', {})).code, 401);
    assert.equal((await visitor.post('/day/x;%20Domain=attacker.test/leave', {})).code, 401);
  });
});
