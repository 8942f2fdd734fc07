import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { longestGapSeconds, nextRun, nextRunText, sleepUntil } from '../../jobs/runtime/schedule.ts';

function runsAfter(cron: string, zone: string, after: string, count: number) {
  let run = Temporal.Instant.from(after);
  return Array.from({ length: count }, () => {
    run = nextRun({ cron, zone }, run);
    return run.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' });
  });
}

test('the next 02:00 in Kuala Lumpur, where Sunday 02:00 is still Saturday in UTC', () => {
  assert.deepEqual(runsAfter('0 2 * * *', 'Asia/Kuala_Lumpur', '2025-11-29T17:59:59Z', 2), [
    '2025-11-30T02:00:00+08:00',
    '2025-12-01T02:00:00+08:00',
  ]);
});

test('at 02:00 sharp the next run is tomorrow’s', () => {
  assert.deepEqual(runsAfter('0 2 * * *', 'Asia/Kuala_Lumpur', '2025-11-29T18:00:00Z', 1), [
    '2025-12-01T02:00:00+08:00',
  ]);
});

test('a 02:30 that does not exist runs when the gap ends, and the next day is at 02:30 again', () => {
  assert.deepEqual(runsAfter('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2), [
    '2026-03-29T03:00:00+02:00',
    '2026-03-30T02:30:00+02:00',
  ]);
});

test('a 02:30 that happens twice runs once, the first time', () => {
  assert.deepEqual(runsAfter('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
    '2026-10-25T02:30:00+02:00',
    '2026-10-26T02:30:00+01:00',
  ]);
});

test('the longest gap of a nightly schedule is the night the clock goes back', () => {
  const from = Temporal.Instant.from('2026-01-01T00:00:00Z');
  assert.equal(longestGapSeconds({ cron: '0 2 * * *', zone: 'Asia/Kuala_Lumpur' }, from), 24 * 3600);
  assert.equal(longestGapSeconds({ cron: '0 2 * * *', zone: 'Europe/Berlin' }, from), 25 * 3600);
  assert.equal(longestGapSeconds({ cron: '0 2 * * 1-5', zone: 'Asia/Kuala_Lumpur' }, from), 3 * 24 * 3600);
});

test('the longest gap of a rare schedule, or of one with many runs in few days, is not that of the next runs', () => {
  const day = 24 * 3600;
  const cases: readonly [string, string, number][] = [
    ['0 0 29 2 *', '2026-11-28', 1461 * day],
    ['0 0 29 2 *', '2028-02-28', 1461 * day],
    ['0 0 29 2 *', '2097-01-01', 2921 * day],
    ['0 0 1 1 *', '2027-01-02', 366 * day],
    ['0 0 31 * *', '2026-06-01', 61 * day],
    ['* * 1 * *', '2026-01-01', 30 * day + 60],
    ['* 9-17 * * 1-5', '2026-01-01', 2 * day + 15 * 3600 + 60],
    ['* 9-17 * * *', '2026-01-01', 15 * 3600 + 60],
    ['* * * * *', '2026-01-01', 60],
  ];
  for (const [cron, from, gap] of cases) {
    const at = Temporal.PlainDate.from(from).toZonedDateTime('Asia/Kuala_Lumpur').toInstant();
    assert.equal(longestGapSeconds({ cron, zone: 'Asia/Kuala_Lumpur' }, at), gap, `${cron} from ${from}`);
  }
});

test('a next run years away is said in days', () => {
  const now = Temporal.Instant.from('2026-11-28T00:00:00Z');
  const schedule = { cron: '0 0 29 2 *', zone: 'Asia/Kuala_Lumpur' };
  assert.equal(nextRunText(nextRun(schedule, now), schedule.zone, now), '2028-02-29 00:00, in 457 d 16 h');
});

test('in any zone and at any time the next nightly run is in the future and at most 25 hours and a half away', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const seconds = fc.integer({ min: Date.parse('2024-01-01') / 1000, max: Date.parse('2030-01-01') / 1000 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), seconds, fc.integer({ min: 0, max: 23 }), (zone, second, hour) => {
      const now = Temporal.Instant.fromEpochMilliseconds(second * 1000);
      const next = nextRun({ cron: `0 ${hour} * * *`, zone }, now);
      const wait = (next.epochMilliseconds - now.epochMilliseconds) / 3_600_000;
      assert.ok(wait > 0 && wait <= 25.5, `${zone} ${now} -> ${next}`);
    }),
  );
});

test('the sleep ends soon after the clock was set forward, however long it was to be', async () => {
  let now = Temporal.Instant.from('2025-11-30T00:00:00Z');
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
    now = now.add({ milliseconds: ms });
    if (pauses.length === 3) now = now.add({ hours: 9 });
  };
  await sleepUntil(now.add({ hours: 8 }), { now: () => now }, new AbortController().signal, pause);
  assert.deepEqual(pauses, [15_000, 15_000, 15_000]);
});

test('the sleep goes on when the clock was set back', async () => {
  let now = Temporal.Instant.from('2025-11-30T00:00:00Z');
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
    now = now.add({ milliseconds: pauses.length === 1 ? -5_000 : ms });
  };
  await sleepUntil(now.add({ seconds: 20 }), { now: () => now }, new AbortController().signal, pause);
  assert.deepEqual(pauses, [15_000, 15_000, 10_000]);
});

test('a sleep that is interrupted ends at once', async () => {
  const stop = new AbortController();
  const sleep = sleepUntil(Temporal.Now.instant().add({ hours: 8 }), { now: Temporal.Now.instant }, stop.signal);
  stop.abort();
  await assert.rejects(sleep, { name: 'AbortError' });
});
