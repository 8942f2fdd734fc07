import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { clientAddress } from '../../../jobs/summary/site/access/client-address.ts';
import { hashPassword, parsePasswordHash, passwordMatches } from '../../../jobs/summary/site/access/password.ts';
import { createSessions } from '../../../jobs/summary/site/access/sessions.ts';
import { createThrottle } from '../../../jobs/summary/site/access/throttle.ts';

const now = Temporal.Instant.from('2025-12-01T00:30:00Z');
const later = now.add({ hours: 1 });

describe('passwords', () => {
  test('only the password itself matches its hash, however its letters are composed', async () => {
    const hash = parsePasswordHash(await hashPassword('caf\u00e9 au lait, please'));
    assert.ok(hash);
    assert.equal(await passwordMatches('caf\u00e9 au lait, please', hash), true);
    assert.equal(await passwordMatches('cafe\u0301 au lait, please', hash), true);
    assert.equal(await passwordMatches('cafe au lait, please', hash), false);
    assert.equal(await passwordMatches('', hash), false);
  });

  test('two hashes of one password differ, and no shell would change them', async () => {
    const [one, other] = [await hashPassword('a long password'), await hashPassword('a long password')];
    assert.notEqual(one, other);
    assert.match(one, /^scrypt:15:8:3:[\w-]+:[\w-]+$/);
  });

  test('a hash of another make, or one that would cost too much to check, is none', () => {
    const tail = `${'s'.repeat(22)}:${'h'.repeat(43)}`;
    assert.notEqual(parsePasswordHash(`scrypt:15:8:3:${tail}`), null);
    for (const text of [
      '',
      'secret',
      '$2b$12$abc',
      `scrypt:30:8:1:${tail}`,
      `scrypt:15:64:1:${tail}`,
      `scrypt:15:8:3:x:${tail}`,
      `scrypt:10:8:1:${tail}`,
    ]) {
      assert.equal(parsePasswordHash(text), null, text);
    }
  });
});

describe('sessions', () => {
  const sessions = () => createSessions('a signing key of some length', 'hash');

  test('a session is read back until it expires', () => {
    for (const session of [{ scope: 'all' }, { scope: 'day', day: '2025-11-30' }] as const) {
      const value = sessions().open(session, later);
      assert.deepEqual(sessions().read(value, now), session);
      assert.equal(sessions().read(value, later), null);
    }
  });

  test('the cookie shows nothing of what it holds, and no two are alike', () => {
    const value = sessions().open({ scope: 'day', day: '2025-11-30' }, later);
    const shown = Buffer.from(value, 'base64url').toString('latin1');
    assert.doesNotMatch(shown, /2025|11-30|1764/);
    assert.notEqual(value, sessions().open({ scope: 'day', day: '2025-11-30' }, later));
  });

  test('a new password or a new key ends all sessions', () => {
    const value = sessions().open({ scope: 'all' }, later);
    assert.equal(createSessions('a signing key of some length', 'new hash').read(value, now), null);
    assert.equal(createSessions('another signing key of length', 'hash').read(value, now), null);
  });

  test('a session that was ended stays ended, and no other is', () => {
    const all = sessions();
    const [one, other] = [all.open({ scope: 'all' }, later), all.open({ scope: 'all' }, later)];
    all.end(one, now);
    assert.equal(all.read(one, now), null);
    assert.deepEqual(all.read(other, now), { scope: 'all' });
  });

  test('no other text is a session', () => {
    const all = sessions();
    const value = all.open({ scope: 'all' }, later);
    fc.assert(fc.property(fc.string(), (text) => assert.equal(all.read(text, now), null)));
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.constantFrom(...'AZaz09-_=.'), (index, letter) => {
        fc.pre(value[index] !== letter);
        assert.equal(all.read(value.slice(0, index) + letter + value.slice(index + 1), now), null);
      }),
    );
  });
});

describe('failed passwords', () => {
  test('five from one client, then it waits until the first is 15 minutes old; others do not', () => {
    const throttle = createThrottle();
    for (let count = 0; count < 5; count += 1) {
      assert.equal(throttle.attempt({ client: 'one', device: null }, now.add({ seconds: count })).allowed, true);
    }
    assert.deepEqual(throttle.attempt({ client: 'one', device: null }, now.add({ seconds: 10 })), {
      allowed: false,
      retryAfterSeconds: 890,
    });
    assert.equal(throttle.attempt({ client: 'other', device: null }, now.add({ seconds: 10 })).allowed, true);
    assert.equal(throttle.attempt({ client: 'one', device: null }, now.add({ minutes: 15 })).allowed, true);
    assert.equal(throttle.attempt({ client: 'one', device: null }, now.add({ minutes: 15 })).allowed, false);
  });

  test('sixty in all, from wherever', () => {
    const throttle = createThrottle();
    const allowed = Array.from(
      { length: 100 },
      (_, count) => throttle.attempt({ client: `client ${count}`, device: null }, now).allowed,
    );
    assert.equal(allowed.filter(Boolean).length, 60);
  });

  test('sixty from everywhere leave a known device its own five', () => {
    const throttle = createThrottle();
    for (let count = 0; count < 60; count += 1) throttle.attempt({ client: `client ${count}`, device: null }, now);
    const owner = { client: 'client 1', device: 'phone' };
    const allowed = Array.from({ length: 6 }, () => throttle.attempt(owner, now).allowed);
    assert.deepEqual(allowed, [true, true, true, true, true, false]);
  });

  test('a right password does not count', () => {
    const throttle = createThrottle();
    for (let count = 0; count < 20; count += 1) {
      const attempt = throttle.attempt({ client: 'one', device: null }, now);
      assert.ok(attempt.allowed);
      attempt.forgive();
    }
  });
});

test('the client is who connects, or whom the one trusted proxy names last', () => {
  for (const [peer, forwardedFor, behindProxy, client] of [
    ['203.0.113.5', undefined, false, '203.0.113.5'],
    ['::ffff:203.0.113.5', undefined, false, '203.0.113.5'],
    ['172.18.0.2', '198.51.100.7', true, '198.51.100.7'],
    ['::ffff:172.18.0.2', '10.0.0.1, 198.51.100.7', true, '198.51.100.7'],
    ['172.18.0.2', '198.51.100.7', false, '172.18.0.2'],
    ['203.0.113.5', '198.51.100.7', true, '203.0.113.5'],
    ['127.0.0.1', 'nonsense', true, '127.0.0.1'],
    ['127.0.0.1', '', true, '127.0.0.1'],
    ['127.0.0.1', '2001:db8:1:2:3:4:5:6', true, '2001:db8:1:2::/64'],
    ['127.0.0.1', '2001:0db8:1:2::9', true, '2001:db8:1:2::/64'],
    ['::1', '2001:db8::9', true, '2001:db8:0:0::/64'],
  ] as const) {
    assert.equal(clientAddress(peer, forwardedFor, behindProxy), client, `${peer} ${forwardedFor}`);
  }
});
