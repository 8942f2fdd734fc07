import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { type SiteScene, signingKey, startSiteScene } from './scene.ts';
import { expectedHeaders, securityHeadersOf } from './security-headers.ts';
import { requestRaw, type Visitor, visitorOf } from './visitor.ts';

describe('paths', () => {
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

  test('without a session every path shows the same sign-in form, whether it exists or not', async () => {
    const form = (await anonymous.get('/status')).body;
    const bare = (text: string) => text.replace(/name="next" value="[^"]*"/, '');
    for (const path of [
      '/',
      '/calendar',
      '/calendar/2025-11',
      '/day/2025-11-30',
      '/day/1999-01-01',
      '/nothing',
      '/day/2025-11-30/table/top-products.csv',
    ]) {
      const { code, body } = await anonymous.get(path);
      assert.deepEqual({ path, code, body: bare(body) }, { path, code: 401, body: bare(form) });
    }
    assert.doesNotMatch(form, /Harbour|RM|2025/);
  });

  test('no spelling of a path gets past the password', async () => {
    for (const path of [
      '//day/2025-11-30',
      '/./day/2025-11-30',
      '/login/../day/2025-11-30',
      '/day/2025-11-30%2f',
      '/day/%32025-11-30',
      '/DAY/2025-11-30',
      '/assets/../day/2025-11-30',
      '/assets/%2e%2e/%2e%2e/summaries.db',
      '/robots.txt/../status',
      '/healthz/../status',
      '/day/2025-11-30;x',
      '/%00',
      '/%E0%A4%A',
    ]) {
      assert.equal(await requestRaw(site.origin, path), 401, path);
    }
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
      assert.equal(await requestRaw(site.origin, '/day/2025-11-30', method), 401, method);
    }
  });

  test('and with a session, what does not exist is not found', async () => {
    for (const path of [
      '/nothing',
      '/day/2025-02-30',
      '/day/2025-11-01',
      '/day/x',
      '/calendar/2025-13',
      '/calendar/x',
      '/day/2025-11-30/table/none.csv',
      '/day/2025-11-30/table/top-products',
      '/day/2025-11-30/table/revenue.csv',
      '/day/2025-11-30/table/..%2f..%2fsummaries.db',
    ]) {
      assert.equal((await owner.get(path)).code, 404, path);
    }
  });

  test('every response has every security header', async () => {
    for (const [visitor, path] of [
      [anonymous, '/'],
      [anonymous, '/login'],
      [anonymous, '/healthz'],
      [anonymous, '/robots.txt'],
      [anonymous, '/nothing'],
      [owner, '/'],
      [owner, '/day/2025-11-30'],
      [owner, '/calendar'],
      [owner, '/status'],
      [owner, '/nothing'],
      [owner, '/day/2025-11-30/table/top-products.csv'],
      [anonymous, linkTo('2025-11-30')],
    ] as const) {
      assert.deepEqual(securityHeadersOf((await visitor.get(path)).headers), expectedHeaders, path);
    }
    anonymous.cookies.clear();
  });

  test('search engines are excluded', async () => {
    assert.equal((await anonymous.get('/robots.txt')).body, 'User-agent: *\nDisallow: /\n');
    assert.match((await anonymous.get('/login')).body, /<meta name="robots" content="noindex, nofollow">/);
  });
});
