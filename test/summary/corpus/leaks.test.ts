import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaksIn } from './leaks.ts';

test('a name is found in any output, also where a space does not break', () => {
  const outputs = new Map([
    ['mail', 'top: Zulkhairi\u00a0bin Maznan'],
    ['site', 'nobody'],
  ]);
  assert.deepEqual(leaksIn(outputs, ['Zulkhairi bin Maznan', '欧阳睿哲']), [
    { value: 'Zulkhairi bin Maznan', output: 'mail' },
  ]);
});
