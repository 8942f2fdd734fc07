import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfAnotherHost } from '../../jobs/archives/instances.ts';

const at = (hour: number) => Temporal.Instant.from('2025-11-30T00:00:00Z').add({ hours: hour });

test('a backup is another host’s when it carries another id than this STATE_DIR’s, unless it is known that this host took its place', () => {
  const cases = [
    ['own', { own: 'a', instance: 'a' }, false],
    ['another', { own: 'a', instance: 'b' }, true],
    ['of an older nightshift', { own: 'a', instance: null }, false],
    ['this STATE_DIR cannot be read', { own: null, instance: 'b' }, false],
    ['replaced, taken before that was said', { own: 'a', instance: 'c', taken: 2 }, false],
    ['replaced, at work all the same', { own: 'a', instance: 'c', taken: 4 }, true],
  ] as const;
  const replaced = new Map([['c', at(3)]]);
  const found = cases.map(([what, { own, instance, ...more }]) => {
    const takenAt = at('taken' in more ? more.taken : 1);
    return [what, isOfAnotherHost({ instance, takenAt }, { own, replaced })];
  });
  assert.deepEqual(
    found,
    cases.map(([what, , isOther]) => [what, isOther]),
  );
  assert.equal(isOfAnotherHost(null, { own: 'a', replaced }), false);
});
