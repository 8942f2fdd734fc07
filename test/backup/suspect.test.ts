import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess, type Measure, reasonKind, type Snapshot } from '../../jobs/backup/stored/suspect.ts';

const name = 'csv_data_2025-11-29_020000.db.gz';

function total(tables: Readonly<Record<string, number>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}

function measure(changes: Partial<Measure> = {}): Measure {
  const tables = { orders: 1234, customers: 5, drafts: 0 };
  return { name, bytes: 1000, usedBytes: 1000, rows: total(tables), tables, ...changes };
}

function snapshot(tables: Readonly<Record<string, number>>, changes: Partial<Snapshot> = {}): Snapshot {
  const bytes = changes.bytes ?? 1000;
  return { bytes, usedBytes: bytes, rows: total(tables), tables, unchecked: [], ...changes };
}

const strict = { ignored: [], wasEmptyBefore: () => false };
const full = { orders: 1234, customers: 5, drafts: 0 };

const cases: [string, Snapshot, Measure | null, string | null][] = [
  ['the first backup has nothing to be measured against', snapshot({}, { bytes: 0 }), null, null],
  ['the same', snapshot(full), measure(), null],
  ['grown', snapshot({ orders: 2000, customers: 6, drafts: 1 }, { bytes: 2000 }), measure(), null],
  ['exactly half the size', snapshot(full, { bytes: 500 }), measure(), null],
  [
    'under half the size',
    snapshot(full, { bytes: 499 }),
    measure(),
    `under half the size: 499 B after 1000 B in ${name}`,
  ],
  ['a VACUUM gave free pages back', snapshot(full, { bytes: 300 }), measure({ usedBytes: 310 }), null],
  [
    'one table emptied',
    snapshot({ orders: 0, customers: 5 }),
    measure(),
    `table orders lost all rows (had 1,234 in ${name})`,
  ],
  [
    'a new empty database, as an unmounted disk leaves it',
    snapshot({}, { bytes: 0 }),
    measure(),
    `table orders and 1 more table lost all rows (had 1,234 in ${name})`,
  ],
  [
    'a table that could not be read, for want of an extension, is not taken for empty',
    snapshot({ customers: 5 }, { unchecked: ['orders'] }),
    measure(),
    null,
  ],
  [
    'without row counts of tables: under half of all rows',
    snapshot({ orders: 600 }),
    measure({ tables: null }),
    `under half the rows: 600 after 1,239 in ${name}`,
  ],
  ['without row counts of tables: as many rows', snapshot({ orders: 1300 }), measure({ tables: null }), null],
  [
    'without any counts the size still tells',
    snapshot({ orders: 1 }, { bytes: 100 }),
    measure({ tables: null, rows: null }),
    `under half the size: 100 B after 1000 B in ${name}`,
  ],
];

for (const [what, now, before, expected] of cases) {
  test(`a snapshot beside the last good backup: ${what}`, () => {
    assert.equal(assess(now, before, strict).suspicion?.reason ?? null, expected);
  });
}

test('what could not be compared is said', () => {
  assert.deepEqual(assess(snapshot(full), measure({ tables: null }), strict).remarks, [
    `the row counts of single tables are not known of ${name}: only rows and size in total were compared`,
  ]);
});

test('a table that BACKUP_SUSPECT_IGNORE names may be emptied', () => {
  const found = assess(snapshot({ ...full, orders: 0 }), measure(), { ...strict, ignored: ['orders'] });
  assert.deepEqual(found, { suspicion: null, remarks: ['table orders lost all rows (BACKUP_SUSPECT_IGNORE)'] });
});

test('a queue that was empty in an earlier good backup may be empty again', () => {
  const found = assess(snapshot({ ...full, orders: 0 }), measure(), {
    ...strict,
    wasEmptyBefore: (table) => table === 'orders',
  });
  assert.deepEqual(found, {
    suspicion: null,
    remarks: ['table orders is empty again, as it was in an earlier good backup'],
  });
});

test('but when no row is left anywhere, it is suspect whatever was empty before', () => {
  const found = assess(snapshot({ orders: 0, customers: 0, drafts: 0 }), measure(), {
    ...strict,
    wasEmptyBefore: () => true,
  });
  assert.equal(found.suspicion?.reason, `no row is left in any table (had 1,239 in ${name})`);
});

test('a renamed table is not taken for a lost one, and one new table stands for one old one only', () => {
  const renamed = assess(snapshot({ orders_v2: 1230, customers: 5 }), measure(), strict);
  assert.deepEqual(renamed, {
    suspicion: null,
    remarks: ['table orders is gone and orders_v2 is new with its rows: taken for renamed'],
  });
  const merged = assess(snapshot({ all: 5000 }), measure({ tables: { orders: 1234, items: 4000 } }), strict);
  assert.equal(merged.suspicion?.reason, `table items lost all rows (had 4,000 in ${name})`);
  const smaller = assess(snapshot({ orders_v2: 1000, customers: 5 }), measure(), strict);
  assert.equal(smaller.suspicion?.reason, `table orders lost all rows (had 1,234 in ${name})`);
});

test('two suspicions are of one kind when the same is lost, whatever they were measured against', () => {
  const kinds = [
    'table orders lost all rows (had 1,234 in a.db.gz)',
    'table orders lost all rows (had 1,300 in b.db.gz)',
    'table orders and 1 more table lost all rows (had 1,300 in b.db.gz)',
    'under half the size: 499 B after 1000 B in a.db.gz',
    'under half the rows: 600 after 1,239 in a.db.gz',
  ].map(reasonKind);
  assert.deepEqual(kinds, [
    'table orders lost all rows',
    'table orders lost all rows',
    'table orders and 1 more table lost all rows',
    'under half the size',
    'under half the rows',
  ]);
});
