import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanTexts } from '../../../jobs/summary/page/clean-texts.ts';

test('control and direction characters of names and values reach no subject, mail or page', () => {
  const page = {
    title: 'shop\u0000\r\nBcc: x@example.com',
    blocks: [{ rows: [['\u202Egnp.exe', 'a\tb', 'line\nline', null, 7]] }],
  };
  assert.deepEqual(cleanTexts(page), {
    title: 'shop  \nBcc: x@example.com',
    blocks: [{ rows: [['gnp.exe', 'a b', 'line\nline', null, 7]] }],
  });
});

test('writing of any script stays as it is', () => {
  const texts = ['Kedai Ah Chong 阿昌', 'ร้านอาหาร', 'محل', 'கடை', 'naïve café 👨‍👩‍👧', 'می‌خواهم'];
  assert.deepEqual(cleanTexts(texts), texts);
});

test('whatever the text, nothing of it is left that is not shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(cleanTexts(text), /(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Cs}/u);
    }),
  );
});
