import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFingerprints } from '../../jobs/restore/plan/comparison.ts';
import type { DatabaseFingerprint } from '../../jobs/restore/staging/verified-file.ts';

const now: DatabaseFingerprint = {
  tables: { orders: 7, notes: 2 },
  uncounted: [],
  schemaSha256: 'a',
  applicationId: 0,
  userVersion: 3,
};

test('the same database with other rows', () => {
  assert.deepEqual(compareFingerprints(now, { ...now, tables: { orders: 5, notes: 2 } }), {
    rows: [
      { table: 'notes', now: 2, backup: 2 },
      { table: 'orders', now: 7, backup: 5 },
    ],
    relation: 'same',
    differences: [],
  });
});

test('an older version of its schema is changed, not another database', () => {
  const backup = { ...now, tables: { orders: 5, cart: 1 }, schemaSha256: 'b', userVersion: 2 };
  const { relation, differences, rows } = compareFingerprints(now, backup);
  assert.equal(relation, 'changed');
  assert.deepEqual(differences, [
    'user_version is 3 in the current file and 2 in the backup',
    'the backup has no table notes',
    'the current file has no table cart',
  ]);
  assert.deepEqual(rows[0], { table: 'cart', now: null, backup: 1 });
});

test('a schema that differs in no table says so', () => {
  const { relation, differences } = compareFingerprints(now, { ...now, schemaSha256: 'b' });
  assert.deepEqual([relation, differences], ['changed', ['columns, indexes, views or triggers differ']]);
});

test('no table in common, or another application_id, is another database; a file nobody can read is unknown', () => {
  assert.equal(compareFingerprints(now, { ...now, tables: { songs: 1 }, schemaSha256: 'b' }).relation, 'other');
  assert.equal(compareFingerprints(now, { ...now, applicationId: 42 }).relation, 'other');
  assert.equal(compareFingerprints({ ...now, tables: {}, schemaSha256: '' }, now).relation, 'changed');
  assert.equal(compareFingerprints(null, now).relation, 'unknown');
});
