import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AllowedDangers } from '../../jobs/restore/options/restore-options.ts';
import { compareFingerprints } from '../../jobs/restore/plan/comparison.ts';
import { dangersOf, warningsOf } from '../../jobs/restore/plan/dangers.ts';
import { confirm } from '../../jobs/restore/plan/prompts.ts';
import type { DatabaseFingerprint } from '../../jobs/restore/staging/verified-file.ts';
import { asFailure, exitCodeOf } from '../../jobs/runtime/errors.ts';

const nothingAllowed: AllowedDangers = {
  openFiles: false,
  lostFile: false,
  unseen: false,
  otherDatabase: false,
  empty: false,
  damagedCopy: false,
  missingServices: false,
};
const shop: DatabaseFingerprint = {
  tables: { orders: 60_000, notes: 2 },
  uncounted: [],
  schemaSha256: 'a',
  applicationId: 0,
  userVersion: 3,
};
const songs: DatabaseFingerprint = { ...shop, tables: { songs: 1 }, schemaSha256: 'b' };
const older: DatabaseFingerprint = { ...shop, tables: { orders: 5, notes: 2 }, schemaSha256: 'c', userVersion: 2 };
const withoutTables: DatabaseFingerprint = { ...shop, tables: {}, schemaSha256: '' };
const withoutRows: DatabaseFingerprint = { ...shop, tables: { orders: 0, notes: 0 } };

const facts = (now: DatabaseFingerprint | null, backup: DatabaseFingerprint | null) => ({
  label: 'shop.db.gz',
  comparison: compareFingerprints(now, backup),
  backup,
});

type Talk = { readonly asked: string[]; readonly ending: string };

/** A restore of `backup` over the shop: answers the questions one after another; returns them, and how it ended. */
async function talk(
  backup: DatabaseFingerprint | null,
  answers: readonly string[] | '--yes',
  allow: Partial<AllowedDangers> = {},
): Promise<Talk> {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answers[asked.length - 1] ?? '';
  };
  try {
    const dangers = dangersOf(facts(shop, backup), { ...nothingAllowed, ...allow });
    await confirm(dangers, 'shop', answers === '--yes', ask);
    return { asked, ending: 'goes on' };
  } catch (error) {
    const { code, message, hint } = asFailure(error);
    return { asked, ending: `${code}, exit ${exitCodeOf(error)}: ${message} ${hint}` };
  }
}

const once = 'Restore it? [y/N] ';
const typeName = 'Type shop to restore it anyway: ';
const declined = 'RESTORE_DECLINED, exit 4: Not restored: not confirmed. Nothing was stopped or changed.';

test('it asks once, and everything but yes is no', async () => {
  assert.deepEqual(await talk(shop, ['y']), { asked: [once], ending: 'goes on' });
  assert.deepEqual(await talk(shop, ['YES ']), { asked: [once], ending: 'goes on' });
  for (const no of ['', 'n', 'yess', 'shop'])
    assert.deepEqual(await talk(shop, [no]), { asked: [once], ending: declined });
});

test('a different database is asked about twice, and the second time its name must be typed', async () => {
  const changed = `Its schema is not the same: user_version is 3 in the current file and 2 in the backup.\n${typeName}`;
  assert.deepEqual(await talk(older, ['y', 'shop']), { asked: [once, changed], ending: 'goes on' });
  const differs = 'the backup has no tables orders, notes; the current file has no table songs';
  const other = `IT IS NOT THE SAME DATABASE: ${differs}.\n${typeName}`;
  assert.deepEqual(await talk(songs, ['y', 'y']), { asked: [once, other], ending: declined });
});

test('--yes asks nothing; only --allow-other-database lets it put another database in the place', async () => {
  assert.deepEqual(await talk(older, '--yes'), { asked: [], ending: 'goes on' });
  assert.deepEqual(await talk(songs, '--yes', { empty: true, openFiles: true, unseen: true, damagedCopy: true }), {
    asked: [],
    ending:
      'DATABASE_DIFFERENT, exit 1: This is not a backup of the database that is there now: the backup has no tables orders, notes; the current file has no table songs. Check the name. To restore it anyway, run it in a terminal without --yes, or add --allow-other-database. Nothing was stopped or changed.',
  });
  assert.deepEqual(await talk(songs, '--yes', { otherDatabase: true }), { asked: [], ending: 'goes on' });
});

for (const [what, backup, message] of [
  ['without a table', withoutTables, 'shop.db.gz is EMPTY: it has no tables.'],
  ['without a row', withoutRows, 'shop.db.gz is EMPTY: it has 2 tables and no rows.'],
] as const) {
  test(`a backup ${what}: refused with --yes, but not with --allow-empty; a terminal asks for the name`, async () => {
    const hint =
      'Choose another, from `nightshift list` or --safety-copies. To restore it anyway, run it in a terminal without --yes, or add --allow-empty. Nothing was stopped or changed.';
    assert.deepEqual(await talk(backup, '--yes', { otherDatabase: true, openFiles: true, unseen: true }), {
      asked: [],
      ending: `BACKUP_EMPTY, exit 1: ${message} ${hint}`,
    });
    assert.deepEqual(await talk(backup, '--yes', { empty: true }), { asked: [], ending: 'goes on' });
    const { asked, ending } = await talk(backup, ['y', 'no']);
    assert.equal(ending, declined);
    assert.deepEqual([asked[0], asked[1]?.split('\n')[0], asked.length], [once, message, 2]);
    assert.equal((await talk(backup, ['y', 'shop'])).ending, 'goes on');
    assert.deepEqual(warningsOf(facts(shop, backup)), [`${message} With --yes it is refused without --allow-empty.`]);
  });
}

test('one emptied table of many, or one that is gone, is a warning and no refusal', async () => {
  const emptied = { ...shop, tables: { orders: 0, notes: 2 } };
  assert.deepEqual(warningsOf(facts(shop, emptied)), ['table orders will be EMPTY: 60,000 rows now, 0 in the backup']);
  assert.deepEqual(await talk(emptied, '--yes'), { asked: [], ending: 'goes on' });
  assert.deepEqual(warningsOf(facts(shop, { ...shop, tables: { notes: 2 } })), [
    'table orders will be GONE: 60,000 rows now, no such table in the backup',
  ]);
  assert.deepEqual(warningsOf(facts(shop, { ...shop, tables: { orders: 1, notes: 2, more: 0 } })), []);
});

test('of a backup whose rows are not known nothing is claimed', async () => {
  assert.deepEqual(warningsOf(facts(shop, null)), []);
  assert.deepEqual(await talk(null, '--yes'), { asked: [], ending: 'goes on' });
});

test('tables that were not counted are there: neither empty nor gone, and no other database', async () => {
  const people: DatabaseFingerprint = { ...shop, tables: {}, uncounted: ['notes', 'orders'] };
  for (const backup of [people, { ...people, tables: { log: 0 }, schemaSha256: 'b' }]) {
    assert.deepEqual(warningsOf(facts(shop, backup)), []);
    assert.deepEqual(await talk(backup, '--yes'), { asked: [], ending: 'goes on' });
  }
  assert.deepEqual(compareFingerprints(shop, people), { rows: [], relation: 'same', differences: [] });
});

test('what is empty by its metadata alone is reported as that', () => {
  assert.deepEqual(warningsOf(facts(shop, { ...withoutTables, uncounted: null })), [
    'by its metadata, shop.db.gz is EMPTY: it has no tables. If that is confirmed once it is unpacked, --yes refuses it without --allow-empty.',
  ]);
});

test('--yes is refused with all dangers at once', async () => {
  const emptySongs = { ...songs, tables: { songs: 0 } };
  const { ending } = await talk(emptySongs, '--yes');
  assert.equal(
    ending,
    'BACKUP_EMPTY, exit 1: shop.db.gz is EMPTY: it has one table and no rows. This is not a backup of the database that is there now: the backup has no tables orders, notes; the current file has no table songs. ' +
      'Choose another, from `nightshift list` or --safety-copies. To restore it anyway, run it in a terminal without --yes, or add --allow-empty.\n' +
      'Check the name. To restore it anyway, run it in a terminal without --yes, or add --allow-other-database. Nothing was stopped or changed.',
  );
});
