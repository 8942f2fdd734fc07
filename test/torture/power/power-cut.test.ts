import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DiskEvent, DiskWrite } from './disk-log.ts';
import { allCuts, evenly, flushedBefore, reached } from './power-cut.ts';

const write = (offset: number, length: number): DiskWrite => ({
  kind: 'write',
  offset,
  bytes: Buffer.alloc(length, 1),
});
const flush = { kind: 'flush' } as const;
const extent = ({ offset, bytes }: DiskWrite) => `${offset}+${bytes.length}`;

const events: readonly DiskEvent[] = [write(0, 10), flush, write(4000, 5000), write(8192, 4096), flush, write(0, 1)];

test('a cut without loss leaves all that was written; what a flush ended is on the disk for sure', () => {
  const found = [2, 4, 5, 6].map((after) => [
    flushedBefore(events, after),
    reached(events, { after, seed: null }).map(extent),
  ]);
  assert.deepEqual(found, [
    [2, []],
    [2, ['4000+5000', '8192+4096']],
    [5, []],
    [5, ['0+1']],
  ]);
});

test('with loss, blocks of what was not flushed reach the disk or do not, the same ones for the same seed', () => {
  const blocks = ['4000+96', '4096+4096', '8192+808', '8192+4096'];
  const subsets = Array.from({ length: 40 }, (_, seed) => reached(events, { after: 4, seed }).map(extent));
  assert.deepEqual(
    subsets,
    subsets.map((_, seed) => reached(events, { after: 4, seed }).map(extent)),
  );
  for (const subset of subsets)
    assert.deepEqual(
      subset,
      blocks.filter((block) => subset.includes(block)),
    );
  assert.equal(new Set(subsets.map(String)).size > 8, true);
});

test('every moment is tried, with loss where there is something to lose', () => {
  assert.deepEqual(
    allCuts(events, 1, 2).map(({ after, seed }) => `${after} ${seed}`),
    [
      '1 null',
      '1 0',
      '1 1',
      '2 null',
      '3 null',
      '3 0',
      '3 1',
      '4 null',
      '4 0',
      '4 1',
      '5 null',
      '6 null',
      '6 0',
      '6 1',
    ],
  );
});

test('a sample has the first and the last, none twice, and no more than asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 40 }), (length, count) => {
      const all = Array.from({ length }, (_, index) => index);
      const sample = evenly(all, count);
      assert.equal(sample.length, Math.min(length, count));
      assert.equal(new Set(sample).size, sample.length);
      assert.deepEqual([sample[0], sample.at(-1)], [0, length - 1]);
    }),
  );
});
