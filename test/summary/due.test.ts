import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextRun } from '../../jobs/runtime/schedule.ts';
import { type DueFacts, decideDue, latestDue } from '../../jobs/summary/due.ts';
import { runScheduler } from '../../jobs/summary/scheduler.ts';
import type { SummaryDelivery } from '../../jobs/summary/storage/ledger.ts';
import { instantOf } from './scene.ts';

const zone = 'Asia/Kuala_Lumpur';
const eight = { cron: '0 8 * * *', zone };
const day = '2025-11-30';
const started = instantOf('2025-12-01T07:00:00');

function due(now: string) {
  const found = latestDue(eight, instantOf('2025-11-30T08:00:00'), instantOf(now));
  return found === null ? null : found.day;
}

test('at 08:00 local, and not a second before, the summary of yesterday is due', () => {
  assert.deepEqual(
    ['2025-12-01T07:59:59', '2025-12-01T08:00:00', '2025-12-01T23:00:00', '2025-12-02T08:01:00'].map(due),
    [null, '2025-11-30', '2025-11-30', '2025-12-01'],
  );
});

test('yesterday is the local day: 08:00 in Kuala Lumpur is midnight in UTC, and still of the day before', () => {
  const at = instantOf('2025-12-01T08:00:00');
  assert.equal(at.toString(), '2025-12-01T00:00:00Z');
  assert.deepEqual(latestDue(eight, at.subtract({ hours: 1 }), at), { at, day: '2025-11-30' });
});

test('every local day of the year is due exactly once, in zones that change their clocks too', () => {
  const zones = ['Asia/Kuala_Lumpur', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo'];
  for (const local of zones) {
    for (const hour of [0, 2, 8, 23]) {
      const schedule = { cron: `0 ${hour} * * *`, zone: local };
      let at = Temporal.ZonedDateTime.from(`2025-01-01T12:00[${local}]`).toInstant();
      const days: string[] = [];
      for (let count = 0; count < 365; count += 1) {
        const next = nextRun(schedule, at);
        days.push(latestDue(schedule, at, next)?.day ?? 'none');
        at = next;
      }
      const first = Temporal.PlainDate.from(days[0] ?? '');
      assert.deepEqual(
        days,
        Array.from({ length: 365 }, (_, index) => first.add({ days: index }).toString()),
        local,
      );
    }
  }
});

const accepted = { state: 'accepted' } as SummaryDelivery;
const pending = { state: 'pending' } as SummaryDelivery;

test('what is caught up after downtime, and what is not', () => {
  const decision = (now: string, facts: Partial<DueFacts>) =>
    decideDue(
      { at: instantOf('2025-12-01T08:00:00'), day },
      {
        now: instantOf(now),
        startedAt: instantOf(now),
        catchUpHours: 12,
        deliveries: [],
        hasEarlierDay: true,
        knowsSince: null,
        ...facts,
      },
    );
  const cases: [string, string, Partial<DueFacts>, string][] = [
    [
      'restarted an hour later with no catch-up, a try under way',
      '2025-12-01T09:00:00',
      { catchUpHours: 0, deliveries: [pending] },
      'send',
    ],
    [
      'restarted two hours later with no catch-up',
      '2025-12-01T10:00:00',
      { catchUpHours: 0, deliveries: [pending] },
      'missed',
    ],
    ['running since before, on time', '2025-12-01T08:00:00', { startedAt: started, hasEarlierDay: false }, 'send'],
    ['suspended from 07:00 to 19:59', '2025-12-01T19:59:00', { startedAt: started }, 'send'],
    ['suspended from 07:00 to 20:01', '2025-12-01T20:01:00', { startedAt: started }, 'missed'],
    ['started at 08:01, yesterday was sent', '2025-12-01T08:01:00', {}, 'send'],
    ['started at 23:00, yesterday was sent', '2025-12-01T23:00:00', {}, 'missed'],
    ['started at 23:00, sent manually meanwhile', '2025-12-01T23:00:00', { deliveries: [accepted] }, 'nothing'],
    ['the day of the migration: an empty ledger', '2025-12-01T08:01:00', { hasEarlierDay: false }, 'nothing'],
    [
      'the day of the migration, after a manual send',
      '2025-12-01T08:01:00',
      { hasEarlierDay: false, deliveries: [accepted] },
      'nothing',
    ],
    [
      'the first day, interrupted half way',
      '2025-12-01T08:01:00',
      { hasEarlierDay: false, deliveries: [accepted, pending] },
      'send',
    ],
  ];
  assert.deepEqual(
    cases.map(([what, now, facts]) => [what, decision(now, facts)]),
    cases.map(([what, , , expected]) => [what, expected]),
  );
});

/** Runs the scheduler until it has slept `sleeps` times, each `suspendedHours` longer than until due; its sends and warnings. */
async function runService({
  from,
  sleeps,
  suspendedHours = 0,
  sent = [],
}: {
  from: string;
  sleeps: number;
  suspendedHours?: number;
  sent?: string[];
}) {
  let now = instantOf(from);
  const stop = new AbortController();
  const lines: string[] = [];
  const known = [...sent];
  let left = sleeps;
  const local = () => now.toZonedDateTimeISO(zone).toPlainDateTime().toString().slice(0, 16);
  await runScheduler({
    schedule: eight,
    catchUpHours: 12,
    ledger: {
      ofDay: (about) => (known.includes(about) ? [accepted] : []),
      hasEarlierThan: (about) => known.some((other) => other < about),
      knowsSince: () => null,
    },
    sendSummary: async (about) => {
      lines.push(`${local()} sends ${about}`);
      known.push(about);
    },
    clock: { now: () => now },
    log: { line: () => {}, warn: (text) => lines.push(`${local()} ${text.split('.')[0]}`), failure: () => {} },
    sleepUntil: async (instant) => {
      left -= 1;
      if (left < 0) stop.abort();
      else now = instant.add({ hours: suspendedHours });
    },
    signal: stop.signal,
  });
  return lines;
}

test('with an empty ledger the first summary is that of the next day, then each day has one', async () => {
  assert.deepEqual(await runService({ from: '2025-12-01T08:01', sleeps: 2 }), [
    '2025-12-02T08:00 sends 2025-12-01',
    '2025-12-03T08:00 sends 2025-12-02',
  ]);
});

test('started at 07:59 it waits a minute', async () => {
  assert.deepEqual(await runService({ from: '2025-12-01T07:59', sleeps: 1 }), ['2025-12-01T08:00 sends 2025-11-30']);
});

test('started too late for a missed one, it logs that and goes on', async () => {
  assert.deepEqual(await runService({ from: '2025-12-01T23:00', sleeps: 1, sent: ['2025-11-29'] }), [
    '2025-12-01T23:00 The summary of 2025-11-30 is too late now',
    '2025-12-02T08:00 sends 2025-12-01',
  ]);
});

test('a machine that was suspended for three days sends the last summary only', async () => {
  assert.deepEqual(await runService({ from: '2025-12-01T08:01', sleeps: 1, suspendedHours: 74 }), [
    '2025-12-05T10:00 sends 2025-12-04',
  ]);
});

test('however often it starts and whenever, no day is sent twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 * 40 }), { maxLength: 12 }), async (waits) => {
      let now = instantOf('2025-12-01T12:00');
      const known = ['2025-11-29'];
      for (const minutes of waits) {
        now = now.add({ minutes });
        const from = now.toZonedDateTimeISO(zone).toPlainDateTime().toString();
        const lines = await runService({ from, sleeps: 0, sent: known });
        for (const line of lines) if (line.includes(' sends ')) known.push(line.slice(-10));
      }
      assert.equal(new Set(known).size, known.length);
    }),
    { numRuns: 50 },
  );
});
