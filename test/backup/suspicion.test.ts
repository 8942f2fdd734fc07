import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AssessedSnapshot,
  assess,
  type Baseline,
  disproves,
  isSameLoss,
} from '../../jobs/backup/suspects/suspicion.ts';

const name = 'csv_data_2025-11-29_020000.db.gz';

function total(tables: Readonly<Record<string, number>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}

function baseline(changes: Partial<Baseline> = {}): Baseline {
  const tables = { orders: 1234, customers: 5, drafts: 0 };
  return { name, bytes: 1000, usedBytes: 1000, rows: total(tables), tables, ...changes };
}

function snapshot(tables: Readonly<Record<string, number>>, changes: Partial<AssessedSnapshot> = {}): AssessedSnapshot {
  const bytes = changes.bytes ?? 1000;
  return { bytes, usedBytes: bytes, rows: total(tables), tables, unchecked: [], ...changes };
}

const strict = { ignored: [], wasEmptyBefore: () => false };
const full = { orders: 1234, customers: 5, drafts: 0 };

const cases: [string, AssessedSnapshot, Baseline | null, string | null][] = [
  ['the first backup has nothing to be measured against', snapshot({}, { bytes: 0 }), null, null],
  ['the same', snapshot(full), baseline(), null],
  ['grown', snapshot({ orders: 2000, customers: 6, drafts: 1 }, { bytes: 2000 }), baseline(), null],
  ['exactly half the size', snapshot(full, { bytes: 500 }), baseline(), null],
  [
    'under half the size',
    snapshot(full, { bytes: 499 }),
    baseline(),
    `under half the size: 499 B after 1000 B in ${name}`,
  ],
  ['a VACUUM gave free pages back', snapshot(full, { bytes: 300 }), baseline({ usedBytes: 310 }), null],
  [
    'one table emptied',
    snapshot({ orders: 0, customers: 5 }),
    baseline(),
    `table orders lost all rows (had 1,234 in ${name})`,
  ],
  [
    'a new empty database, as an unmounted disk leaves it',
    snapshot({}, { bytes: 0 }),
    baseline(),
    `table orders and 1 more table lost all rows (had 1,234 in ${name})`,
  ],
  [
    'a table that could not be read, for want of an extension, is not taken for empty',
    snapshot({ customers: 5 }, { unchecked: ['orders'] }),
    baseline(),
    null,
  ],
  [
    'without row counts of tables: under half of all rows',
    snapshot({ orders: 600 }),
    baseline({ tables: null }),
    `under half the rows: 600 after 1,239 in ${name}`,
  ],
  ['without row counts of tables: as many rows', snapshot({ orders: 1300 }), baseline({ tables: null }), null],
  [
    'without any counts the size still shows it',
    snapshot({ orders: 1 }, { bytes: 100 }),
    baseline({ tables: null, rows: null }),
    `under half the size: 100 B after 1000 B in ${name}`,
  ],
];

for (const [what, now, before, expected] of cases) {
  test(`a snapshot beside the last good backup: ${what}`, () => {
    assert.equal(assess(now, before, strict).suspicion?.reason ?? null, expected);
  });
}

test('what could not be compared is reported', () => {
  assert.deepEqual(assess(snapshot(full), baseline({ tables: null }), strict).remarks, [
    `the row counts of single tables are not known of ${name}: only rows and size in total were compared`,
  ]);
});

test('a table that BACKUP_SUSPECT_IGNORE names may be emptied', () => {
  const found = assess(snapshot({ ...full, orders: 0 }), baseline(), { ...strict, ignored: ['orders'] });
  assert.deepEqual(found, { suspicion: null, remarks: ['table orders lost all rows (BACKUP_SUSPECT_IGNORE)'] });
});

test('a queue that was empty in an earlier good backup may be empty again', () => {
  const found = assess(snapshot({ ...full, orders: 0 }), baseline(), {
    ...strict,
    wasEmptyBefore: (table) => table === 'orders',
  });
  assert.deepEqual(found, {
    suspicion: null,
    remarks: ['table orders is empty again, as it was in an earlier good backup'],
  });
});

test('but when no row is left anywhere, it is suspect whatever was empty before', () => {
  const found = assess(snapshot({ orders: 0, customers: 0, drafts: 0 }), baseline(), {
    ...strict,
    wasEmptyBefore: () => true,
  });
  assert.equal(found.suspicion?.reason, `no row is left in any table (had 1,239 in ${name})`);
});

test('a table is taken for renamed when one new table has about as many rows, and the log has both counts', () => {
  const renamed = assess(snapshot({ orders_v2: 1230, customers: 5 }), baseline(), strict);
  assert.deepEqual(renamed, {
    suspicion: null,
    remarks: [
      'table orders (1,234 rows) is gone and orders_v2 (1,230 rows) is new: taken for renamed, by these counts alone',
    ],
  });
  const merged = assess(snapshot({ all: 5000 }), baseline({ tables: { orders: 1234, items: 4000 } }), strict);
  assert.equal(merged.suspicion?.reason, `table orders and 1 more table lost all rows (had 1,234 in ${name})`);
  const smaller = assess(snapshot({ orders_v2: 1000, customers: 5 }), baseline(), strict);
  assert.equal(smaller.suspicion?.reason, `table orders lost all rows (had 1,234 in ${name})`);
});

const unrelated: [string, Readonly<Record<string, number>>, Readonly<Record<string, number>>, string][] = [
  ['the new one has ten times the rows', { orders: 500 }, { login_log: 5000 }, 'table orders'],
  ['the new one has a fifth more rows', { orders: 500 }, { login_log: 600 }, 'table orders'],
  ['a few rows, and the new one has one more', { settings: 3 }, { flags: 4 }, 'table settings'],
  ['two new ones have as many', { orders: 500 }, { login_log: 505, sessions: 495 }, 'table orders'],
  ['two are gone that had as many', { orders: 500, visits: 505 }, { log: 500 }, 'table orders and 1 more table'],
];
for (const [what, before, now, lost] of unrelated) {
  test(`a table that is gone is suspect, not renamed: ${what}`, () => {
    const both = { customers: 400 };
    const found = assess(snapshot({ ...both, ...now }), baseline({ tables: { ...both, ...before } }), strict);
    const [rows = 0] = Object.values(before);
    assert.deepEqual([found.suspicion?.reason, found.remarks], [`${lost} lost all rows (had ${rows} in ${name})`, []]);
  });
}

test('a table that BACKUP_SUSPECT_IGNORE names keeps no other from being taken for renamed', () => {
  const before = baseline({ tables: { orders: 500, visits: 505 } });
  const found = assess(snapshot({ orders_v2: 500 }), before, { ...strict, ignored: ['visits'] });
  assert.deepEqual(found, {
    suspicion: null,
    remarks: [
      'table orders (500 rows) is gone and orders_v2 (500 rows) is new: taken for renamed, by these counts alone',
      'table visits lost all rows (BACKUP_SUSPECT_IGNORE)',
    ],
  });
});

test('when every table that had rows may be emptied, an empty database is no alarm', () => {
  const found = assess(snapshot({ queue: 0 }), baseline({ tables: { queue: 9 }, rows: 9 }), {
    ...strict,
    ignored: ['queue'],
  });
  assert.deepEqual(found, { suspicion: null, remarks: ['table queue lost all rows (BACKUP_SUSPECT_IGNORE)'] });
});

const lost = { orders: 0, customers: 5, drafts: 0 };
const disproofs: [string, AssessedSnapshot, Readonly<Record<string, number>> | null, boolean][] = [
  ['all rows are there again', snapshot(full), lost, true],
  ['nearly all rows are', snapshot({ ...full, orders: 1200 }), lost, true],
  ['one new row is there', snapshot({ ...full, orders: 1 }), lost, false],
  ['half of the rows are', snapshot({ ...full, orders: 617 }), lost, false],
  ['the rows are there under another name', snapshot({ orders_v2: 1234, customers: 5 }), lost, false],
  [
    'what the suspect lacked is not known, and a table is still short',
    snapshot({ ...full, customers: 1 }),
    null,
    false,
  ],
  ['what the suspect lacked is not known, and every table is there', snapshot(full), null, true],
  ['it was small, and still is', snapshot(full, { bytes: 500 }), full, false],
  ['it was small, and is as large as before', snapshot(full), full, true],
];
for (const [what, now, tables, expected] of disproofs) {
  test(`a suspicion is ${expected ? '' : 'not '}disproved when ${what}`, () => {
    assert.equal(disproves(now, { tables }, baseline()), expected);
  });
}

test('two suspects lost the same when the same tables did, whatever they were measured against', () => {
  const one = (had: string, file: string) => ({
    reason: `table orders lost all rows (had ${had} in ${file})`,
    tables: null,
  });
  const more = (tables: Readonly<Record<string, number>> | null) => ({
    reason: 'table items and 1 more table lost all rows (had 1,300 in b.db.gz)',
    tables,
  });
  assert.deepEqual(
    [
      isSameLoss(one('1,234', 'a.db.gz'), one('1,300', 'b.db.gz')),
      isSameLoss(one('1,234', 'a.db.gz'), more({ items: 0, orders: 0 })),
      isSameLoss(more({ items: 0, orders: 0, customers: 5 }), more({ items: 0, orders: 0, customers: 6 })),
      isSameLoss(more({ items: 0, orders: 0, customers: 5 }), more({ items: 0, orders: 9, customers: 0 })),
      isSameLoss(more(null), more(null)),
    ],
    [true, false, true, false, false],
  );
});
