import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '../../../jobs/summary/blocks/day-values.ts';
import { findStaleData } from '../../../jobs/summary/page/staleness.ts';

const monday = '2025-11-24';
const daily = Array.from({ length: 20 }, (_, index) => addDays(monday, index - 20));
const weekly = Array.from({ length: 8 }, (_, index) => addDays(monday, -7 * (8 - index)));
const cases: [string, Parameters<typeof findStaleData>, ReturnType<typeof findStaleData>][] = [
  ['data of the day itself', [monday, [...daily, monday], undefined], null],
  ['a daily shop with nothing that day', [monday, daily, undefined], { newest: '2025-11-23', daysWithout: 1 }],
  [
    'a shop closed on Sundays, on a Sunday',
    ['2025-11-23', daily.filter((day) => Temporal.PlainDate.from(day).dayOfWeek !== 7), undefined],
    null,
  ],
  ['weekly data, six days on', ['2025-11-23', weekly, undefined], null],
  ['weekly data, a week on', [monday, weekly, undefined], { newest: '2025-11-17', daysWithout: 7 }],
  ['too little to know the rhythm', [monday, ['2025-11-20'], undefined], null],
  [
    'three days in a row, and a week of silence',
    [monday, ['2025-11-14', '2025-11-15', '2025-11-16'], undefined],
    { newest: '2025-11-16', daysWithout: 8 },
  ],
  ['a payroll once a month, 29 days on', [monday, ['2025-10-26'], undefined], null],
  ['once a month, and a month without', [monday, ['2025-10-19'], undefined], { newest: '2025-10-19', daysWithout: 36 }],
  [
    'nothing in eight weeks, and an old newest',
    [monday, [], '2013-12-22'],
    { newest: '2013-12-22', daysWithout: 4355 },
  ],
  ['nothing ever', [monday, [], null], { newest: null, daysWithout: 0 }],
  ['nothing in eight weeks, and nobody knows the newest', [monday, [], undefined], { newest: null, daysWithout: 57 }],
  ['rows dated in the future only', [monday, ['2026-01-01'], null], { newest: null, daysWithout: 0 }],
  ['other rows on the day, by what the report calls newest', [monday, daily, monday], null],
];
for (const [what, facts, expected] of cases) {
  test(`whether data stopped arriving: ${what}`, () => {
    assert.deepEqual(findStaleData(...facts), expected);
  });
}
