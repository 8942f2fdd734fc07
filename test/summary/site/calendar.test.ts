import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDay, monthOf, neighbours } from '../../../jobs/summary/site/calendar.ts';

const days = ['2025-10-31', '2025-11-27', '2025-11-30', '2026-02-01'];

test('a month begins on its weekday, ends on its last day, and knows which days are kept', () => {
  const { weeks, previous, next } = monthOf('2025-11', days);
  const numbers = weeks.map((week) => week.map((day) => day?.number ?? 0));
  assert.deepEqual(numbers, [
    [0, 0, 0, 0, 0, 1, 2],
    [3, 4, 5, 6, 7, 8, 9],
    [10, 11, 12, 13, 14, 15, 16],
    [17, 18, 19, 20, 21, 22, 23],
    [24, 25, 26, 27, 28, 29, 30],
  ]);
  assert.deepEqual(
    weeks.flat().flatMap((day) => (day?.hasSummary ? [day.day] : [])),
    ['2025-11-27', '2025-11-30'],
  );
  assert.deepEqual({ previous, next }, { previous: '2025-10', next: '2026-02' });
});

test('a leap February has 29 days, and four weeks fit when it begins on a Monday', () => {
  assert.equal(monthOf('2024-02', []).weeks.flat().filter(Boolean).length, 29);
  assert.equal(monthOf('2027-02', []).weeks.length, 4);
});

test('previous and next step over days that have no summary', () => {
  assert.deepEqual(neighbours('2025-11-30', days), { previous: '2025-11-27', next: '2026-02-01' });
  assert.deepEqual(neighbours('2025-10-31', days), { previous: null, next: '2025-11-27' });
  assert.deepEqual(neighbours('2025-11-28', days), { previous: '2025-11-27', next: '2025-11-30' });
});

test('only a real date is a day', () => {
  assert.equal(isDay('2024-02-29'), true);
  for (const text of ['2025-02-29', '2025-13-01', '2025-1-1', '../etc', '2025-11-30 ', '+002025-11-30', '']) {
    assert.equal(isDay(text), false, text);
  }
});
