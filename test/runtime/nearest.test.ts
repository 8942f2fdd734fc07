import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../jobs/runtime/nearest.ts';

const itself = (name: string) => [name];

test('near is what less than half of the letters differ from, the nearest first', () => {
  assert.deepEqual(nearest('abcde', ['abcyz', 'abcdz', 'abxyz', 'abcde'], itself), [
    { candidate: 'abcde', distance: 0 },
    { candidate: 'abcdz', distance: 1 },
    { candidate: 'abcyz', distance: 2 },
  ]);
});

test('capitals, hyphens and underscores are no difference', () => {
  assert.deepEqual(nearest('SUMMARY_HOUR', ['summaryHour', 'summary-day'], itself)[0], {
    candidate: 'summaryHour',
    distance: 0,
  });
});

test('of several forms of one thing, the nearest counts', () => {
  const forms = (name: string) => [name, name.replace('.db.gz', '')];
  assert.deepEqual(nearest('shop_1', ['shop_1.db.gz', 'other'], forms), [{ candidate: 'shop_1.db.gz', distance: 0 }]);
});

test('without letters nothing is near', () => {
  assert.deepEqual(nearest('', ['a'], itself), []);
  assert.deepEqual(nearest('-', ['', '_', 'a'], itself), []);
  assert.deepEqual(nearest('a', [], itself), []);
});
