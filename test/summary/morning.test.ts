import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { type Round, runMorning } from '../../jobs/summary/morning.ts';

const missed = ['owner@example.com'];
const failure = new Failure('MAIL_UNREACHABLE', 's', 'c');
const sent: Round = { kind: 'sent', recipients: missed };
const failed: Round = { kind: 'failed', failure, missed, again: true };
const refused: Round = { kind: 'failed', failure, missed, again: false };

/** Lives one morning with these rounds; what was seen, by minutes after it was due. Time passes only in sleep. */
async function morning(rounds: Round[], nextAfterMinutes = 24 * 60) {
  const due = Temporal.Instant.from('2025-12-01T00:00:00Z');
  let now = due;
  const seen: string[] = [];
  const minute = (instant: Temporal.Instant) => (instant.epochMilliseconds - due.epochMilliseconds) / 60_000;
  await runMorning({
    day: '2025-11-30',
    send: async () => {
      seen.push(`${minute(now)}: send`);
      return rounds.shift() ?? failed;
    },
    watch: {
      started: () => void seen.push('started'),
      ended: (_day, { kind }, tries) => void seen.push(`${kind}, then ${tries.map(minute)}`),
    },
    clock: { now: () => now },
    log: { line() {}, warn() {}, failure() {} },
    sleepUntil: async (instant) => {
      now = instant;
    },
    before: due.add({ minutes: nextAfterMinutes }),
  });
  return seen;
}

test('sent at once: nothing more', async () => {
  assert.deepEqual(await morning([sent]), ['started', '0: send', 'sent, then ']);
});

test('a summary that keeps failing is tried after 5, 15 and 60 minutes, then left to the next morning', async () => {
  assert.deepEqual(await morning([]), [
    ...['started', '0: send', 'failed, then 5,20,80', '5: send', 'failed, then 20,80'],
    ...['20: send', 'failed, then 80', '80: send', 'failed, then '],
  ]);
});

test('what no later try can help is not tried again', async () => {
  assert.deepEqual(await morning([refused]), ['started', '0: send', 'failed, then ']);
});

test('the first try that works ends it, and none starts once the next summary is due', async () => {
  assert.deepEqual(await morning([failed, sent]), [
    ...['started', '0: send', 'failed, then 5,20,80', '5: send', 'sent, then '],
  ]);
  assert.deepEqual((await morning([], 6)).at(-1), 'failed, then ');
});

test('told to stop, it tells nobody', async () => {
  assert.deepEqual(await morning([{ kind: 'interrupted' }]), ['started', '0: send']);
});
