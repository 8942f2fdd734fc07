import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { runBoth } from '../../jobs/runtime/run-both.ts';

const { signal } = new AbortController();

test('both results are returned, in their order', async () => {
  const slow = () => turn('first');
  const fast = async () => 2;
  assert.deepEqual(await runBoth(signal, slow, fast), ['first', 2]);
});

for (const [failing, name] of ['the first', 'the second'].entries()) {
  test(`${name} fails: the other is stopped, and has ended before the error is thrown`, async () => {
    const events: string[] = [];
    const fails = async () => {
      await turn();
      events.push('failed');
      throw new Error('refused');
    };
    const runs = async (either: AbortSignal) => {
      while (!either.aborted) await turn();
      await turn();
      events.push('ended');
    };
    const [first, second] = failing === 0 ? [fails, runs] : [runs, fails];
    await assert.rejects(runBoth(signal, first, second), new Error('refused'));
    assert.deepEqual(events, ['failed', 'ended']);
  });
}

test('whoever stops the caller stops both', async () => {
  const stopped = AbortSignal.abort(new Error('stopped'));
  const runs = async (either: AbortSignal) => either.throwIfAborted();
  await assert.rejects(runBoth(stopped, runs, runs), new Error('stopped'));
});
