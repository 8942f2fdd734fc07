import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { checkedKey } from '../../jobs/store/keys.ts';

test('a key that is let through stays below the folder it is joined to', () => {
  const part = fc.oneof(fc.constantFrom('.', '..', '', 'daily', '...', '~', '\\', '..\\'), fc.string({ maxLength: 5 }));
  const keys = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(keys, (key) => {
      let checked: string;
      try {
        checked = checkedKey(key);
      } catch {
        return;
      }
      assert.equal(checked, key);
      assert.equal(path.join('/store', key), `/store/${key}`);
    }),
  );
});

test('the names the old script gave are keys', () => {
  for (const key of [
    'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz',
    'sqlite-backups/weekly/csv_data_week_48.db.gz',
    `sqlite-backups/${'x'.repeat(200)}`,
  ]) {
    assert.equal(checkedKey(key), key);
  }
});

test('a key of another tool that is not read is named, with what is in the way', () => {
  const cases: [key: string, why: string][] = [
    ['sqlite-backups/daily/', 'a part of it is empty'],
    ['/daily/a', 'a part of it is empty'],
    ['daily//a', 'a part of it is empty'],
    ['', 'a part of it is empty'],
    ['daily/.hidden', 'a part of it begins with a dot'],
    ['daily/../a', 'a part of it begins with a dot'],
    ['daily/a\nb', 'it has a control character'],
    ['daily/a\u0000b', 'it has a control character'],
    ['ü'.repeat(513), 'it is longer than 1024 bytes'],
  ];
  const found = cases.map(([key]) => {
    try {
      return [checkedKey(key), 'let through'];
    } catch (error) {
      const { code, message, hint } = error as Failure;
      return [key, { code, message, hint }];
    }
  });
  assert.deepEqual(
    found,
    cases.map(([key, why]) => [
      key,
      {
        code: 'ARGUMENT_INVALID',
        message: `The key ${JSON.stringify(key)} is neither read nor written: ${why}.`,
        hint: 'If that object is a backup, copy it to another name with the client that wrote it; nightshift reads names such as sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz.',
      },
    ]),
  );
});
