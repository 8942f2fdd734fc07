import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestFirst } from '../../jobs/archives/backup-date.ts';
import { understand } from '../../jobs/archives/choice/understand.ts';
import { layout } from './layout.ts';
import { books, shop, stored, zone } from './named-backups.ts';

const backups = [
  stored('daily/shop_2025-11-30_020000.db.gz', 'sunday'),
  stored('weekly/shop_2025-W48.db.gz', 'sunday'),
  stored('daily/shop_2025-11-29_140000.db.gz'),
  stored('daily/shop_2025-11-29_020000.db.gz.age'),
  stored('daily/shop_2025-11-28_020000.db.zst'),
  stored('weekly/shop-old-week.db.gz'),
  // Stored on December 1st.
  stored('daily/shop_2026-01-05_020000.db.gz'),
  stored('daily/books_2025-11-27_020000.db.gz'),
].toSorted(newestFirst);

/** What it means, in one line. */
function meaning(typed: string, folder: string | null = null, databases = [shop]): string {
  const understood = understand(typed, backups, { folder, databases, zone, layout });
  if (understood.kind === 'latest') return 'corrected: latest';
  if (understood.kind === 'one')
    return `${understood.correction ? 'corrected' : 'one'}: "${typed}" is ${understood.how}`;
  const names = (some: typeof backups) => some.map(({ kind, name }) => `${kind}/${name}`).join(', ');
  if (understood.kind === 'none') return `none, near: ${names([...understood.near])}`;
  return `several: "${typed}" is ${understood.what}: ${names([...understood.backups])}`;
}

const sunday = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
const saturdays = 'daily/shop_2025-11-29_140000.db.gz, daily/shop_2025-11-29_020000.db.gz.age';
const cases: readonly [string, string, string | null, string][] = [
  [
    'a daily name that lies in weekly',
    'shop_2025-W48.db.gz',
    'daily',
    'one: "shop_2025-W48.db.gz" is the name of sqlite-backups/weekly/shop_2025-W48.db.gz; there is no such daily one',
  ],
  [
    'a name without its ending',
    'shop_2025-11-30_020000',
    null,
    `one: "shop_2025-11-30_020000" is the beginning of ${sunday}`,
  ],
  [
    'a name with half its ending',
    'shop_2025-11-29_020000.db',
    'daily',
    'one: "shop_2025-11-29_020000.db" is the beginning of sqlite-backups/daily/shop_2025-11-29_020000.db.gz.age',
  ],
  [
    'a week without database and ending',
    '2025-W48',
    null,
    'one: "2025-W48" is the beginning of sqlite-backups/weekly/shop_2025-W48.db.gz',
  ],
  [
    'a stamp without database and ending',
    '2025-11-28_020000',
    null,
    'one: "2025-11-28_020000" is the beginning of sqlite-backups/daily/shop_2025-11-28_020000.db.zst',
  ],
  [
    'a day with one snapshot, which weekly has too',
    '2025-11-30',
    null,
    `one: "2025-11-30" is the day (${zone}) of ${sunday}; weekly has the same snapshot`,
  ],
  [
    'that day of weekly',
    '2025-11-30',
    'weekly',
    `one: "2025-11-30" is the day (${zone}) of sqlite-backups/weekly/shop_2025-W48.db.gz`,
  ],
  [
    'a day with two backups',
    '2025-11-29',
    null,
    `several: "2025-11-29" is the day (${zone}) of 2 backups: ${saturdays}`,
  ],
  [
    'a local hour',
    '2025-11-29 14',
    null,
    `one: "2025-11-29 14" is the time (${zone}) of sqlite-backups/daily/shop_2025-11-29_140000.db.gz`,
  ],
  [
    'a local minute with a T',
    '2025-11-29T2:00',
    null,
    `one: "2025-11-29T2:00" is the time (${zone}) of sqlite-backups/daily/shop_2025-11-29_020000.db.gz.age`,
  ],
  [
    'a minute as names have it, behind the database',
    'shop_2025-11-29_1400',
    null,
    `one: "shop_2025-11-29_1400" is the time (${zone}) of sqlite-backups/daily/shop_2025-11-29_140000.db.gz`,
  ],
  ['a minute of that day at which nothing was taken', '2025-11-29 15:00', null, `none, near: ${saturdays}`],
  [
    'a day without a backup: the one before and the one after',
    '2025-12-02',
    null,
    'none, near: daily/shop_2025-11-30_020000.db.gz',
  ],
  ['a day before all', '2025-11-20', null, 'none, near: daily/shop_2025-11-28_020000.db.zst'],
  [
    'a day that only a misdated one names: it is not believed',
    '2026-01-05',
    null,
    'none, near: daily/shop_2026-01-05_020000.db.gz',
  ],
  ['a day of another database', '2025-11-27', null, 'none, near: daily/shop_2025-11-28_020000.db.zst'],
  ['latest with a letter too much', 'lastest', null, 'corrected: latest'],
  ['latest with two exchanged', 'latets', null, 'corrected: latest'],
  [
    'a name with a letter wrong',
    'shpo_2025-11-30_020000.db.gz',
    null,
    `corrected: "shpo_2025-11-30_020000.db.gz" is most like ${sunday}`,
  ],
  [
    'a name in capitals without its ending',
    'SHOP-OLD-WEEK',
    null,
    'corrected: "SHOP-OLD-WEEK" is most like sqlite-backups/weekly/shop-old-week.db.gz',
  ],
  [
    'a name with a digit wrong: another backup, never taken for it',
    'shop_2025-11-30_020001.db.gz',
    null,
    'none, near: daily/shop_2025-11-30_020000.db.gz, daily/shop_2025-11-29_140000.db.gz, daily/shop_2026-01-05_020000.db.gz',
  ],
  ['nothing like it', 'passwords', null, 'none, near: '],
  ['a date that is none', '2025-11-31', null, 'none, near: '],
];
for (const [what, typed, folder, expected] of cases) {
  test(`restore ${typed}${folder === null ? '' : ` ${folder}`}: ${what}`, () => {
    assert.equal(meaning(typed, folder), expected);
  });
}

test('with several databases a date means all of theirs, and a name in front of it one', () => {
  const both = [shop, books];
  assert.equal(
    meaning('2025-11-27', null, both),
    `one: "2025-11-27" is the day (${zone}) of sqlite-backups/daily/books_2025-11-27_020000.db.gz`,
  );
  assert.equal(meaning('shop_2025-11-27', null, both), 'none, near: daily/shop_2025-11-28_020000.db.zst');
});
