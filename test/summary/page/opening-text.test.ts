import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '../../../jobs/summary/blocks/day-values.ts';
import { reportFormat } from '../../../jobs/summary/blocks/locale-format.ts';
import { type OpeningFacts, openingText } from '../../../jobs/summary/page/opening-text.ts';

const monday = '2025-11-24';
const format = reportFormat('en-MY', 'MYR');

/** Eight weeks in which every Monday brought 14,000 and other days 10,000, then the given Monday. */
function weeks(value: number | null) {
  return Array.from({ length: 57 }, (_, index) => ({
    day: addDays(monday, index - 56),
    value: index === 56 ? value : index % 7 === 0 ? 14_000 : 10_000,
  }));
}

const sales = {
  title: 'Sales',
  format: 'money' as const,
  formatted: format.rounded(12_340, 'money'),
  series: weeks(12_340),
};
const orders = { unit: 'orders', formatted: '87', series: weeks(87) };
const facts: OpeningFacts = { day: monday, today: '2025-11-25', amount: sales, count: orders, stale: null };

const cases: [string, Partial<OpeningFacts>, string][] = [
  ['an amount and a count', {}, 'Yesterday: RM 12,340 from 87 orders, 12 % below a usual Monday.'],
  ['made the same day', { today: monday }, 'Today so far: RM 12,340 from 87 orders, 12 % below a usual Monday.'],
  [
    'made later',
    { today: '2025-12-01' },
    'Monday, 24 November 2025: RM 12,340 from 87 orders, 12 % below a usual Monday.',
  ],
  [
    'as usual',
    { amount: { ...sales, series: weeks(14_100) } },
    'Yesterday: RM 12,340 from 87 orders, about the same as a usual Monday.',
  ],
  [
    'only two weeks old',
    { amount: { ...sales, series: weeks(12_340).slice(-14) } },
    'Yesterday: RM 12,340 from 87 orders, 17 % above the average of the 7 days before.',
  ],
  ['a first day', { amount: { ...sales, series: weeks(12_340).slice(-1) } }, 'Yesterday: RM 12,340 from 87 orders.'],
  ['no count', { count: null }, 'Yesterday: RM 12,340 of sales, 12 % below a usual Monday.'],
  [
    'no currency',
    { amount: { ...sales, title: 'Order total', format: 'number', formatted: '12,340' } },
    'Yesterday: order total 12,340 from 87 orders, 12 % below a usual Monday.',
  ],
  [
    'no amount',
    { amount: null, count: { ...orders, series: weeks(15_400) } },
    'Yesterday: 87 orders, 10 % above a usual Monday.',
  ],
  [
    'nothing sold',
    { amount: { ...sales, series: weeks(0) }, count: { ...orders, formatted: '0' } },
    'Yesterday: no orders.',
  ],
  [
    'one order',
    { count: { ...orders, formatted: '1' } },
    'Yesterday: RM 12,340 from 1 order, 12 % below a usual Monday.',
  ],
  ['no figures at all', { amount: null, count: null }, 'Yesterday: no figures.'],
  [
    'data that stopped on Thursday',
    {
      amount: { ...sales, series: weeks(0) },
      count: { ...orders, formatted: '0', series: weeks(0) },
      stale: { noun: 'orders', newest: '2025-11-20', daysWithout: 4 },
    },
    'No orders for 4 days, since Thursday, 20 November 2025: data may have stopped arriving.',
  ],
  [
    'data that stopped while another figure goes on',
    { stale: { noun: 'payments', newest: '2025-11-20', daysWithout: 4 } },
    'No payments for 4 days, since Thursday, 20 November 2025: data may have stopped arriving. Yesterday: RM 12,340 from 87 orders, 12 % below a usual Monday.',
  ],
];

for (const [what, changes, message] of cases) {
  test(`the opening message of ${what}`, () => {
    assert.equal(openingText({ ...facts, ...changes }, format).replaceAll('\u00a0', ' '), message);
  });
}

test('money, numbers and dates are written in the format of the report', () => {
  const shown = (['en-MY', 'de-DE', 'en-IN'] as const).map((locale, index) => {
    const w = reportFormat(locale, ['MYR', 'EUR', 'INR'][index] ?? '');
    return [
      w.exact(1234567.5, 'money'),
      w.rounded(1234567.5, 'money'),
      w.rounded(99.5, 'money'),
      w.exact(12.5, 'percent'),
      w.longDay(monday),
    ];
  });
  assert.deepEqual(JSON.parse(JSON.stringify(shown).replaceAll('\u00a0', ' ')), [
    ['RM 1,234,567.50', 'RM 1,234,568', 'RM 99.50', '12.5 %', 'Monday, 24 November 2025'],
    ['1.234.567,50 €', '1.234.568 €', '99,50 €', '12,5 %', 'Monday, 24 November 2025'],
    ['₹12,34,567.50', '₹12,34,568', '₹99.50', '12.5 %', 'Monday, 24 November 2025'],
  ]);
});

test('without a currency amounts keep their cents and name none', () => {
  const bare = reportFormat('en-MY', null);
  assert.deepEqual(
    [bare.exact(1234.5, 'money'), bare.rounded(1234.5, 'money'), bare.rounded(9.5, 'money')],
    ['1,234.50', '1,235', '9.50'],
  );
});
