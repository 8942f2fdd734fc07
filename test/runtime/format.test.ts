import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agePhrase } from '../../jobs/runtime/format.ts';

test('an age is never negative: what is dated after now says how far, two clocks read one after the other do not', () => {
  const now = Temporal.Instant.from('2026-11-28T02:00:00Z');
  const phrases = [-8 * 3600, -11, -10, -0.5, 0, 5, 26 * 3600].map((seconds) =>
    agePhrase(now.subtract({ milliseconds: seconds * 1000 }), now),
  );
  assert.deepEqual(phrases, [
    'dated 8 h 00 min ahead',
    'dated 11 s ahead',
    '0.0 s ago',
    '0.0 s ago',
    '0.0 s ago',
    '5.0 s ago',
    '26 h 00 min ago',
  ]);
});
