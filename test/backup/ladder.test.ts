import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRungs } from '../../jobs/archives/backup-kinds.ts';
import { ladderRetention } from '../../jobs/backup/retention/ladder.ts';

const zone = 'Asia/Kuala_Lumpur';
const [hourly, daily] = runRungs;

function backup(key: string, { at = key, isGood = true, zone: named = zone } = {}) {
  return { key, isGood, date: { takenAt: Temporal.PlainDateTime.from(at).toZonedDateTime(named).toInstant() } };
}

function limits(hours: number, days: number) {
  return [
    { ...hourly, limit: hours },
    { ...daily, limit: days },
  ];
}

function decided(backups: readonly ReturnType<typeof backup>[], hours: number, days: number, lastGood = '') {
  return ladderRetention(backups, { rungs: limits(hours, days), lastGood, zone }).map(
    ({ key, keep, reason }) => `${keep ? 'keep' : 'remove'} ${key} (${reason})`,
  );
}

const runs = [
  '2025-11-27T22:00',
  '2025-11-27T23:00',
  '2025-11-28T00:00',
  '2025-11-29T21:00',
  '2025-11-29T23:00',
  '2025-11-30T00:00',
  '2025-11-30T00:40',
  '2025-11-30T02:00',
];

test('the newest of each of the newest hours and days stays, and each decision says why', () => {
  assert.deepEqual(
    decided(
      runs.map((at) => backup(at)),
      3,
      2,
    ),
    [
      'keep 2025-11-30T02:00 (the newest)',
      'keep 2025-11-30T00:40 (of the newest 3 hours)',
      'remove 2025-11-30T00:00 (another of that hour is kept)',
      'keep 2025-11-29T23:00 (of the newest 3 hours and 2 days)',
      'remove 2025-11-29T21:00 (older than the newest 3 hours, and another of that day is kept)',
      'remove 2025-11-28T00:00 (older than the newest 3 hours and 2 days)',
      'remove 2025-11-27T23:00 (older than the newest 3 hours and 2 days)',
      'remove 2025-11-27T22:00 (older than the newest 3 hours and 2 days)',
    ],
  );
});

test('thirty redeploys in an hour push out no other hour', () => {
  const redeploys = Array.from({ length: 30 }, (_, minute) =>
    backup(`2025-11-30T02:${String(minute + 1).padStart(2, '0')}`),
  );
  const kept = decided([...runs.map((at) => backup(at)), ...redeploys], 24, 20).filter((line) => /^keep/.test(line));
  assert.deepEqual(
    kept.map((line) => line.split(' ')[1]),
    ['2025-11-30T02:30', '2025-11-30T00:40', ...runs.slice(0, 5).toReversed()],
  );
});

test('the newest of an hour that is no good does not push out the good one before it', () => {
  const backups = [
    backup('2025-11-29T10:00'),
    backup('2025-11-29T10:10', { isGood: false }),
    backup('2025-11-29T11:00', { isGood: false }),
  ];
  assert.deepEqual(decided(backups, 1, 1), [
    'keep 2025-11-29T11:00 (the newest)',
    'remove 2025-11-29T10:10 (older than the newest 1 hours, and another of that day is kept)',
    'keep 2025-11-29T10:00 (of the newest 1 days)',
  ]);
});

test('the newest good one and the last good one stay beside the rungs', () => {
  const backups = [
    backup('2025-11-27T10:00'),
    backup('2025-11-28T10:00'),
    backup('2025-11-29T10:00', { isGood: false }),
    backup('2025-11-30T10:00', { isGood: false }),
  ];
  assert.deepEqual(decided(backups, 1, 1, '2025-11-27T10:00'), [
    'keep 2025-11-30T10:00 (the newest)',
    'remove 2025-11-29T10:00 (older than the newest 1 hours and 1 days)',
    'keep 2025-11-28T10:00 (the newest good one)',
    'keep 2025-11-27T10:00 (the last good one)',
  ]);
});

test('the hour that is repeated when summer time ends is two hours, and an hour begins where the zone’s does', () => {
  const hourOf = (at: string, named: string) => hourly.periodOf(Temporal.Instant.from(at).toZonedDateTimeISO(named));
  assert.deepEqual(
    [
      hourOf('2025-10-26T00:30Z', 'Europe/Berlin'),
      hourOf('2025-10-26T01:30Z', 'Europe/Berlin'),
      hourOf('2025-10-26T01:40Z', 'Asia/Kolkata'),
    ],
    ['2025-10-26 2:00+02:00', '2025-10-26 2:00+01:00', '2025-10-26 7:00+05:30'],
  );
});
