import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupDateOf, newestFirst } from '../../jobs/archives/backup-date.ts';
import { databaseOf } from '../../jobs/archives/choice/database-of.ts';
import { databaseInKey, locateKey } from '../../jobs/archives/names.ts';
import { candidatesFor, targetDatabase } from '../../jobs/restore/choice/candidates.ts';
import { type BackupSelector, parseUntil } from '../../jobs/restore/options/restore-options.ts';
import { kinds } from '../archives/layout.ts';

const zone = 'Asia/Kuala_Lumpur';
const shop = { name: 'shop', path: '/data/shop.db' };
const shop2 = { name: 'shop_2', path: '/data/shop_2.db' };
const databases = [shop, shop2];

const now = Temporal.Instant.from('2025-12-10T00:00:00Z');

/** A stored backup without metadata, unless it says when it was taken. */
function stored(name: string, modified = '2025-12-01T00:00:00Z', takenAt: string | null = null) {
  const key = `sqlite-backups/${name}`;
  const facts = takenAt === null ? null : { takenAt: Temporal.Instant.from(takenAt) };
  const date = backupDateOf({ key, modified: Temporal.Instant.from(modified), facts }, zone, now, kinds);
  return { ...named(key), kind: locateKey(key, kinds)?.kind ?? assert.fail(key), date };
}

function named(key: string) {
  return { key, database: databaseInKey(key, kinds) };
}

const objects = [
  stored('daily/shop_2025-11-28_020000.db.gz'),
  stored('daily/shop_2025-11-30_020000.db.gz'),
  stored('daily/shop_2025-11-29_020000.db.zst.age'),
  stored('weekly/shop_2025-W48.db.gz', '2025-11-29T18:10:00Z'),
  stored('weekly/shop-old-week.db.gz', '2025-11-23T18:00:00Z'),
  stored('daily/shop_2_2025-11-30_040000.db.gz'),
];

function chosen(
  selector: Extract<BackupSelector, { kind: 'latest' | 'at' }>,
  database = shop,
  all = objects,
): string[] {
  return candidatesFor(selector, database, all.toSorted(newestFirst), databases, zone).map(({ key }) =>
    key.slice('sqlite-backups/'.length),
  );
}

test('latest is the newest by its date; a weekly of the old script, which has none, comes after all that have one', () => {
  assert.deepEqual(chosen({ kind: 'latest', folder: null }), [
    'daily/shop_2025-11-30_020000.db.gz',
    'weekly/shop_2025-W48.db.gz',
    'daily/shop_2025-11-29_020000.db.zst.age',
    'daily/shop_2025-11-28_020000.db.gz',
    'weekly/shop-old-week.db.gz',
  ]);
  assert.deepEqual(chosen({ kind: 'latest', folder: 'weekly' }), [
    'weekly/shop_2025-W48.db.gz',
    'weekly/shop-old-week.db.gz',
  ]);
  assert.deepEqual(chosen({ kind: 'latest', folder: null }, shop2), ['daily/shop_2_2025-11-30_040000.db.gz']);
});

test('an old weekly that was copied into the bucket yesterday is not the latest', () => {
  const all = [
    stored('weekly/shop-old-week.db.gz', '2025-12-09T00:00:00Z'),
    stored('daily/shop_2025-11-28_020000.db.gz'),
  ];
  assert.deepEqual(chosen({ kind: 'latest', folder: null }, shop, all), [
    'daily/shop_2025-11-28_020000.db.gz',
    'weekly/shop-old-week.db.gz',
  ]);
});

test('the instant in the metadata counts, not the local time in the name: the zone may have changed', () => {
  const all = [
    stored('daily/shop_2025-11-29_020000.db.gz', '2025-11-28T18:00:30Z', '2025-11-28T18:00:00Z'),
    // An hour later, written in UTC.
    stored('daily/shop_2025-11-28_190000.db.gz', '2025-11-28T19:00:30Z', '2025-11-28T19:00:00Z'),
  ];
  assert.equal(chosen({ kind: 'latest', folder: null }, shop, all)[0], 'daily/shop_2025-11-28_190000.db.gz');
});

test('what is dated after it was stored, or after now, is never chosen by itself', () => {
  const all = [
    stored('daily/shop_2031-01-01_020000.db.gz', '2025-11-28T18:00:00Z'),
    stored('daily/shop_2031-01-02_020000.db.gz', '2031-01-01T18:00:00Z'),
    stored('weekly/shop_2031-W01.db.gz', '2025-11-28T18:00:00Z'),
    stored('daily/shop_2025-11-28_020000.db.gz'),
  ];
  assert.deepEqual(chosen({ kind: 'latest', folder: null }, shop, all), ['daily/shop_2025-11-28_020000.db.gz']);
});

test('--at takes the last one up to the end of that day, minute or second', () => {
  const at = (asked: string) => chosen({ kind: 'at', asked, until: parseUntil(asked) ?? assert.fail(asked) })[0];
  assert.equal(at('2025-11-28'), 'daily/shop_2025-11-28_020000.db.gz');
  assert.equal(at('2025-11-29 01:59'), 'daily/shop_2025-11-28_020000.db.gz');
  assert.equal(at('2025-11-29 01:59:59'), 'daily/shop_2025-11-28_020000.db.gz');
  assert.equal(at('2025-11-29 02:00'), 'daily/shop_2025-11-29_020000.db.zst.age');
  assert.equal(at('2025-11-29 02:00:00'), 'daily/shop_2025-11-29_020000.db.zst.age');
  assert.equal(at('2025-11-29T02:01'), 'daily/shop_2025-11-29_020000.db.zst.age');
  assert.equal(at('2025-11-25'), 'weekly/shop-old-week.db.gz');
  assert.equal(at('2025-11-22'), undefined);
});

test('what is no date is not taken for one', () => {
  assert.deepEqual(['2025-02-30', 'yesterday', '2025-11-30 25:00', ''].map(parseUntil), [null, null, null, null]);
});

test('a name belongs to the longest database name it begins with', () => {
  assert.equal(databaseOf(named('sqlite-backups/weekly/shop_2-week48.db.gz'), databases), 'shop_2');
  assert.equal(databaseOf(named('sqlite-backups/weekly/shop.week48.db.gz'), databases), 'shop');
  assert.equal(databaseOf(named('sqlite-backups/weekly/shopping.db.gz'), databases), null);
});

test('the database to restore into is certain, or it is an error that says what to add', () => {
  assert.equal(targetDatabase('shop', null, databases), shop);
  assert.equal(targetDatabase('shop', 'shop_2', databases), shop2);
  assert.equal(targetDatabase(null, null, [shop]), shop);
  const message = (named: string | null, asked: string | null) => {
    try {
      return targetDatabase(named, asked, databases).name;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  assert.deepEqual(
    [message(null, null), message('books', null), message('shop', 'books')],
    [
      'DATABASE_PATH names several databases (shop, shop_2), and it is not clear which one is meant.',
      'The backup is of a database called books; DATABASE_PATH names shop, shop_2.',
      'DATABASE_PATH has no database called books; it names shop, shop_2.',
    ],
  );
});
