import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkLink, signedLink } from '../../../jobs/summary/site/signed-links.ts';

const key = '0123456789abcdef';
const at = Temporal.Instant.from('2025-12-15T00:00:00Z');
const before = at.subtract({ seconds: 1 });
const tokenOf = (link: string) => link.split('/').at(-1) ?? '';

test('a link names its day and holds an opaque token', () => {
  const link = signedLink('https://daily.shop.test', key, '2025-11-30', at);
  assert.match(link, /^https:\/\/daily\.shop\.test\/day\/2025-11-30\/open\/[0-9a-z]{6}\.[\w-]{43}$/);
  assert.equal(link, signedLink('https://daily.shop.test/', key, '2025-11-30', at));
});

test('a link opens its day until it expires', () => {
  const token = tokenOf(signedLink('https://daily.shop.test', key, '2025-11-30', at));
  assert.deepEqual(checkLink(key, '2025-11-30', token, before), { state: 'valid', expiresAt: at });
  assert.deepEqual(checkLink(key, '2025-11-30', token, at), { state: 'expired' });
});

test('a link is forged for another day, with another key, or with another end', () => {
  const token = tokenOf(signedLink('https://daily.shop.test', key, '2025-11-30', at));
  const [expiry = '', signature = ''] = token.split('.');
  const later = (Number.parseInt(expiry, 36) + 86_400).toString(36);
  for (const [day, signingKey, given] of [
    ['2025-11-29', key, token],
    ['2025-11-30', `${key}!`, token],
    ['2025-11-30', key, `${later}.${signature}`],
    ['2025-11-30', key, signature],
    ['2025-11-30', key, ''],
  ] as const) {
    assert.deepEqual(checkLink(signingKey, day, given, before), { state: 'forged' }, given);
  }
});

test('a token with any one character changed is forged', () => {
  const token = tokenOf(signedLink('https://daily.shop.test', key, '2025-11-30', at));
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'az09-_.A'), (index, letter) => {
      fc.pre(token[index] !== letter);
      const changed = token.slice(0, index) + letter + token.slice(index + 1);
      assert.equal(checkLink(key, '2025-11-30', changed, before).state, 'forged');
    }),
  );
});
