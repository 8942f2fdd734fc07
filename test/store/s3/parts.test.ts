import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { mapConcurrently, splitIntoParts } from '../../../jobs/store/s3/parts.ts';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

test('parts cover an object without gap or overlap, in 10,000 parts at most, each as S3 takes them', () => {
  const sizes = fc.integer({ min: 1, max: 5 * 1024 * gibibyte });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 5, max: 512 }), (bytes, partMebibytes) => {
      const parts = splitIntoParts(bytes, partMebibytes * mebibyte);
      assert.ok(parts.length <= 10_000);
      let next = 0;
      for (const [index, part] of parts.entries()) {
        assert.deepEqual([part.number, part.start], [index + 1, next]);
        assert.ok(part.bytes > 0 && part.bytes <= 5 * gibibyte);
        assert.ok(part.bytes >= 5 * mebibyte || index === parts.length - 1);
        next += part.bytes;
      }
      assert.equal(next, bytes);
    }),
    { numRuns: 50 },
  );
});

test('work is done so many at a time, and its results are in order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapConcurrently([5, 1, 4, 2, 3], 2, undefined, async (turns) => {
    running += 1;
    most = Math.max(most, running);
    for (let turned = 0; turned < turns; turned += 1) await turn();
    running -= 1;
    return turns * 10;
  });
  assert.deepEqual([results, most], [[50, 10, 40, 20, 30], 2]);
});

test('the first failure stops the rest and is thrown when all have come to rest', async () => {
  const log: string[] = [];
  const working = mapConcurrently(['fails', 'long', 'never begun'], 2, undefined, async (name, signal) => {
    log.push(`${name} begins`);
    await turn();
    if (name === 'fails') throw new Error('the first');
    while (!signal.aborted) await turn();
    await turn();
    log.push(`${name} ends`);
    throw new Error('a later one');
  });
  await assert.rejects(working, { message: 'the first' });
  assert.deepEqual(log, ['fails begins', 'long begins', 'long ends']);
});

test('a stop from outside stops all', async () => {
  const stop = new AbortController();
  const working = mapConcurrently([1, 2, 3], 2, stop.signal, async (_, signal) => {
    stop.abort();
    signal.throwIfAborted();
  });
  await assert.rejects(working, { name: 'AbortError' });
});
