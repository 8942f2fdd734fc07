import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvOf } from '../../../jobs/summary/site/csv.ts';

const linesOf = (values: (string | number | null)[][]) =>
  csvOf({ columns: [{ title: 'a', align: 'left' }], values })
    .split('\r\n')
    .slice(1, -1);

test('a table is RFC 4180 CSV with the database’s own values, and Excel reads its letters', () => {
  const columns = [
    { title: 'Product, name', align: 'left' },
    { title: 'Revenue', align: 'right' },
  ] as const;
  const values = [
    ['Tea "spring"', 1829.5],
    ['Kopi\nO', -3],
    ['茶', null],
  ];
  assert.equal(
    csvOf({ columns, values }),
    '\u{feff}"Product, name",Revenue\r\n"Tea ""spring""",1829.5\r\n"Kopi\nO",-3\r\n茶,\r\n',
  );
});

test('what a spreadsheet would run as a formula is a text', () => {
  assert.deepEqual(
    linesOf([['=1+1'], ['+cmd|x'], ['-2+3'], ['@SUM(A1)'], ['\t=1'], ['\r=1'], ['=HYPERLINK("http://x")']]),
    [`'=1+1`, `'+cmd|x`, `'-2+3`, `'@SUM(A1)`, `"'\t=1"`, `"'\r=1"`, `"'=HYPERLINK(""http://x"")"`],
  );
});

test('negative numbers stay numbers, as numbers and as text', () => {
  assert.deepEqual(linesOf([[-12.5], ['-12.50'], ['+6'], ['-12.50.1']]), ['-12.5', '-12.50', '+6', `'-12.50.1`]);
});

test('no text begins a cell with a sign of a formula, unless it is a number', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cell = csvOf({ columns: [{ title: 'a', align: 'left' }], values: [[text]] }).slice(
        '\u{feff}a\r\n'.length,
        -2,
      );
      assert.ok(!/^"?[=+\-@\t\r]/.test(cell) || /^[+-]?\d+(\.\d+)?$/.test(cell), cell);
    }),
  );
});
