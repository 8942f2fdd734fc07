import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suspicionOf } from '../../jobs/backup/stored/suspect.ts';

const previous = {
  key: 'sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz',
  bytes: 1000,
  tables: { orders: 1234, customers: 5, drafts: 0 },
};

const cases: [string, Parameters<typeof suspicionOf>[0], string | null][] = [
  ['the same', { bytes: 1000, tables: { orders: 1234, customers: 5, drafts: 0 } }, null],
  ['grown', { bytes: 2000, tables: { orders: 2000, customers: 6, drafts: 1 } }, null],
  ['exactly half the size', { bytes: 500, tables: { orders: 1, customers: 1 } }, null],
  [
    'under half the size',
    { bytes: 499, tables: { orders: 1, customers: 1 } },
    'under half the size: 499 B after 1000 B in csv_data_2025-11-29_020000.db.gz',
  ],
  [
    'one table emptied',
    { bytes: 1000, tables: { orders: 0, customers: 5 } },
    'table orders lost all rows (had 1,234 in csv_data_2025-11-29_020000.db.gz)',
  ],
  [
    'a new empty database, as an unmounted disk leaves it',
    { bytes: 0, tables: {} },
    'table orders and 1 more table lost all rows (had 1,234 in csv_data_2025-11-29_020000.db.gz)',
  ],
];

for (const [what, snapshot, expected] of cases) {
  test(`a snapshot beside the one of the night before: ${what}`, () => {
    assert.equal(suspicionOf(snapshot, previous)?.reason ?? null, expected);
  });
}

test('the first backup has nothing to be measured against', () => {
  assert.equal(suspicionOf({ bytes: 0, tables: {} }, null), null);
});

test('a table that could not be read, for want of an extension, is not taken for empty', () => {
  const snapshot = { bytes: 1000, tables: { customers: 5 }, unchecked: ['orders'] };
  assert.equal(suspicionOf(snapshot, previous), null);
});

test('without row counts the size still tells', () => {
  assert.deepEqual(suspicionOf({ bytes: 100, tables: null }, previous), {
    reason: 'under half the size: 100 B after 1000 B in csv_data_2025-11-29_020000.db.gz',
    lostTables: [],
    bytes: { before: 1000, now: 100 },
  });
});
