import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleText } from 'node:util';
import { visibleText } from '../../jobs/runtime/visible-text.ts';

test('what a terminal would obey is shown instead; bold, line breaks and tabs are the program’s own', () => {
  const bold = styleText('bold', 'Restore', { validateStream: false });
  for (const text of ['plain\n\ttext é 漢 🙂', bold]) assert.equal(visibleText(text), text);
  assert.equal(visibleText('a\u001b[2Jb\rc\u0007'), 'a\\u001b[2Jb\\u000dc\\u0007');
  assert.equal(visibleText('\u001b[8mhidden\u001b[0m'), '\\u001b[8mhidden\\u001b[0m');
  assert.equal(visibleText('\u009b2J\u202etxt.exe'), '\\u009b2J\\u202etxt.exe');
  const json = JSON.stringify({ name: 'a\u001b\u009b' });
  assert.deepEqual(JSON.parse(visibleText(json)), { name: 'a\u001b\u009b' }, 'JSON stays the same value');
});
