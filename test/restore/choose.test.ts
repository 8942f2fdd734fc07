import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedObject } from '../../jobs/platform/store/store.ts';
import { candidatesOf, databaseOf, fitting, targetOf } from '../../jobs/restore/choice/choose.ts';
import { untilOf, type Wish } from '../../jobs/restore/choice/request.ts';

const zone = 'Asia/Kuala_Lumpur';
const shop = { name: 'shop', path: '/data/shop.db' };
const shop2 = { name: 'shop_2', path: '/data/shop_2.db' };
const databases = [shop, shop2];

const stored = (key: string, modified = '2026-01-01T00:00:00Z'): ListedObject => ({
  key: `sqlite-backups/${key}`,
  bytes: 1000,
  modified: Temporal.Instant.from(modified),
});

const objects = [
  stored('daily/shop_2025-11-28_020000.db.gz'),
  stored('daily/shop_2025-11-30_020000.db.gz'),
  stored('daily/shop_2025-11-29_020000.db.zst.age'),
  stored('weekly/shop_2025-W48.db.gz', '2025-11-29T18:10:00Z'),
  stored('weekly/shop-old-week.db.gz', '2025-11-23T18:00:00Z'),
  stored('daily/shop_2_2025-11-30_040000.db.gz'),
];

function chosen(wish: Exclude<Wish, { kind: 'file' }>, database = shop): string[] {
  return fitting(wish, database, candidatesOf(objects, zone), databases, zone).map(({ key }) =>
    key.slice('sqlite-backups/'.length),
  );
}

test('latest is the newest by the local time in its name; a weekly of the old script by when it was stored', () => {
  assert.deepEqual(chosen({ kind: 'latest', folder: null }), [
    'weekly/shop_2025-W48.db.gz',
    'daily/shop_2025-11-30_020000.db.gz',
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

test('a weekly that was made up after its week counts from the end of its week', () => {
  const late = [stored('weekly/shop_2025-W48.db.gz', '2025-12-04T00:00:00Z')];
  assert.deepEqual(
    candidatesOf(late, zone).map(({ at }) => String(at.toZonedDateTimeISO(zone).toPlainDateTime())),
    ['2025-12-01T00:00:00'],
  );
});

test('--at takes the last one up to the end of that day, or up to that minute', () => {
  const at = (asked: string) => chosen({ kind: 'at', asked, until: untilOf(asked) ?? assert.fail(asked) })[0];
  assert.equal(at('2025-11-28'), 'daily/shop_2025-11-28_020000.db.gz');
  assert.equal(at('2025-11-29 01:59'), 'daily/shop_2025-11-28_020000.db.gz');
  assert.equal(at('2025-11-29T02:01'), 'daily/shop_2025-11-29_020000.db.zst.age');
  assert.equal(at('2025-11-25'), 'weekly/shop-old-week.db.gz');
  assert.equal(at('2025-11-22'), undefined);
});

test('what is no date is not taken for one', () => {
  assert.deepEqual(['2025-02-30', 'yesterday', '2025-11-30 25:00', ''].map(untilOf), [null, null, null, null]);
});

test('a name belongs to the longest database name it begins with', () => {
  assert.equal(databaseOf('sqlite-backups/weekly/shop_2-week48.db.gz', databases), 'shop_2');
  assert.equal(databaseOf('sqlite-backups/weekly/shop.week48.db.gz', databases), 'shop');
  assert.equal(databaseOf('sqlite-backups/weekly/shopping.db.gz', databases), null);
});

test('the database to restore into is certain, or it is an error that says what to add', () => {
  assert.equal(targetOf('shop', null, databases), shop);
  assert.equal(targetOf('shop', 'shop_2', databases), shop2);
  assert.equal(targetOf(null, null, [shop]), shop);
  const message = (named: string | null, asked: string | null) => {
    try {
      return targetOf(named, asked, databases).name;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  assert.deepEqual(
    [message(null, null), message('books', null), message('shop', 'books')],
    [
      'DATABASE_PATH names several databases (shop, shop_2), and nothing says which one is meant.',
      'The backup is of a database called books; DATABASE_PATH names shop, shop_2.',
      'DATABASE_PATH has no database called books; it names shop, shop_2.',
    ],
  );
});
