import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoWeek } from '../../jobs/archives/backup-kinds.ts';
import { periodBackupsDue } from '../../jobs/backup/retention/period-backups-due.ts';
import { weekly } from '../archives/layout.ts';

const zone = 'Asia/Kuala_Lumpur';

function daily(at: string) {
  return { key: at, date: { takenAt: Temporal.PlainDateTime.from(at).toZonedDateTime(zone).toInstant() } };
}

function due(dailies: string[], existing: string[], today: string, limit: number | null = null) {
  const plan = { existing: new Set(existing), today: Temporal.PlainDate.from(today), zone, limit };
  return periodBackupsDue(weekly, dailies.map(daily), plan).map(
    ({ period, dailies, reason }) => `${period} from ${dailies.map(({ key }) => key).join(', else ')} (${reason})`,
  );
}

test('on Sunday that day’s backup becomes the weekly one of its ISO week', () => {
  assert.deepEqual(due(['2025-11-29T02:00', '2025-11-30T02:00'], ['2025-W47'], '2025-11-30'), [
    '2025-W48 from 2025-11-30T02:00 (today is Sunday)',
  ]);
});

test('a later run on the same Sunday takes the place of the weekly', () => {
  assert.deepEqual(due(['2025-11-30T02:00', '2025-11-30T15:00'], ['2025-W48'], '2025-11-30'), [
    '2025-W48 from 2025-11-30T15:00, else 2025-11-30T02:00 (today is Sunday)',
  ]);
});

test('on other days nothing is due', () => {
  assert.deepEqual(due(['2025-11-29T02:00'], [], '2025-11-29'), []);
});

test('a missed Sunday is made up on Monday from the last daily of that week', () => {
  assert.deepEqual(due(['2025-11-27T02:00', '2025-11-28T02:00', '2025-12-01T02:00'], ['2025-W47'], '2025-12-01'), [
    '2025-W48 from 2025-11-28T02:00, else 2025-11-27T02:00 (its Sunday was missed)',
  ]);
});

test('a Sunday whose backup failed does not take an older day of the same week before the week is over', () => {
  assert.deepEqual(due(['2025-11-29T02:00'], [], '2025-11-30'), []);
});

test('with a weekly retention no week is made that would be removed at once', () => {
  const dailies = ['2025-11-16T02:00', '2025-11-23T02:00', '2025-11-30T02:00'];
  assert.deepEqual(due(dailies, ['2025-W47'], '2025-11-30', 2), ['2025-W48 from 2025-11-30T02:00 (today is Sunday)']);
});

test('after the copies are made, only today’s Sunday is ever due again', () => {
  const someDays = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });
  fc.assert(
    fc.property(someDays, fc.integer({ min: 60, max: 70 }), (days, todayOffset) => {
      const start = Temporal.PlainDate.from('2025-12-01');
      const today = start.add({ days: todayOffset });
      const dailies = days.map((day) => daily(`${start.add({ days: day })}T02:00`));
      const plan = { today, zone, limit: null };
      const made = new Set(
        periodBackupsDue(weekly, dailies, { ...plan, existing: new Set() }).map(({ period }) => period),
      );
      const again = periodBackupsDue(weekly, dailies, { ...plan, existing: made }).map(({ period }) => period);
      assert.deepEqual(
        again,
        again.filter((week) => week === isoWeek(today) && today.dayOfWeek === 7),
      );
    }),
  );
});
