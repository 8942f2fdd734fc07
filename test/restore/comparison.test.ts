import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, Failure } from '../../jobs/platform/errors.ts';
import { compare } from '../../jobs/restore/plan/comparison.ts';
import { confirm } from '../../jobs/restore/plan/questions.ts';
import type { Character } from '../../jobs/restore/staging/verified.ts';

const now: Character = { tables: { orders: 7, notes: 2 }, schemaSha256: 'a', applicationId: 0, userVersion: 3 };

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

type Talk = { readonly asked: string[]; readonly ending: string };

/** Answers the questions one after another and returns them, and how it ended. */
async function talk(kinship: 'same' | 'changed' | 'other', answers: string[], choices = {}): Promise<Talk> {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answers.shift() ?? '';
  };
  const comparison = { rows: [], kinship, differences: ['the backup has no table notes'] };
  try {
    await confirm(comparison, 'shop', { yes: false, force: false, ...choices }, ask);
    return { asked, ending: 'goes on' };
  } catch (error) {
    return { asked, ending: `${error instanceof Failure && error.code}, exit ${exitCodeOf(error)}` };
  }
}

const once = 'Restore it? [y/N] ';

test('it asks once, and everything but yes is no', async () => {
  assert.deepEqual(await talk('same', ['y']), { asked: [once], ending: 'goes on' });
  assert.deepEqual(await talk('same', ['YES ']), { asked: [once], ending: 'goes on' });
  for (const no of ['', 'n', 'yess', 'shop']) {
    assert.deepEqual(await talk('same', [no]), { asked: [once], ending: 'RESTORE_DECLINED, exit 4' });
  }
});

test('a different database is asked about twice, and the second time its name must be typed', async () => {
  const again = (what: string) => `${what}: the backup has no table notes.\nType shop to restore it all the same: `;
  const changed = again('Its schema is not the same');
  assert.deepEqual(await talk('changed', ['y', 'shop']), { asked: [once, changed], ending: 'goes on' });
  const other = again('IT IS NOT THE SAME DATABASE');
  assert.deepEqual(await talk('other', ['y', 'y']), { asked: [once, other], ending: 'RESTORE_DECLINED, exit 4' });
});

test('--yes asks nothing; only --force lets it put another database in the place', async () => {
  assert.deepEqual(await talk('changed', [], { yes: true }), { asked: [], ending: 'goes on' });
  assert.deepEqual(await talk('other', [], { yes: true }), { asked: [], ending: 'DATABASE_DIFFERENT, exit 1' });
  assert.deepEqual(await talk('other', [], { yes: true, force: true }), { asked: [], ending: 'goes on' });
});
