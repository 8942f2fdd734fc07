import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable } from '../../../jobs/summary/page/printable.ts';

test('control and direction characters of names and values reach no subject, mail or page', () => {
  const page = {
    title: 'shop\u0000\r\nBcc: x@example.com',
    blocks: [{ rows: [['\u202Egnp.exe', 'a\tb', 'line\nline', null, 7]] }],
  };
  assert.deepEqual(printable(page), {
    title: 'shop  \nBcc: x@example.com',
    blocks: [{ rows: [['gnp.exe', 'a b', 'line\nline', null, 7]] }],
  });
});

test('writing of any script stays as it is', () => {
  const texts = ['Kedai Ah Chong 阿昌', 'ร้านอาหาร', 'محل', 'கடை', 'naïve café 👨‍👩‍👧', 'می‌خواهم'];
  assert.deepEqual(printable(texts), texts);
});

test('whatever the text, nothing of it is left that is not shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), /(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Cs}/u);
    }),
  );
});
