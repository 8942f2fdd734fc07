import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoWeek } from '../../jobs/archives/backup-kinds.ts';
import { dailyKey, freeDailyKey, keyOf, parseDailyKey, parsePeriodKey, periodKey } from '../../jobs/archives/names.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { daily, kinds, weekly } from './layout.ts';

const endings = ['.db.gz', '.db.zst', '.db.gz.age', '.db.zst.age'] as const;
const databaseName = fc.stringMatching(/^[\w.-]{1,30}$/);
const localTime = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => Temporal.PlainDateTime.from(date.toISOString().slice(0, 19)));

test('a daily backup is named after the database, the local date and the local time', () => {
  const at = Temporal.PlainDateTime.from('2025-11-30T02:00:00');
  const key = dailyKey(daily, { database: 'csv_data', at, ending: '.db.gz' });
  assert.equal(key, 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz');
});

test('a weekly backup is named after the ISO week of the local date', () => {
  const period = isoWeek(Temporal.PlainDate.from('2025-11-30'));
  assert.equal(
    periodKey(weekly, { database: 'csv_data', period, ending: '.db.gz' }),
    'sqlite-backups/weekly/csv_data_2025-W48.db.gz',
  );
});

test('the week of the first days of January may belong to the year before', () => {
  assert.equal(isoWeek(Temporal.PlainDate.from('2027-01-03')), '2026-W53');
  assert.equal(isoWeek(Temporal.PlainDate.from('2024-12-30')), '2025-W01');
});

test('every daily key reads back to what it was made from, whatever the database is called', () => {
  fc.assert(
    fc.property(databaseName, localTime, fc.constantFrom(...endings), (database, at, ending) => {
      const parsed = parseDailyKey(daily, dailyKey(daily, { database, at, ending }));
      assert.deepEqual({ ...parsed, at: parsed?.at.toString() }, { database, at: at.toString(), ending });
    }),
  );
});

test('a key that is not exactly one of ours is ignored', () => {
  const foreign = [
    'sqlite-backups/daily-old/csv_data_2025-11-30_020000.db.gz',
    'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz.tmp',
    'sqlite-backups/daily/csv_data_2025-11-30_020000.db',
    'sqlite-backups/daily/csv_data_2025-11-31_020000.db.gz',
    'sqlite-backups/daily/csv_data_2025-11-30_250000.db.gz',
    'sqlite-backups/daily/csv_data_2025-11-30.db.gz',
    'sqlite-backups/daily/sub/csv_data_2025-11-30_020000.db.gz',
    'sqlite-backups/weekly/csv_data_2025-11-30_020000.db.gz',
    '/sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz',
  ];
  assert.deepEqual(
    foreign.map((key) => parseDailyKey(daily, key)),
    foreign.map(() => null),
  );
  const weeks = ['csv_data_2025-W00', 'csv_data_2025-W54', 'csv_data_2025-48', 'csv_data'];
  assert.deepEqual(
    weeks.map((name) => parsePeriodKey(weekly, `sqlite-backups/weekly/${name}.db.gz`)),
    weeks.map(() => null),
  );
});

test('a database whose name begins like another’s keeps its own backups', () => {
  const key = 'sqlite-backups/daily/csv_data_old_2025-11-30_020000.db.gz';
  assert.equal(parseDailyKey(daily, key)?.database, 'csv_data_old');
});

test('a second backup in the same local second gets the next free second', () => {
  const name = {
    database: 'csv_data',
    at: Temporal.PlainDateTime.from('2025-11-30T23:59:59'),
    ending: '.db.gz',
  } as const;
  const taken = new Set([dailyKey(daily, name)]);
  assert.equal(freeDailyKey(daily, name, taken), 'sqlite-backups/daily/csv_data_2025-12-01_000000.db.gz');
});

test('a person may give the name as `list` prints it or the whole key, and nothing that leaves the folder', () => {
  const file = 'csv_data_2025-11-30_020000.db.gz';
  assert.equal(keyOf(file, daily, kinds), `sqlite-backups/daily/${file}`);
  assert.equal(keyOf(`sqlite-backups/weekly/${file}`, weekly, kinds), `sqlite-backups/weekly/${file}`);
  assert.equal(keyOf('2024/old.db.gz', weekly, kinds), 'sqlite-backups/weekly/2024/old.db.gz');
  for (const wrong of ['', '../x', 'a/../../x', 'sqlite-backups/weekly/x', 'a//b', 'a/']) {
    assert.throws(
      () => keyOf(wrong, daily, kinds),
      (error) => error instanceof Failure && error.code === 'ARGUMENT_INVALID',
    );
  }
});
