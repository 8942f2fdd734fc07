import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DayOption, dayOf } from '../../../jobs/summary/queries/day-of.ts';
import { localCalendar } from '../../../jobs/summary/queries/local-calendar.ts';

const zone = 'Asia/Kuala_Lumpur';
const calendar = localCalendar(zone);

const cases: [what: string, value: unknown, day: string | null, option?: DayOption][] = [
  ['an ISO date', '2025-11-30', '2025-11-30'],
  ['an ISO time without an offset is local, as written', '2025-11-30 23:59:59', '2025-11-30'],
  ['the same, read as UTC', '2025-11-30 16:00:00', '2025-12-01', 'UTC'],
  ['UTC, a second before local midnight', '2025-11-30T15:59:59Z', '2025-11-30'],
  ['UTC at local midnight', '2025-11-30T16:00:00.000Z', '2025-12-01'],
  ['an offset', '2025-11-30T23:30:00-05:00', '2025-12-01'],
  ['an offset without a colon', '2025-12-01T00:30:00+0900', '2025-11-30'],
  ['spaces around', ' 2025-11-30 ', '2025-11-30'],
  ['year first with slashes', '2025/1/5', '2025-01-05'],
  ['day first', '05/01/2025', '2025-01-05'],
  ['day first with a time', '30/11/2025 14:05', '2025-11-30'],
  ['day first with points', '30.11.2025', '2025-11-30'],
  ['two digits of year', '30-11-25', '2025-11-30'],
  ['month first, as only that is a date', '11/30/2025', '2025-11-30'],
  ['month first by the option', '03/04/2025', '2025-03-04', 'mdy'],
  ['a month as a word', '30 Nov 2025', '2025-11-30'],
  ['a month in front', 'November 30, 2025', '2025-11-30'],
  ['epoch seconds', 1_764_518_400, '2025-12-01'],
  ['epoch seconds as text', '1764518399', '2025-11-30'],
  ['epoch milliseconds', 1_764_518_400_000, '2025-12-01'],
  ['epoch microseconds', 1_764_518_400_000_000, '2025-12-01'],
  ['an Excel serial', 45_991, '2025-11-30'],
  ['an Excel serial with a time', 45_991.99, '2025-11-30'],
  ['digits', 20_251_130, '2025-11-30'],
  ['a Julian day, at noon UTC', 2_461_010, '2025-11-30'],
  ['a leap day', '29/02/2024', '2024-02-29'],
  ['a Buddhist year', '30/11/2568', '2025-11-30'],
  ['a Buddhist year of an ISO date', '2568-11-30', '2025-11-30'],
  ['an afternoon', '30/11/2025 11:05 PM', '2025-12-01', 'UTC'],
  ['the month first, in UTC', '11/30/2025 16:30', '2025-12-01', 'mdy UTC'],
  ['a weekday in front', 'Sunday, 30 November 2025', '2025-11-30'],
  ['a Malay month', '30 Ogos 2025', '2025-08-30'],
  ['a day first with an offset', '30/11/2025 16:30 +0000', '2025-12-01'],
  ['no such day', '29/02/2025', null],
  ['no such month', '2025-13-01', null],
  ['no such day in either order', '31/31/2025', null],
  ['a number that is no date', 42, null],
  ['an order number', 'SO-2025-11', null],
  ['words', 'yesterday', null],
  ['nothing', null, null],
  ['an empty text', '', null],
];

for (const [what, value, day, option] of cases) {
  test(`the local day of ${what}`, () => {
    assert.equal(dayOf(value, calendar, option), day);
  });
}

test('every instant of the last century falls on the local day that the calendar of the zone gives, however written', () => {
  const zones = ['Asia/Kuala_Lumpur', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 1e8, max: 4e9 }), (local, seconds) => {
      const instant = Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
      const day = instant.toZonedDateTimeISO(local).toPlainDate().toString();
      const localDays = localCalendar(local);
      assert.deepEqual(
        [seconds, seconds * 1000, String(seconds), instant.toString()].map((value) => dayOf(value, localDays)),
        [day, day, day, day],
      );
    }),
  );
});

test('a local day begins where the day before ends, on days that DST cuts too', () => {
  const newYork = localCalendar('America/New_York');
  const hours = ['2025-03-09', '2025-11-02', '2025-11-30'].map((day) => {
    const next = Temporal.PlainDate.from(day).add({ days: 1 }).toString();
    return ((newYork.startOf(next) ?? 0) - (newYork.startOf(day) ?? 0)) / 3600;
  });
  assert.deepEqual([hours, newYork.startOf('no day')], [[23, 25, 24], null]);
});
