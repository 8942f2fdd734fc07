import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { num } from '../../../jobs/summary/queries/num.ts';

const cases: [unknown, number | null][] = [
  [12.5, 12.5],
  ['12.5', 12.5],
  ['-3', -3],
  ['1e3', 1000],
  ['1,200.00', 1200],
  ['50', 50],
  ['RM 1,234.50', 1234.5],
  ['RM1,234.50', 1234.5],
  ['rm 5', 5],
  ['MYR 5.00', 5],
  ['RM -5', -5],
  ['-RM 5', null],
  ['(45.00)', -45],
  ['(RM 45.00)', -45],
  ['45.00-', -45],
  ['−7', -7],
  ['$1,234', 1234],
  ['-$1,234', -1234],
  ['S$ 12.30', 12.3],
  ['1.234,50 €', 1234.5],
  ['€ 1.234.567', 1_234_567],
  ['12,5', 12.5],
  ['1,234', 1234],
  ['1,23,456.78', 123_456.78],
  ["1'234.50", 1234.5],
  ['1 234,50', 1234.5],
  ['1\u202f234,50 kr', 1234.5],
  ['12 %', 12],
  ['.5', 0.5],
  ['0', 0],
  ['', null],
  ['   ', null],
  [null, null],
  ['n/a', null],
  ['SKU-000123', null],
  ['12 boxes', null],
  ['012-345 6789', null],
  ['2025-11-30', null],
  ['1.2.3,4,5', null],
  [Number.NaN, null],
];

for (const [value, expected] of cases) {
  test(`the number in ${JSON.stringify(value)} is ${expected}`, () => {
    assert.equal(num(value), expected);
  });
}

test('an amount is read back from how each country writes it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e11, max: 1e11 }),
      fc.constantFrom('en-MY', 'de-DE', 'en-IN', 'de-CH', 'fr-FR', 'id-ID'),
      (cents, locale) => {
        const amount = cents / 100;
        const shown = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(amount);
        assert.equal(num(shown), amount, shown);
      },
    ),
  );
});
