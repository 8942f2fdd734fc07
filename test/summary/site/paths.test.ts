import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/links.ts';
import { protection, protective } from './protection.ts';
import { type SiteScene, serveSite, signingKey } from './scene.ts';
import { askRaw, type Visitor, visitorOf } from './visitor.ts';

describe('paths', () => {
  let site: SiteScene;
  let stranger: Visitor;
  let owner: Visitor;
  before(async () => {
    site = await serveSite();
    stranger = visitorOf(site.origin);
    owner = visitorOf(site.origin);
    await owner.signIn();
  });
  after(() => site.close());

  const linkTo = (day: string, expires = '2025-12-15T00:00:00Z') =>
    new URL(signedLink(site.origin, signingKey, day, Temporal.Instant.from(expires))).pathname;

  test('a stranger is asked for the password everywhere, and cannot tell what exists', async () => {
    const form = (await stranger.get('/status')).body;
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
      const { code, body } = await stranger.get(path);
      assert.deepEqual({ path, code, body: bare(body) }, { path, code: 401, body: bare(form) });
    }
    assert.doesNotMatch(form, /Harbour|RM|2025/);
  });

  test('no trick with a path gets past the password', async () => {
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
      const code = await askRaw(site.origin, path);
      assert.ok([400, 401].includes(code), `${path} ${code}`);
    }
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
      assert.equal(await askRaw(site.origin, '/day/2025-11-30', method), 401, method);
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

  test('every answer has every protective header', async () => {
    for (const [visitor, path] of [
      [stranger, '/'],
      [stranger, '/login'],
      [stranger, '/healthz'],
      [stranger, '/robots.txt'],
      [stranger, '/nothing'],
      [owner, '/'],
      [owner, '/day/2025-11-30'],
      [owner, '/calendar'],
      [owner, '/status'],
      [owner, '/nothing'],
      [owner, '/day/2025-11-30/table/top-products.csv'],
      [stranger, linkTo('2025-11-30')],
    ] as const) {
      assert.deepEqual(protection((await visitor.get(path)).headers), protective, path);
    }
    stranger.cookies.clear();
  });

  test('search engines are told to stay away', async () => {
    assert.equal((await stranger.get('/robots.txt')).body, 'User-agent: *\nDisallow: /\n');
    assert.match((await stranger.get('/login')).body, /<meta name="robots" content="noindex, nofollow">/);
  });
});
