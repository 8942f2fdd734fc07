import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../jobs/restore/plan/comparison.ts';
import type { Character } from '../../jobs/restore/staging/verified.ts';

const now: Character = {
  tables: { orders: 7, notes: 2 },
  uncounted: [],
  schemaSha256: 'a',
  applicationId: 0,
  userVersion: 3,
};

test('the same database with other rows', () => {
  assert.deepEqual(compare(now, { ...now, tables: { orders: 5, notes: 2 } }), {
    rows: [
      { table: 'notes', now: 2, backup: 2 },
      { table: 'orders', now: 7, backup: 5 },
    ],
    kinship: 'same',
    differences: [],
  });
});

test('an older version of its schema is changed, not another database', () => {
  const backup = { ...now, tables: { orders: 5, cart: 1 }, schemaSha256: 'b', userVersion: 2 };
  const { kinship, differences, rows } = compare(now, backup);
  assert.equal(kinship, 'changed');
  assert.deepEqual(differences, [
    'user_version is 3 in the current file and 2 in the backup',
    'the backup has no table notes',
    'the current file has no table cart',
  ]);
  assert.deepEqual(rows[0], { table: 'cart', now: null, backup: 1 });
});

test('a schema that differs in no table says so', () => {
  const { kinship, differences } = compare(now, { ...now, schemaSha256: 'b' });
  assert.deepEqual([kinship, differences], ['changed', ['columns, indexes, views or triggers differ']]);
});

test('no table in common, or another application_id, is another database; a file nobody can read is unknown', () => {
  assert.equal(compare(now, { ...now, tables: { songs: 1 }, schemaSha256: 'b' }).kinship, 'other');
  assert.equal(compare(now, { ...now, applicationId: 42 }).kinship, 'other');
  assert.equal(compare({ ...now, tables: {}, schemaSha256: '' }, now).kinship, 'changed');
  assert.equal(compare(null, now).kinship, 'unknown');
});
