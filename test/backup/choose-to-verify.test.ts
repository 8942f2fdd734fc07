import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestFirst } from '../../jobs/archives/backup-date.ts';
import { type AskedToVerify, chooseToVerify } from '../../jobs/backup/verification/choose-to-verify.ts';
import { asFailure } from '../../jobs/runtime/errors.ts';
import type { StoreLocation } from '../../jobs/settings/store-location.ts';
import { layout } from '../archives/layout.ts';
import { books, shop, stored, zone } from '../archives/named-backups.ts';

const backups = [
  stored('daily/shop_2025-11-30_020000.db.gz', 'sunday'),
  stored('weekly/shop_2025-W48.db.gz', 'sunday'),
  stored('daily/shop_2025-11-29_140000.db.gz'),
  stored('daily/shop_2025-11-29_020000.db.gz.age'),
  // Stored on December 1st.
  stored('daily/shop_2026-01-05_020000.db.gz'),
  stored('daily/books_2025-11-27_020000.db.gz'),
  stored('daily/of 100%25.db.gz'),
].toSorted(newestFirst);

const location: StoreLocation = {
  kind: 's3',
  endpoint: 'https://sg-sin-1.linodeobjects.com',
  region: 'sg-sin-1',
  bucket: 'shop-backups',
  accessKey: 'a',
  secretKey: 's',
};
const options = {
  databases: [shop],
  zone,
  layout,
  location,
  storeName: 's3://shop-backups',
  verifications: new Map(),
};

/** The chosen ones, or why there are none. */
function chosen(asked: AskedToVerify, changes: Partial<typeof options> = {}): string[] {
  try {
    return chooseToVerify(asked, backups, { ...options, ...changes }).map(({ kind, name }) => `${kind}/${name}`);
  } catch (error) {
    const { code, message, hint } = asFailure(error);
    return [`${code}: ${message} ${hint}`];
  }
}

const cases: readonly [what: string, typed: string, expected: readonly string[]][] = [
  ['a name', 'shop_2025-11-29_140000.db.gz', ['daily/shop_2025-11-29_140000.db.gz']],
  ['a key', 'sqlite-backups/weekly/shop_2025-W48.db.gz', ['weekly/shop_2025-W48.db.gz']],
  ['a key below the prefix', 'weekly/shop_2025-W48.db.gz', ['weekly/shop_2025-W48.db.gz']],
  ['a name that looks URL-encoded', 'of 100%25.db.gz', ['daily/of 100%25.db.gz']],
  ['an address', 's3://shop-backups/sqlite-backups/weekly/shop_2025-W48.db.gz', ['weekly/shop_2025-W48.db.gz']],
  ['an encoded name', 'shop_2025%2D11%2D29_140000.db.gz', ['daily/shop_2025-11-29_140000.db.gz']],
  ['a name without its ending', 'shop_2025-11-29_020000', ['daily/shop_2025-11-29_020000.db.gz.age']],
  [
    'a day: all of that day, each copy, since each has bytes of its own',
    '2025-11-30',
    ['daily/shop_2025-11-30_020000.db.gz', 'weekly/shop_2025-W48.db.gz'],
  ],
  [
    'a day with several backups: all',
    '2025-11-29',
    ['daily/shop_2025-11-29_140000.db.gz', 'daily/shop_2025-11-29_020000.db.gz.age'],
  ],
  ['the newest, whatever a clock that was wrong says', 'latest', ['daily/shop_2025-11-30_020000.db.gz']],
  ['the newest, in capitals', 'LATEST', ['daily/shop_2025-11-30_020000.db.gz']],
  [
    'a spelling, which is asked about and never corrected',
    'lastest',
    [
      'ARGUMENT_INVALID: There is no backup "lastest". Did you mean `nightshift verify latest`? `nightshift list` shows all.',
    ],
  ],
  [
    'a misspelt name',
    'shpo_2025-11-29_140000.db.gz',
    [
      'ARGUMENT_INVALID: There is no backup "shpo_2025-11-29_140000.db.gz". Did you mean `nightshift verify sqlite-backups/daily/shop_2025-11-29_140000.db.gz`? `nightshift list` shows all.',
    ],
  ],
  [
    'a day without a backup',
    '2025-11-28',
    [
      'OBJECT_MISSING: s3://shop-backups has no backup "2025-11-28" below sqlite-backups/. Did you mean `nightshift verify sqlite-backups/daily/shop_2025-11-29_020000.db.gz.age`? `nightshift list` shows all; `nightshift verify latest` takes the newest.',
    ],
  ],
  [
    'nothing like it',
    'passwords',
    [
      'OBJECT_MISSING: s3://shop-backups has no backup "passwords" below sqlite-backups/. `nightshift list` shows all; `nightshift verify latest` takes the newest.',
    ],
  ],
];
for (const [what, typed, expected] of cases) {
  test(`verify ${typed}: ${what}`, () => {
    assert.deepEqual(chosen({ kind: 'named', typed }), expected);
  });
}

test('an address of another bucket is refused', () => {
  const [refused = ''] = chosen({ kind: 'named', typed: 's3://other/sqlite-backups/weekly/shop_2025-W48.db.gz' });
  assert.match(refused, /^ARGUMENT_INVALID: s3:\/\/other\/\S+ is not in the store, which is s3:\/\/shop-backups\//);
});

test('latest is the newest of each database; of one without a backup nothing is said to be sound', () => {
  assert.deepEqual(chosen({ kind: 'named', typed: 'latest' }, { databases: [shop, books] }), [
    'daily/shop_2025-11-30_020000.db.gz',
    'daily/books_2025-11-27_020000.db.gz',
  ]);
  const cars = { name: 'cars', path: '/data/cars.db' };
  assert.deepEqual(chosen({ kind: 'named', typed: 'latest' }, { databases: [shop, cars] }), [
    'OBJECT_MISSING: s3://shop-backups holds no backup of cars below sqlite-backups/. Check DATABASE_PATH and BACKUP_PREFIX, or give a name: `nightshift list` shows all.',
  ]);
});

test('all, and so many: the least recently verified first', () => {
  assert.equal(chosen({ kind: 'all' }).length, backups.length);
  assert.deepEqual(chosen({ kind: 'sample', count: 1 }), ['daily/books_2025-11-27_020000.db.gz']);
});

test('a store in which nothing is', () => {
  assert.throws(() => chooseToVerify({ kind: 'all' }, [], options), {
    code: 'OBJECT_MISSING',
    message: 'There is no backup below sqlite-backups/ in s3://shop-backups.',
  });
});
