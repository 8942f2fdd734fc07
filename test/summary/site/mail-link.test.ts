import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { type SiteScene, signingKey, startSiteScene } from './scene.ts';
import { type Visitor, visitorOf } from './visitor.ts';

describe('the link of a mail', () => {
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

  test('the link of a mail opens its day and no other', async () => {
    const visitor = visitorOf(site.origin);
    const { code, headers } = await visitor.get(linkTo('2025-11-29'));
    assert.deepEqual({ code, to: headers.get('location') }, { code: 303, to: '/day/2025-11-29' });
    assert.match(headers.getSetCookie()[0] ?? '', /; Path=\/day\/2025-11-29; HttpOnly; SameSite=Lax$/);
    const { code: shown, body } = await visitor.get('/day/2025-11-29');
    assert.equal(shown, 200);
    assert.match(body, /This link opens this day only/);
    assert.doesNotMatch(body, /href="\/(day\/2025-11-(28|30)|calendar|status)/);
    assert.equal((await visitor.get('/day/2025-11-29/table/top-products.csv')).code, 200);
    for (const path of ['/', '/day/2025-11-30', '/calendar', '/status', '/day/2025-11-30/table/top-products.csv']) {
      assert.equal((await visitor.get(path)).code, 401, path);
    }
  });

  test('a session of a link can be signed out, and then the link opens the day again', async () => {
    const visitor = visitorOf(site.origin);
    await visitor.get(linkTo('2025-11-29'));
    const kept = new Map(visitor.cookies);
    assert.match((await visitor.get('/day/2025-11-29')).body, /action="\/day\/2025-11-29\/leave"/);
    const { code, headers } = await visitor.post('/day/2025-11-29/leave', {});
    assert.deepEqual(
      { code, to: headers.get('location'), left: visitor.cookies.size },
      { code: 303, to: '/login', left: 0 },
    );
    for (const [name, value] of kept) visitor.cookies.set(name, value);
    assert.equal((await visitor.get('/day/2025-11-29')).code, 401);
    await visitor.get(linkTo('2025-11-29'));
    assert.equal((await visitor.get('/day/2025-11-29')).code, 200);
  });

  test('a link does not change the session of a signed-in visitor', async () => {
    const visitor = visitorOf(site.origin);
    await visitor.signIn();
    assert.deepEqual((await visitor.get(linkTo('2025-11-29'))).headers.getSetCookie(), []);
    assert.equal((await visitor.get('/status')).code, 200);
  });

  test('the session of a link ends after 12 hours, or when the link expires', async (t) => {
    t.after(() => site.setClock('2025-12-01T08:30'));
    const visitor = visitorOf(site.origin);
    await visitor.get(linkTo('2025-11-29'));
    const soon = visitorOf(site.origin);
    await soon.get(linkTo('2025-11-29', '2025-12-01T09:00:00+08:00'));
    site.setClock('2025-12-01T09:00');
    assert.equal((await visitor.get('/day/2025-11-29')).code, 200);
    assert.equal((await soon.get('/day/2025-11-29')).code, 401);
    site.setClock('2025-12-01T20:30');
    assert.equal((await visitor.get('/day/2025-11-29')).code, 401);
  });

  test('an expired link, a forged one, and one that was moved to another day show the sign-in form', async () => {
    const token = linkTo('2025-11-29').split('/').at(-1);
    for (const [path, code, text] of [
      [linkTo('2025-11-29', '2025-12-01T08:30:00+08:00'), 410, /This link has expired/],
      [`/day/2025-11-30/open/${token}`, 403, /This link is not valid/],
      [`/day/2025-11-29/open/${token}x`, 403, /This link is not valid/],
      ['/day/2025-11-29/open/0.0', 403, /This link is not valid/],
    ] as const) {
      const response = await anonymous.get(path);
      assert.equal(response.code, code, path);
      assert.match(response.body, text);
      assert.match(response.body, /name="next" value="\/day\/2025-11-(29|30)"/);
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
  });
});
