import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { sendWithRetries } from '../../jobs/summary/scheduler.ts';
import type { SendOutcome } from '../../jobs/summary/send-outcome.ts';

const missed = ['owner@example.com'];
const failure = new Failure('MAIL_UNREACHABLE', 's', 'c');
const sent: SendOutcome = { kind: 'sent', recipients: missed };
const failed: SendOutcome = { kind: 'failed', failure, missed, isRetryable: true };
const final: SendOutcome = { kind: 'failed', failure, missed, isRetryable: false };

/** Sends one summary with these outcomes; what was seen, by minutes after it was due. Time passes only in sleep. */
async function send(outcomes: SendOutcome[], nextAfterMinutes = 24 * 60) {
  const due = Temporal.Instant.from('2025-12-01T00:00:00Z');
  let now = due;
  const seen: string[] = [];
  const minute = (instant: Temporal.Instant) => (instant.epochMilliseconds - due.epochMilliseconds) / 60_000;
  await sendWithRetries('2025-11-30', due.add({ minutes: nextAfterMinutes }), {
    attemptSend: async () => {
      seen.push(`${minute(now)}: send`);
      return outcomes.shift() ?? failed;
    },
    notifier: {
      sendStarted: () => void seen.push('started'),
      sendFinished: (_day, { kind }, retries) => void seen.push(`${kind}, then ${retries.map(minute)}`),
    },
    clock: { now: () => now },
    log: { line() {}, warn() {}, failure() {} },
    sleepUntil: async (instant) => {
      now = instant;
    },
  });
  return seen;
}

test('sent at once: nothing more', async () => {
  assert.deepEqual(await send([sent]), ['started', '0: send', 'sent, then ']);
});

test('a summary that keeps failing is tried after 5, 15 and 30 minutes, then every 30 until it is too late', async () => {
  assert.deepEqual(await send([], 120), [
    ...['started', '0: send', 'failed, then 5,20,50,80,110', '5: send', 'failed, then 20,50,80,110'],
    ...['20: send', 'failed, then 50,80,110', '50: send', 'failed, then 80,110'],
    ...['80: send', 'failed, then 110', '110: send', 'failed, then '],
  ]);
});

test('a mail server that is down for hours gets the summary once it is up again', async () => {
  const seen = await send([...Array.from({ length: 20 }, () => failed), sent], 12 * 60);
  assert.deepEqual(seen.slice(-2), ['560: send', 'sent, then ']);
});

test('what a later try cannot help is not tried again', async () => {
  assert.deepEqual(await send([final]), ['started', '0: send', 'failed, then ']);
});

test('the first try that works ends it, and none starts once the next summary is due', async () => {
  assert.deepEqual(await send([failed, sent], 80), [
    ...['started', '0: send', 'failed, then 5,20,50', '5: send', 'sent, then '],
  ]);
  assert.deepEqual((await send([], 6)).at(-1), 'failed, then ');
});

test('stopped meanwhile, it reports nothing', async () => {
  assert.deepEqual(await send([{ kind: 'interrupted' }]), ['started', '0: send']);
});
