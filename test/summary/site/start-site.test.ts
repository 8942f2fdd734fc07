import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startSite } from '../../../jobs/summary/site/start-site.ts';

const silent = { line: () => {}, warn: () => {}, failure: () => {} };

function startOn(port: number, signal: AbortSignal) {
  return startSite(
    {
      archive: { days: () => [], pageOf: () => null },
      ledger: { sinceDay: () => [] },
      runs: { newest: () => [] },
      backupStates: async () => [],
      access: { publicUrl: null, passwordHash: null, signingKey: null },
      schedule: '0 8 * * *',
      zone: 'Asia/Kuala_Lumpur',
      clock: { now: () => Temporal.Instant.from('2025-12-01T00:30:00Z') },
      log: silent,
    },
    { port, signal },
  );
}

test('a port that is taken is a failure that names SUMMARY_PORT', async () => {
  const { signal } = new AbortController();
  const first = await startOn(0, signal);
  await assert.rejects(startOn(first.port, signal), {
    code: 'HTTP_PORT_UNUSABLE',
    message: `The summary page cannot be served on port ${first.port}: another process listens there.`,
    hint: 'Set SUMMARY_PORT to a free port above 1023.',
  });
  await first.close();
});

test('stopping frees the port, whoever still holds a connection', async () => {
  const stop = new AbortController();
  const { port } = await startOn(0, stop.signal);
  const idle = connect(port, '127.0.0.1');
  await new Promise((connected) => idle.once('connect', connected));
  stop.abort();
  await new Promise((closed) => {
    idle
      .on('error', () => {})
      .once('close', closed)
      .resume();
  });
  const next = await startOn(port, new AbortController().signal);
  await next.close();
});
