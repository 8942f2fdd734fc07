import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/links.ts';
import { samplePage } from './sample.ts';
import { type SiteScene, serveSite, signingKey } from './scene.ts';
import { type Visitor, visitorOf } from './visitor.ts';

const protective = {
  'cache-control': 'private, no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow, noarchive',
};

const protection = (headers: Headers) =>
  Object.fromEntries(Object.keys(protective).map((name) => [name, headers.get(name)]));

/** Sends a path as it is written: fetch would tidy it up. */
function askRaw(origin: string, path: string, method = 'GET', headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) =>
    request({ hostname, port, path, method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(),
  );
}

describe('without a password or a signing key', () => {
  for (const [name, environment, reason] of [
    [
      'no password',
      { SUMMARY_PASSWORD_HASH: '' },
      'SUMMARY_PASSWORD_HASH is not set; `nightshift summary hash-password` makes one',
    ],
    ['no key', { SUMMARY_SIGNING_KEY: '' }, 'SUMMARY_SIGNING_KEY is not set; `openssl rand -hex 32` makes one'],
    [
      'a password that is no hash',
      { SUMMARY_PASSWORD_HASH: 'secret' },
      'SUMMARY_PASSWORD_HASH is not what `nightshift summary hash-password` prints',
    ],
  ] as const) {
    test(`${name}: the health check is all there is`, async (t) => {
      const site = await serveSite(environment);
      t.after(() => site.close());
      const visitor = visitorOf(site.origin);
      const link = new URL(
        signedLink(site.origin, signingKey, '2025-11-30', Temporal.Instant.from('2026-01-01T00:00:00Z')),
      );
      for (const path of ['/', '/login', '/status', '/robots.txt', '/day/2025-11-30', link.pathname, '/healthz/']) {
        const { code, headers, body } = await visitor.get(path);
        assert.deepEqual({ code, body, ...protection(headers) }, { code: 503, body: '', ...protective }, path);
      }
      assert.deepEqual((await visitor.signIn()).code, 503);
      const { code, body } = await visitor.get('/healthz');
      assert.deepEqual({ code, body }, { code: 200, body: 'healthy\n' });
      assert.deepEqual(site.lines, [`WARNING the summary page stays closed: ${reason}`]);
    });
  }
});

describe('the site', () => {
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

  test('behind TLS the cookie is kept for this host and for TLS alone, and browsers are told to stay with TLS', async (t) => {
    const secure = await serveSite({ SUMMARY_PUBLIC_URL: 'https://daily.shop.test' });
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

  test('after signing in one is where one wanted to be, and never on another site', async () => {
    for (const [next, to] of [
      ['/day/2025-11-28', '/day/2025-11-28'],
      ['/calendar/2025-11', '/calendar/2025-11'],
      ['/status', '/status'],
      ['https://evil.test/', '/'],
      ['//evil.test', '/'],
      ['/\\evil.test', '/'],
      ['/day/2025-11-28/../../logout', '/'],
      ['javascript:alert(1)', '/'],
      ['/status\r\nX: y', '/'],
      ['', '/'],
    ] as const) {
      const { headers } = await visitorOf(site.origin).post('/login', { password: 'a long enough password', next });
      assert.equal(headers.get('location'), to, next);
    }
    assert.match((await stranger.get('/day/2025-11-28')).body, /name="next" value="\/day\/2025-11-28"/);
  });

  test('forms of other sites are refused, for signing in and out', async () => {
    for (const origin of ['https://evil.test', 'null', `${site.origin}.evil.test`, '']) {
      assert.equal((await visitorOf(site.origin).signIn(undefined, { origin })).code, 403, origin);
      assert.equal((await owner.post('/logout', {}, { origin })).code, 403, origin);
    }
    assert.equal(
      await askRaw(site.origin, '/login', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }),
      403,
    );
    assert.equal((await owner.get('/status')).code, 200);
    assert.equal((await owner.get('/logout')).code, 404);
  });

  test('signing out ends the session, also for who kept the cookie', async () => {
    const visitor = visitorOf(site.origin);
    await visitor.signIn();
    const kept = new Map(visitor.cookies);
    const { code, headers } = await visitor.post('/logout', {});
    assert.deepEqual(
      { code, to: headers.get('location'), left: visitor.cookies.size },
      { code: 303, to: '/login', left: 0 },
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

  test('a link takes nothing from who is signed in', async () => {
    const visitor = visitorOf(site.origin);
    await visitor.signIn();
    assert.deepEqual((await visitor.get(linkTo('2025-11-29'))).headers.getSetCookie(), []);
    assert.equal((await visitor.get('/status')).code, 200);
  });

  test('what a link opens closes after 12 hours, or when the link expires', async (t) => {
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

  test('an expired link, a forged one, and one that was moved to another day ask for the password', async () => {
    const token = linkTo('2025-11-29').split('/').at(-1);
    for (const [path, code, said] of [
      [linkTo('2025-11-29', '2025-12-01T08:30:00+08:00'), 410, /This link has expired/],
      [`/day/2025-11-30/open/${token}`, 403, /This link is not valid/],
      [`/day/2025-11-29/open/${token}x`, 403, /This link is not valid/],
      ['/day/2025-11-29/open/0.0', 403, /This link is not valid/],
    ] as const) {
      const answer = await stranger.get(path);
      assert.equal(answer.code, code, path);
      assert.match(answer.body, said);
      assert.match(answer.body, /name="next" value="\/day\/2025-11-(29|30)"/);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
  });

  test('five wrong passwords make one wait, and the right one does not help', async (t) => {
    const other = await serveSite();
    t.after(() => other.close());
    const visitor = visitorOf(other.origin);
    for (let count = 0; count < 5; count += 1) assert.equal((await visitor.signIn(`wrong ${count}`)).code, 401);
    const { code, headers, body } = await visitor.signIn();
    assert.deepEqual({ code, wait: headers.get('retry-after') }, { code: 429, wait: '900' });
    assert.match(body, /Too many attempts. Try again in 15 min./);
    assert.equal((await visitor.signIn(undefined, { 'x-forwarded-for': '198.51.100.7' })).code, 429);
    other.setClock('2025-12-01T08:45');
    assert.equal((await visitor.signIn()).code, 303);
  });

  test('behind the proxy each client has attempts of its own, whatever it claims', async (t) => {
    const other = await serveSite({ SUMMARY_PUBLIC_URL: 'https://daily.shop.test' });
    t.after(() => other.close());
    const origin = 'https://daily.shop.test';
    const from = (client: string, given: string) =>
      visitorOf(other.origin).signIn(given, { origin, 'x-forwarded-for': client });
    for (let count = 0; count < 5; count += 1) await from(`203.0.113.${count}, 198.51.100.7`, 'wrong');
    assert.equal((await from('203.0.113.9, 198.51.100.7', 'a long enough password')).code, 429);
    assert.equal((await from('198.51.100.8', 'a long enough password')).code, 303);
  });

  test('a form that is too large, empty, or no form at all is refused', async () => {
    assert.equal((await stranger.post('/login', { password: 'x'.repeat(5000) })).code, 413);
    const visitor = visitorOf(site.origin);
    assert.equal((await visitor.post('/login', {})).code, 401);
    assert.equal((await visitor.post('/login', { password: '' }, { 'content-type': 'application/json' })).code, 401);
    assert.equal((await visitor.post('/status', {})).code, 401);
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

  test('one goes from day to day, over days without a summary', async () => {
    const stepsOf = async (day: string) =>
      [...(await owner.get(`/day/${day}`)).body.matchAll(/rel="(prev|next)" href="([^"]+)"/g)].map(
        ([, rel, href]) => `${rel} ${href}`,
      );
    assert.deepEqual(await stepsOf('2025-11-30'), ['prev /day/2025-11-29']);
    assert.deepEqual(await stepsOf('2025-11-27'), ['prev /day/2025-10-31', 'next /day/2025-11-28']);
    assert.deepEqual(await stepsOf('2025-10-31'), ['next /day/2025-11-27']);
  });

  test('the calendar shows the newest month, its days, and the way to others', async () => {
    const { body } = await owner.get('/calendar');
    assert.deepEqual(
      [...body.matchAll(/<td><a class="" href="([^"]+)"/g)].map(([, href]) => href),
      ['/day/2025-11-27', '/day/2025-11-28', '/day/2025-11-29', '/day/2025-11-30'],
    );
    assert.match(body, /href="\/calendar\/2025-10"/);
    assert.match((await owner.get('/calendar/2024-01')).body, /No summary is kept of this month/);
  });

  test('a table comes as CSV under a name that says what it is', async () => {
    const { headers, body } = await owner.get('/day/2025-11-30/table/top-products.csv');
    assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(headers.get('content-disposition'), 'attachment; filename="top-products-2025-11-30.csv"');
    assert.equal(body.split('\r\n')[1], 'Ali Shan spring 100 g,31,1829,210,"Lin & Sons, Chiayi"');
  });

  test('nothing of a page can become markup', async () => {
    const evil = '"><img src=x onerror=alert(1)>\'<script>alert(2)</script>&';
    const [tile, , , , chart, , bars, table, , note, failed] = samplePage('2025-10-01').blocks;
    assert.ok(
      tile?.kind === 'tile' &&
        chart?.kind === 'chart' &&
        bars?.kind === 'chart' &&
        table?.kind === 'table' &&
        note &&
        failed,
    );
    site.keep(
      samplePage('2025-10-01', {
        title: evil,
        opening: evil,
        warnings: [evil],
        assumptions: [evil],
        backup: { ok: false, sentence: evil },
        blocks: [
          {
            ...tile,
            title: evil,
            value: evil,
            anomaly: evil,
            comparisons: [{ to: evil, change: evil, direction: 'up' }],
          },
          {
            ...chart,
            title: evil,
            alt: evil,
            points: chart.points.map((point) => ({ ...point, label: evil, shown: evil })),
          },
          { ...bars, title: evil, points: bars.points.map((point) => ({ ...point, label: evil, shown: evil })) },
          { ...table, title: evil, columns: [{ title: evil, align: 'left' }], rows: [[evil]] },
          { kind: 'note', id: 'n', title: evil, text: evil },
          { kind: 'failed', id: 'f', title: evil, reason: evil },
        ],
      }),
    );
    for (const path of ['/day/2025-10-01', '/calendar/2025-10']) {
      const { body } = await owner.get(path);
      assert.match(body, /&lt;script&gt;alert\(2\)/);
      assert.doesNotMatch(body, /<img|<script>|'<s|"><i/);
    }
  });

  test('a summary is shown as it was stored, whatever its language and however odd its numbers', async () => {
    const [tile, , , , chart] = samplePage('2025-10-02').blocks;
    assert.ok(tile?.kind === 'tile' && chart?.kind === 'chart');
    for (const [locale, points] of [
      ['ms-MY', []],
      ['xx-nonsense-', [{ label: 'a', value: null, shown: '–' }]],
      ['', [{ label: 'a', value: 0, shown: '0' }]],
    ] as const) {
      site.keep(
        samplePage('2025-10-02', {
          locale,
          blocks: [
            { ...tile, spark: [null, 1e300, null] },
            { ...chart, points },
          ],
        }),
      );
      const { code, body } = await owner.get('/day/2025-10-02');
      assert.equal(code, 200, locale);
      assert.doesNotMatch(body, /NaN|Infinity|undefined|\[object/);
    }
  });

  test('the status says of both jobs what became of them', async () => {
    site.sent('2025-11-26', 'uncertain');
    const at = Temporal.Instant.from('2025-11-30T18:00:00Z');
    const good = site.history.begin('backup', 'shop', at.subtract({ hours: 24 }));
    site.history.note(good, { key: 'k', archiveBytes: 85.6 * 2 ** 20, snapshotBytes: 260 * 2 ** 20, rows: 3_223_919 });
    site.history.prove('k', 'proven', at);
    site.history.finish(good, 'succeeded', at.subtract({ hours: 24 }).add({ seconds: 41 }));
    const failed = site.history.begin('backup', 'shop', at);
    const trouble = { code: 'STORE_BUSY', sentence: 'The store was busy.' };
    site.history.finish(failed, 'failed', at.add({ seconds: 60 }), trouble);
    const { body } = await owner.get('/status');
    for (const said of [
      'Summary of 2025-11-30: Sent to 2 of 2 people.',
      'Sent to 1 of 2 people, 1 uncertain.',
      'owner@shop.test, partner@shop.test (uncertain)',
      '3.2 s</td><td class="right">42.7 KiB',
      '<p class="state bad">Backup of shop: newest good backup is 30 h 30 min old, over the limit of 26 h 00 min.',
      '<td class="right">41 s</td><td class="right">85.6 MiB</td><td class="right">260 MiB</td><td class="right">3,223,919</td>',
      'The store was busy.',
    ]) {
      assert.ok(body.includes(said), said);
    }
  });
});

test('a state that cannot be read is an error page without a word of what was in it, and the log says why', async (t) => {
  const site = await serveSite();
  t.after(() => site.close());
  const owner = visitorOf(site.origin);
  await owner.signIn();
  site.keep({ ...samplePage('2025-11-30'), madeAt: 'no instant' });
  const { code, body, headers } = await owner.get('/day/2025-11-30');
  assert.deepEqual({ code, body }, { code: 500, body: 'The page cannot be shown; the log of the service says why.\n' });
  assert.deepEqual(protection(headers), protective);
  assert.match(site.lines.join('\n'), /ERROR UNEXPECTED/);
});
