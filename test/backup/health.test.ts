import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HealthFacts, healthLine, healthOf } from '../../jobs/backup/status/health.ts';

const now = Temporal.Instant.from('2025-11-30T12:00:00Z');
const ago = (hours: number, seconds = 0) => now.subtract({ hours, seconds });
const nightly = { now, longestGapSeconds: 24 * 3600, running: null, newestGood: null, firstStart: ago(1000) };

test('backups are healthy while the newest good one is younger than the longest gap plus two hours', () => {
  const cases: [string, Partial<HealthFacts>, boolean, string][] = [
    ['last night', { newestGood: ago(10) }, true, 'newest good backup is 10 h 00 min old'],
    ['just at the limit', { newestGood: ago(26) }, true, 'newest good backup is 26 h 00 min old'],
    [
      'a second over it',
      { newestGood: ago(26, 1) },
      false,
      'newest good backup is 26 h 00 min old, over the limit of 26 h 00 min',
    ],
    ['a week old', { newestGood: ago(168) }, false, 'newest good backup is 7 d 0 h old, over the limit of 26 h 00 min'],
    [
      'dated far in the future, by a clock that was ahead',
      { newestGood: ago(-48) },
      false,
      'newest good backup is dated 2 d 0 h ahead: is the clock right?',
    ],
    [
      'a week old, but a weekly schedule',
      { newestGood: ago(168), longestGapSeconds: 168 * 3600 },
      true,
      'newest good backup is 7 d 0 h old',
    ],
    [
      'a week old, and the start-up backup is under way',
      { newestGood: ago(168), running: ago(1) },
      true,
      'newest good backup is 7 d 0 h old, a backup has been under way for 1 h 00 min',
    ],
    [
      'a start-up backup that hangs',
      { newestGood: ago(168), running: ago(27) },
      false,
      'newest good backup is 7 d 0 h old, over the limit of 26 h 00 min',
    ],
    [
      'first started just now',
      { firstStart: ago(0, 5) },
      true,
      'no good backup is recorded, first recorded start 5.0 s ago',
    ],
    ['a history without a start', { firstStart: null }, true, 'no good backup is recorded'],
    [
      'never a good one since the first start',
      { firstStart: ago(27) },
      false,
      'no good backup is recorded, first recorded start 27 h 00 min ago, over the limit of 26 h 00 min',
    ],
    [
      'never a good one, but one is under way',
      { firstStart: ago(27), running: ago(0, 30) },
      true,
      'no good backup is recorded, first recorded start 27 h 00 min ago, a backup has been under way for 30 s',
    ],
    [
      'the clock was set back',
      { newestGood: now.add({ hours: 3 }) },
      true,
      'newest good backup is dated 3 h 00 min ahead',
    ],
  ];
  for (const [title, facts, healthy, reason] of cases) {
    assert.deepEqual(healthOf({ ...nightly, ...facts }), { healthy, reason }, title);
  }
});

test('several databases are healthy when each is; the line names those that are not, and says what else is wrong', () => {
  const good = {
    name: 'orders',
    health: healthOf({ ...nightly, newestGood: ago(10) }),
    problems: ['the last run failed'],
  };
  const bad = { name: 'stock', health: healthOf({ ...nightly, newestGood: ago(30) }), problems: [] };
  assert.deepEqual(healthLine([good]), {
    healthy: true,
    line: 'orders: newest good backup is 10 h 00 min old; the last run failed',
  });
  assert.deepEqual(healthLine([good, bad]), {
    healthy: false,
    line: 'stock: newest good backup is 30 h 00 min old, over the limit of 26 h 00 min',
  });
});
