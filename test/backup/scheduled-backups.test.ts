import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunOutcome } from '../../jobs/backup/outcome.ts';
import { runScheduledBackups } from '../../jobs/backup/scheduled-backups.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { goodOutcome } from './good-outcome.ts';

const ok = goodOutcome('k');
const bad: RunOutcome = {
  kind: 'failed',
  failure: { code: 'DATABASE_CORRUPT', message: 's', hint: 'c' },
  unrecorded: null,
};
const stopped: RunOutcome = { kind: 'interrupted', unrecorded: null };

/** Runs one batch with scripted outcomes per database, and returns what was seen. Time passes only in sleep. */
async function runBatch(script: Record<string, RunOutcome[]>, { nextRun = 24 * 60, isByHand = false } = {}) {
  const start = Temporal.Instant.from('2025-11-29T18:00:00Z');
  let now = start;
  const clock = { now: () => now };
  const seen: string[] = [];
  const minute = (instant: Temporal.Instant) => (instant.epochMilliseconds - start.epochMilliseconds) / 60_000;
  await runScheduledBackups({
    databases: Object.keys(script).map((name) => ({ name, path: `/data/${name}.db` })),
    run: async ({ name }) => {
      seen.push(`minute ${minute(now)}: run ${name}`);
      return script[name]?.shift() ?? ok;
    },
    listener: {
      batchStarted: () => void seen.push('started'),
      runEnded: ({ name }, { kind }, tries) => void seen.push(`${name} ${kind}, then ${tries.map(minute)}`),
      roundEnded: (failed, isCutShort) =>
        void seen.push(`${isCutShort ? 'stopped; ' : ''}still failed: ${failed.map(({ name }) => name)}`),
    },
    clock,
    log: createLog(clock, 'UTC', { out: () => {}, err: () => {} }),
    retry: isByHand
      ? null
      : {
          before: start.add({ minutes: nextRun }),
          sleepUntil: async (instant) => {
            now = instant;
          },
        },
    signal: new AbortController().signal,
  });
  return seen;
}

test('one database failing does not stop the others, and only it is tried again', async () => {
  assert.deepEqual(await runBatch({ a: [bad, ok], b: [ok] }), [
    'started',
    'minute 0: run a',
    'a failed, then 5,20,80,1440',
    'minute 0: run b',
    'b succeeded, then 5,20,80,1440',
    'still failed: a',
    'minute 5: run a',
    'a succeeded, then 20,80,1440',
    'still failed: ',
  ]);
});

test('a run that keeps failing is tried again after 5, 15 and 60 minutes, then left to the next scheduled run', async () => {
  assert.deepEqual(await runBatch({ a: [bad, bad, bad, bad, bad] }), [
    'started',
    'minute 0: run a',
    'a failed, then 5,20,80,1440',
    'still failed: a',
    'minute 5: run a',
    'a failed, then 20,80,1440',
    'still failed: a',
    'minute 20: run a',
    'a failed, then 80,1440',
    'still failed: a',
    'minute 80: run a',
    'a failed, then 1440',
    'still failed: a',
  ]);
});

test('no try starts once the next run is due', async () => {
  assert.deepEqual(await runBatch({ a: [bad, bad, bad] }, { nextRun: 15 }), [
    'started',
    'minute 0: run a',
    'a failed, then 5,15',
    'still failed: a',
    'minute 5: run a',
    'a failed, then 15',
    'still failed: a',
  ]);
});

test('a run by hand is not tried again', async () => {
  assert.deepEqual(await runBatch({ a: [bad] }, { isByHand: true }), [
    'started',
    'minute 0: run a',
    'a failed, then ',
    'still failed: a',
  ]);
});

test('a run that was stopped on request is not reported', async () => {
  assert.deepEqual(await runBatch({ a: [stopped], b: [ok] }), ['started', 'minute 0: run a']);
});

test('what ended before a run was stopped is reported', async () => {
  assert.deepEqual(await runBatch({ a: [bad], b: [stopped], c: [ok] }), [
    'started',
    'minute 0: run a',
    'a failed, then 5,20,80,1440',
    'minute 0: run b',
    'stopped; still failed: a',
  ]);
});
