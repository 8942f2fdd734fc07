import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkedKey } from '../../../jobs/platform/store/keys.ts';

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
