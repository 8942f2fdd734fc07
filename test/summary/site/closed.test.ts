import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signedLink } from '../../../jobs/summary/site/signed-links.ts';
import { signingKey, startSiteScene } from './scene.ts';
import { expectedHeaders, securityHeadersOf } from './security-headers.ts';
import { visitorOf } from './visitor.ts';

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
      const site = await startSiteScene(environment);
      t.after(() => site.close());
      const visitor = visitorOf(site.origin);
      const link = new URL(
        signedLink(site.origin, signingKey, '2025-11-30', Temporal.Instant.from('2026-01-01T00:00:00Z')),
      );
      for (const path of ['/', '/login', '/status', '/robots.txt', '/day/2025-11-30', link.pathname, '/healthz/']) {
        const { code, headers, body } = await visitor.get(path);
        assert.deepEqual(
          { code, body, ...securityHeadersOf(headers) },
          { code: 503, body: '', ...expectedHeaders },
          path,
        );
      }
      assert.deepEqual((await visitor.signIn()).code, 503);
      const { code, body } = await visitor.get('/healthz');
      assert.deepEqual({ code, body }, { code: 200, body: 'healthy\n' });
      assert.deepEqual(site.lines, [`WARNING the summary page stays closed: ${reason}`]);
    });
  }
});
