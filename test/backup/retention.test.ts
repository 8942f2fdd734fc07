import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dailyRetention, misdatedDecisions, periodRetention } from '../../jobs/backup/retention/retention.ts';
import { weekly } from '../archives/layout.ts';

const zone = 'Asia/Kuala_Lumpur';

function daily(at: string) {
  return { key: at, date: { takenAt: Temporal.PlainDateTime.from(at).toZonedDateTime(zone).toInstant() } };
}

function dailies(count: number, from = '2025-11-01') {
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: count }, (_, night) => daily(`${first.add({ days: night })}T02:00:00`));
}

function removedOf(decisions: readonly { key: string; keep: boolean }[]) {
  return decisions.filter(({ keep }) => !keep).map(({ key }) => key);
}

test('with as many backups as the limit nothing is removed', () => {
  assert.deepEqual(removedOf(dailyRetention(dailies(20), { limit: 20, lastGood: null, zone })), []);
});

test('over the limit the oldest day goes, and each decision says why', () => {
  assert.deepEqual(dailyRetention(dailies(3), { limit: 2, lastGood: null, zone }), [
    { key: '2025-11-03T02:00:00', keep: true, reason: 'the newest' },
    { key: '2025-11-02T02:00:00', keep: true, reason: 'of the newest 2' },
    { key: '2025-11-01T02:00:00', keep: false, reason: 'over 2, and the oldest' },
  ]);
});

test('the newest stays whatever the limit says', () => {
  assert.deepEqual(removedOf(dailyRetention(dailies(3), { limit: 0, lastGood: null, zone })), [
    '2025-11-02T02:00:00',
    '2025-11-01T02:00:00',
  ]);
});

test('a day of thirty redeploys does not push out nineteen days', () => {
  const redeploys = Array.from({ length: 30 }, (_, run) =>
    daily(`2025-11-20T${String(9 + Math.floor(run / 6)).padStart(2, '0')}:${(run % 6) * 10 + 5}`.replace(/:5$/, ':05')),
  );
  const all = [...dailies(19), ...redeploys];
  const kept = dailyRetention(all, { limit: 20, lastGood: null, zone }).filter(({ keep }) => keep);
  assert.equal(kept.length, 20);
  assert.deepEqual(
    kept.map(({ key }) => key.slice(0, 10)),
    [
      '2025-11-20',
      '2025-11-20',
      ...dailies(18, '2025-11-02')
        .map(({ key }) => key.slice(0, 10))
        .toReversed(),
    ],
  );
});

test('the last good backup stays beside the newest ones when newer runs were no good', () => {
  assert.deepEqual(removedOf(dailyRetention(dailies(4), { limit: 2, lastGood: '2025-11-01T02:00:00', zone })), [
    '2025-11-02T02:00:00',
  ]);
});

const someDailies = fc
  .uniqueArray(fc.integer({ min: 0, max: 24 * 60 * 40 }), { maxLength: 60 })
  .map((minutes) =>
    minutes.map((minute) => daily(Temporal.PlainDateTime.from('2025-11-01').add({ minutes: minute }).toString())),
  );

test('whatever lies in the store: never fewer than the limit stay, the newest and the last good always do, none is lost', () => {
  fc.assert(
    fc.property(someDailies, fc.integer({ min: 1, max: 25 }), fc.nat(), (dailies, limit, pick) => {
      const lastGood = dailies[pick % Math.max(1, dailies.length)]?.key ?? null;
      const decisions = dailyRetention(dailies, { limit: limit, lastGood: lastGood, zone });
      const kept = decisions.filter(({ keep }) => keep).map(({ key }) => key);
      const newest = dailies
        .map(({ key }) => key)
        .toSorted()
        .at(-1);
      assert.deepEqual(decisions.map(({ key }) => key).toSorted(), dailies.map(({ key }) => key).toSorted());
      assert.ok(kept.length >= Math.min(limit, dailies.length));
      assert.ok(kept.length <= limit + 1);
      if (newest !== undefined) assert.ok(kept.includes(newest));
      if (lastGood !== null) assert.ok(kept.includes(lastGood));
    }),
  );
});

test('as long as a day has runs between its first and its newest, no whole day goes', () => {
  fc.assert(
    fc.property(someDailies, fc.integer({ min: 1, max: 25 }), (dailies, limit) => {
      const decisions = dailyRetention(dailies, { limit: limit, lastGood: null, zone });
      const wholeDays = decisions.some(({ reason }) => reason.endsWith('the oldest'));
      const between = Map.groupBy(
        decisions.filter(({ keep }) => keep),
        ({ key }) => key.slice(0, 10),
      );
      if (wholeDays) for (const kept of between.values()) assert.ok(kept.length <= 2);
    }),
  );
});

test('running it again on what it kept removes nothing more', () => {
  fc.assert(
    fc.property(someDailies, fc.integer({ min: 1, max: 25 }), (dailies, limit) => {
      const kept = new Set(
        dailyRetention(dailies, { limit: limit, lastGood: null, zone })
          .filter(({ keep }) => keep)
          .map(({ key }) => key),
      );
      assert.deepEqual(
        removedOf(
          dailyRetention(
            dailies.filter(({ key }) => kept.has(key)),
            { limit, lastGood: null, zone },
          ),
        ),
        [],
      );
    }),
  );
});

test('weekly backups are kept for good unless a number is set', () => {
  const weeks = ['2025-W46', '2025-W47', '2026-W01'].map((week) => ({ key: week, period: week }));
  assert.deepEqual(removedOf(periodRetention(weekly, weeks, null)), []);
  assert.deepEqual(removedOf(periodRetention(weekly, weeks, 2)), ['2025-W46']);
});

test('the days are those of the zone of now, whatever zone the names were written in', () => {
  const utc = (at: string) => ({ key: at, date: { takenAt: Temporal.Instant.from(at) } });
  const dailies = ['2025-11-01T15:00Z', '2025-11-01T16:30Z', '2025-11-01T17:00Z', '2025-11-01T23:00Z'].map(utc);
  assert.deepEqual(dailyRetention(dailies, { limit: 3, lastGood: null, zone }), [
    { key: '2025-11-01T23:00Z', keep: true, reason: 'the newest' },
    { key: '2025-11-01T17:00Z', keep: false, reason: 'over 3, and 2025-11-02 keeps its first and its newest' },
    { key: '2025-11-01T16:30Z', keep: true, reason: 'of the newest 3' },
    { key: '2025-11-01T15:00Z', keep: true, reason: 'of the newest 3' },
  ]);
});

test('a misdated backup is never removed by itself, and says why', () => {
  const storedAt = Temporal.Instant.from('2025-11-01T00:00Z');
  const misdated = {
    key: 'a',
    date: { kind: 'misdated', statedAt: Temporal.Instant.from('2031-01-01T00:00Z'), storedAt },
  } as const;
  const dated = { key: 'b', date: { kind: 'dated', takenAt: storedAt } } as const;
  assert.deepEqual(misdatedDecisions([misdated, dated]), [
    {
      key: 'a',
      keep: true,
      reason: 'misdated: its date is after it was stored; ignored, remove it by hand',
    },
  ]);
});
