import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ageText, type BackupDate, backupDateOf, newestFirst } from '../../jobs/archives/backup-date.ts';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { kinds } from '../archives/layout.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

const zone = 'Asia/Kuala_Lumpur';
const at = (text: string) => Temporal.Instant.from(text);
const now = at('2025-12-01T00:00:00Z');

type Dated = { readonly date: BackupDate; readonly modified: Temporal.Instant };

function date(name: string, modified: string, takenAt: string | null = null): Dated {
  const facts = takenAt === null ? null : { takenAt: at(takenAt) };
  const object = { key: `sqlite-backups/${name}`, modified: at(modified), facts };
  return { date: backupDateOf(object, zone, now, kinds), modified: object.modified };
}

const dated = (takenAt: string): BackupDate => ({ kind: 'dated', takenAt: at(takenAt) });

const cases: [string, Dated, BackupDate, string][] = [
  [
    'the instant in the metadata, whatever the name says',
    date('daily/shop_2025-11-30_020000.db.gz', '2025-11-29T18:00:30Z', '2025-11-29T18:00:00Z'),
    dated('2025-11-29T18:00:00Z'),
    '30 h 00 min',
  ],
  [
    'without metadata the local time in the name',
    date('daily/shop_2025-11-30_020000.db.gz', '2025-11-29T18:00:30Z'),
    dated('2025-11-29T18:00:00Z'),
    '30 h 00 min',
  ],
  [
    'a copied bucket: when it was stored there does not date it',
    date('daily/shop_2025-11-28_020000.db.gz', '2025-11-30T23:00:00Z'),
    dated('2025-11-27T18:00:00Z'),
    '3 d 6 h',
  ],
  [
    'a week counts from its Sunday',
    date('weekly/shop_2025-W48.db.gz', '2025-11-30T23:00:00Z'),
    dated('2025-11-29T16:00:00Z'),
    '32 h 00 min',
  ],
  [
    'a weekly of this week, before its Sunday: when it was stored',
    date('weekly/shop_2025-W49.db.gz', '2025-12-01T00:00:00Z'),
    dated('2025-12-01T00:00:00Z'),
    '0.0 s',
  ],
  [
    'a clock a few hours fast is no misdating, but an age is not known then',
    date('daily/shop_2025-12-01_200000.db.gz', '2025-12-01T00:00:00Z'),
    dated('2025-12-01T12:00:00Z'),
    'dated 12 h 00 min ahead, stored 0.0 s ago',
  ],
  [
    'over a day after it was stored: misdated, for good',
    date('daily/shop_2025-11-12_020000.db.gz', '2025-11-10T00:00:00Z', '2025-11-11T18:00:00Z'),
    { kind: 'misdated', statedAt: at('2025-11-11T18:00:00Z'), storedAt: at('2025-11-10T00:00:00Z') },
    'misdated, stored 21 d 0 h ago',
  ],
  [
    'taken and stored in the future: a clock was ahead then, or is behind now',
    date('daily/shop_2031-01-01_020000.db.gz', '2030-12-31T18:00:30Z', '2030-12-31T18:00:00Z'),
    { kind: 'ahead', statedAt: at('2030-12-31T18:00:00Z'), storedAt: at('2030-12-31T18:00:30Z') },
    'dated 1856 d 18 h ahead',
  ],
  [
    'taken and stored by a clock that this one is hours behind',
    date('daily/shop_2025-12-01_200000.db.gz', '2025-12-01T12:00:30Z'),
    dated('2025-12-01T12:00:00Z'),
    'dated 12 h 00 min ahead',
  ],
  [
    'a name of the old script says nothing',
    date('weekly/csv_week48.db.gz', '2025-11-30T00:00:00Z'),
    { kind: 'undated', storedAt: at('2025-11-30T00:00:00Z') },
    'stored 24 h 00 min ago',
  ],
];

for (const [what, found, expected, age] of cases) {
  test(`when a backup was taken: ${what}`, () => {
    assert.deepEqual(found.date, expected);
    assert.equal(ageText(found.date, found.modified, now), age);
  });
}

test('one order: dated by date, then undated, then misdated; the same whatever order they came in', () => {
  const some = cases.map(([, found], index) => ({ key: String(index), date: found.date }));
  fc.assert(
    fc.property(fc.shuffledSubarray(some, { minLength: some.length }), (shuffled) => {
      assert.deepEqual(
        shuffled.toSorted(newestFirst).map(({ key }) => key),
        ['5', '8', '4', '0', '1', '3', '2', '9', '7', '6'],
      );
    }),
  );
});

/** Backs up at an instant, with names in a zone. */
async function backUpAt(scene: Scene, instant: string, timeZone: string) {
  const settings = readBackupSettings({ ...scene.environment, TIME_ZONE: timeZone });
  const clock = { now: () => at(instant) };
  return runBackup(scene.database, scene.deps({ settings, clock }));
}

test('after a change of the zone from UTC+8 to UTC the newest stays the newest, for retention too', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  await backUpAt(scene, '2025-11-25T18:00:00Z', zone);
  await backUpAt(scene, '2025-11-26T18:00:00Z', zone);
  await backUpAt(scene, '2025-11-27T00:30:00Z', 'UTC');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_003000.db.gz', 'daily/shop_2025-11-27_020000.db.gz']);
  scene.setClock('2025-11-27T09:00:00');
  assert.match(await scene.command(listCommand, []), /\ndaily {2}shop_2025-11-27_003000\S+ {2}30 min 00 s /);
});

test('at the end of summer time the second run of the hour that happens twice is the newer one', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpAt(scene, '2025-10-26T00:50:00Z', 'Europe/Berlin');
  scene.sql("INSERT INTO notes VALUES ('later')");
  await backUpAt(scene, '2025-10-26T01:10:00Z', 'Europe/Berlin');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-10-26_021000.db.gz', 'weekly/shop_2025-W43.db.gz']);
});

test('backups dated in the future do not push the others out, are no baseline, and are named', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  for (const day of ['01', '02', '03']) await backUpAt(scene, `2025-11-${day}T18:00:00Z`, zone);
  // A clock that was years ahead for two runs, and a database that was smaller then.
  for (const day of ['01', '02']) {
    const key = `sqlite-backups/daily/shop_2031-01-${day}_020000.db.gz`;
    const file = path.join(scene.folder, 'ahead');
    writeFileSync(file, gzipSync('tiny'));
    const { metadata } = (await scene.store.head('sqlite-backups/daily/shop_2025-11-04_020000.db.gz')) ?? assert.fail();
    await scene.store.put(key, file, { ...metadata, 'taken-at': `2030-12-${Number(day) + 30}T18:00:00Z` });
  }
  for (const day of ['04', '05', '06']) await backUpAt(scene, `2025-11-${day}T18:00:00Z`, zone);
  const keys = [
    'daily/shop_2025-11-06_020000.db.gz',
    'daily/shop_2025-11-07_020000.db.gz',
    'daily/shop_2031-01-01_020000.db.gz',
    'daily/shop_2031-01-02_020000.db.gz',
  ];
  assert.deepEqual(
    (await scene.keys()).filter((key) => key.startsWith('daily')),
    keys,
  );
  assert.ok(
    scene.lines.includes(
      'WARNING ignored: 2 misdated backups, dated over a day after it was stored (wrong clock, or a copied bucket):\n  sqlite-backups/daily/shop_2031-01-02_020000.db.gz\n  sqlite-backups/daily/shop_2031-01-01_020000.db.gz',
    ),
    scene.lines.join('\n'),
  );
  scene.setClock('2025-11-07T08:00:00');
  assert.match(
    await scene.command(listCommand, ['daily']),
    /^KIND.*\ndaily {2}shop_2025-11-07\S+ {2}6 h 00 min .*\ndaily .*\ndaily {2}shop_2031-01-02\S+ {2}misdated, stored .*\n/,
  );
  assert.match(
    await scene.command(pruneCommand, ['--dry-run']),
    /keep {3}sqlite-backups\/daily\/shop_2031-01-02_020000.db.gz \(misdated: /,
  );
});

test('with backups taken and stored in the future the clock is in doubt: nothing is pruned, and that is reported', async (t) => {
  const scene = await makeScene(t);
  await backUpAt(scene, '2025-11-01T18:00:00Z', zone);
  const file = path.join(scene.folder, 'store', 'sqlite-backups/daily/shop_2025-11-02_020000.db.gz');
  const ahead = path.join(path.dirname(file), 'shop_2031-01-01_020000.db.gz');
  writeFileSync(ahead, 'x');
  utimesSync(ahead, new Date('2031-01-01'), new Date('2031-01-01'));
  scene.setClock('2025-11-02T08:00:00');
  assert.match(
    await scene.command(listCommand, ['daily']),
    /\ndaily {2}shop_2031-01-01\S+ {2}dated \d+ d \d+ h ahead {2}/,
  );
  const settings = readBackupSettings({ ...scene.environment, BACKUP_RETENTION_DAILY: '1' });
  const { housekeeping } = await runBackup(scene.database, scene.deps({ settings }));
  assert.equal(
    housekeeping?.message,
    '1 backup in the store was taken and stored in the future, as sqlite-backups/daily/shop_2031-01-01_020000.db.gz: no weekly copy and no prune.',
  );
  assert.equal((await scene.keys()).filter((key) => key.startsWith('daily/')).length, 3);
});

test('a backup of a clock that was hours ahead has no age: list, status and plan say how far it is dated ahead', async (t) => {
  const scene = await makeScene(t, { TIME_ZONE: 'UTC' });
  const clock = { now: () => Temporal.Now.instant().add({ hours: 8, minutes: 1 }) };
  await runBackup(scene.database, scene.deps({ clock }));
  const run = async (...args: string[]) => (await nightshift(args, scene.environment)).out;
  assert.match(await run('list'), /\ndaily +shop_\S+ {2}dated 8 h 0\d min ahead, stored [\d.]+ s ago {2}/);
  assert.match(
    await run('status'),
    /^shop: ok, newest good backup is dated 8 h 0\d min ahead\n {2}last backup {3}\S+ \S+, dated 8 h 0\d min ahead\n/,
  );
  const plan = await run('restore', 'latest', '--dry-run', '--no-docker');
  assert.match(plan, /\n {2}taken {7}\S+ \S+ \(UTC\), dated 8 h 0\d min ahead\n/);
  assert.match(plan, /\n {2}NOTE: a clock was wrong: it is dated later, and it was stored \S+ \S+\n/);
});
