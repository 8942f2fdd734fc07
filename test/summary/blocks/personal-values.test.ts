import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personalValueKind } from '../../../jobs/summary/blocks/personal-values.ts';

const personal = {
  'an e-mail address': ['siti@example.com', 'Ali <ali.abu@mail.example.com.my>', 'write to x@例え.jp'],
  'a phone number': [
    '012-345 6789',
    '+60 12 345 6789',
    '(03) 2345 6789',
    '0123456789',
    '60123456789',
    60123456789,
    '9123 4567',
    'call 011-2345 6789 after six',
    '+65 9123 4567',
  ],
  'an IC number': ['850101-14-5678', '850101145678', 'IC: 000229-01-1234', 850101145678, 10203145678],
  'a card number': ['4111 1111 1111 1111', '4111111111111111', '5555-5555-5555-4444', '378282246310005'],
};
for (const [kind, values] of Object.entries(personal)) {
  for (const value of values) {
    test(`${JSON.stringify(value)} looks like ${kind}`, () => assert.equal(personalValueKind(value), kind));
  }
}

const plain = [
  ...['web', 'Kuala Lumpur', 'a @ b', 'RM 1,234.50', '12.50', 'SO-2025-11-24-0001', '0000012345'],
  ...['2025-11-24', '2025/11/24 10:00', '24-11-2025', '01-11-2025 09:15', '2025-11-24T10:00:00+08:00', '20251124'],
  // Order numbers: no birth date, no place of birth, no check digit, part of a word.
  ...['202511240001', '851301145678', '850231145678', '850101005678', '4111111111111112', 'ORD0123456789'],
  ...['550e8400-e29b-41d4-a716-446655440000', '9781234567897', '1.0123456789'],
  ...[12.5, 1_763_913_600, 1_763_913_600_000, 123_456_789, null],
];
for (const value of plain) {
  test(`${JSON.stringify(value)} looks like nothing personal`, () => assert.equal(personalValueKind(value), null));
}
