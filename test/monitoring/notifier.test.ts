import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNotifier } from '../../jobs/monitoring/notifier.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { startSwitch } from '../backup/switch.ts';

const log = { line: () => {}, warn: () => {}, failure: (failure: Error) => assert.fail(failure) };

test('once a job is to stop, no start is sent that no end would follow; how a run ended still is', async (t) => {
  const { url, heard } = await startSwitch(t);
  const stop = new AbortController();
  const options = { pingUrl: url, pingVariable: 'BACKUP_PING_URL', alerts: { mail: null, webhookUrl: null } };
  const notifier = createNotifier(options, { clock: systemClock, log, signal: stop.signal });
  stop.abort();
  notifier.ping('start', '');
  notifier.ping('fail', 'not backed up: shop');
  await notifier.flush();
  assert.deepEqual(heard, ['/fail not backed up: shop']);
});

test('a ping that waits for the one before it still goes out when the job is to stop meanwhile', async (t) => {
  const { url, heard } = await startSwitch(t);
  const stop = new AbortController();
  const options = { pingUrl: url, pingVariable: 'SUMMARY_PING_URL', alerts: { mail: null, webhookUrl: null } };
  const notifier = createNotifier(options, { clock: systemClock, log, signal: stop.signal });
  notifier.ping('success', 'sent to 1');
  notifier.ping('fail', 'not sent');
  stop.abort();
  await notifier.flush();
  assert.deepEqual(heard, [' sent to 1', '/fail not sent']);
});
