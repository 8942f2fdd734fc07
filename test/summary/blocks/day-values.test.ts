import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anomalyOf } from '../../../jobs/summary/blocks/anomaly.ts';
import { changeOf, compareLastDay } from '../../../jobs/summary/blocks/comparisons.ts';
import { addDays, fillDays, median, parseDayValues } from '../../../jobs/summary/blocks/day-values.ts';

const nbsp = '\u00a0';
const monday = '2025-11-24';

/** Days up to Monday 24 November, the last value that day's. */
function upToMonday(values: readonly (number | null)[]) {
  return values.map((value, index) => ({ day: addDays(monday, index + 1 - values.length), value }));
}

test('a day without a row was zero, but before the first row nothing is known', () => {
  const rows = [
    { day: '2025-11-22', value: 5 },
    { day: '2025-11-24', value: null },
  ];
  assert.deepEqual(fillDays(rows, '2025-11-21', '2025-11-25', 'zero'), [
    { day: '2025-11-21', value: null },
    { day: '2025-11-22', value: 5 },
    { day: '2025-11-23', value: 0 },
    { day: '2025-11-24', value: null },
    { day: '2025-11-25', value: 0 },
  ]);
  assert.deepEqual(
    fillDays(rows, '2025-11-21', '2025-11-23', 'none').map(({ value }) => value),
    [null, 5, null],
  );
  assert.deepEqual(fillDays([], '2025-11-24', '2025-11-25', 'zero'), [
    { day: '2025-11-24', value: 0 },
    { day: '2025-11-25', value: 0 },
  ]);
});

test('rows that are not days and numbers are refused with what to use', () => {
  assert.throws(() => parseDayValues([['24/11/2025', 1]]), {
    message: /first column is "24\/11\/2025", not a day .* day_of/,
  });
  assert.throws(() => parseDayValues([[monday, 'RM 5']]), {
    message: /second column is "RM 5", not a number: use num/,
  });
  assert.deepEqual(parseDayValues([[monday, null]]), [{ day: monday, value: null }]);
});

test('two rows for one day are refused: neither is the figure', () => {
  assert.throws(
    () =>
      parseDayValues([
        [monday, 5],
        ['2025-11-23', 1],
        [monday, 7],
        [monday, 8],
      ]),
    {
      name: 'RangeError',
      message: 'it returns 3 rows for 2025-11-24: return one a day, with GROUP BY',
    },
  );
  assert.throws(
    () =>
      parseDayValues([
        [monday, 5],
        [monday, 5],
      ]),
    {
      message: 'it returns 2 rows for 2025-11-24: return one a day, with GROUP BY',
    },
  );
});

test('a figure is compared with the day before, the same weekday and the seven days before', () => {
  const series = upToMonday([100, 70, 70, 70, 70, 70, 70, 112]);
  assert.deepEqual(compareLastDay(series), [
    { to: 'the day before', change: `+60${nbsp}%`, direction: 'up' },
    { to: 'the Monday before', change: `+12${nbsp}%`, direction: 'up' },
    { to: '7-day average', change: `+51${nbsp}%`, direction: 'up' },
  ]);
});

test('what is not known is not compared with', () => {
  assert.deepEqual(compareLastDay(upToMonday([null, 3, 3])), [
    { to: 'the day before', change: 'no change', direction: 'level' },
  ]);
  assert.deepEqual(compareLastDay(upToMonday([3, null])), []);
  assert.deepEqual(compareLastDay([]), []);
});

for (const [value, base, change, direction] of [
  [112, 100, `+12${nbsp}%`, 'up'],
  [97.2, 100, `−2.8${nbsp}%`, 'down'],
  [5, 0, 'was 0', 'up'],
  [-5, 0, 'was 0', 'down'],
  [0, 0, 'no change', 'level'],
  [0, 40, `−100${nbsp}%`, 'down'],
  [100_001, 100_000, 'no change', 'level'],
  [-50, -100, `+50${nbsp}%`, 'up'],
  [1300, 100, `+1,200${nbsp}%`, 'up'],
] as const) {
  test(`from ${base} to ${value} is ${change}`, () => {
    assert.deepEqual(changeOf(value, base), { change, direction });
  });
}

test('a value far from those of the same weekdays is an anomaly, with how far it is off', () => {
  const mondays = [100, 104, 98, 102, 97, 103, 99, 101];
  assert.deepEqual(anomalyOf(60, mondays), { direction: 'low', beyond: 8, of: 8, usual: 100.5 });
  assert.deepEqual(anomalyOf(140, mondays), { direction: 'high', beyond: 8, of: 8, usual: 100.5 });
  assert.equal(anomalyOf(95, mondays), null);
});

test('one earlier accident does not hide the next, as it would with mean and standard deviation', () => {
  assert.equal(anomalyOf(20, [100, 104, 98, 102, 5, 103, 99, 101])?.direction, 'low');
});

test('fewer than four days are no basis', () => {
  assert.equal(anomalyOf(0, [100, 100, 100]), null);
});

test('where every Monday was the same, only a change by half is an anomaly', () => {
  assert.equal(anomalyOf(120, [100, 100, 100, 100]), null);
  assert.deepEqual(anomalyOf(150, [100, 100, 100, 100]), { direction: 'high', beyond: 4, of: 4, usual: 100 });
  assert.deepEqual(anomalyOf(1, [0, 0, 0, 0]), { direction: 'high', beyond: 4, of: 4, usual: 0 });
});

test('whether a value is unusual does not depend on the unit it is counted in', () => {
  const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 8 });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 3000 }), (others, value) => {
      const inSen = anomalyOf(
        value * 128,
        others.map((other) => other * 128),
      );
      assert.equal(inSen?.direction, anomalyOf(value, others)?.direction);
    }),
  );
});

test('the median is the middle', () => {
  assert.deepEqual([median([]), median([3]), median([4, 1]), median([9, 1, 5])], [null, 3, 2.5, 5]);
});
