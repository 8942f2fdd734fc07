import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '../../../jobs/summary/blocks/day-values.ts';
import { recentRowLimit } from '../../../jobs/summary/profile/recent-rows.ts';

/** A hundred looks at a table of a million rows: one every ten thousand, ten of them a day. */
const looks = Array.from({ length: 100 }, (_, index): [number, string] => [
  10_000 * (index + 1),
  addDays('2025-11-24', Math.floor(index / 10) - 9),
]);

test('rows in the order of their days: the newest that hold the requested days, and a quarter more', () => {
  assert.equal(recentRowLimit(looks, '2025-11-23'), 250_000);
});

test('a row out of order now and then does no harm', () => {
  assert.equal(recentRowLimit(looks.with(3, [40_000, '2030-01-01']), '2025-11-23'), 250_000);
});

test('rows in no order, days that reach back to the first row, or too few looks: all are read', () => {
  const shuffled = looks.map(([row], index): [number, string] => [row, looks[(index * 37) % 100]?.[1] ?? '']);
  assert.deepEqual(
    [
      recentRowLimit(shuffled, '2025-11-23'),
      recentRowLimit(looks, '2025-01-01'),
      recentRowLimit(looks.slice(90), '2025-11-23'),
    ],
    [null, null, null],
  );
});
