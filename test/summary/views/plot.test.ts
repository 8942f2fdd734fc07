import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pathOf, plotOf, segments, sparklineOf } from '../../../jobs/summary/views/plot.ts';

test('bars begin at zero, and go below it for what is negative', () => {
  const { ticks, points, baseline } = plotOf([5, 10, -5], 'bar');
  assert.deepEqual(ticks, [10, 5, 0, -5]);
  assert.deepEqual(
    points.map(({ y }) => y),
    [333.3, 0, 1000],
  );
  assert.equal(baseline, 666.7);
});

test('a line begins at zero unless that would hide its changes', () => {
  assert.deepEqual(plotOf([2, 10], 'line').ticks, [10, 7.5, 5, 2.5, 0]);
  assert.deepEqual(plotOf([260, 264], 'line').ticks, [264, 263, 262, 261, 260]);
  assert.equal(plotOf([260, 260], 'line').low, 0);
  assert.deepEqual(plotOf([-1.5e-323], 'line').points, [{ x: 500, y: 0 }]);
});

test('a day without a value breaks the line, and a lone day is a dot', () => {
  const { points } = plotOf([1, 2, null, 4], 'line');
  assert.deepEqual(segments(points).map(pathOf), ['M125 750L375 500', 'M875 0h0']);
});

test('a sparkline shows its shape, and small changes stay small', () => {
  const heights = (values: (number | null)[]) => sparklineOf(values).map(({ y }) => y);
  assert.deepEqual(heights([0, 50, null, 100]), [1000, 500, null, 0]);
  assert.deepEqual(heights([97, 100, 100]), [545, 455, 455]);
  assert.deepEqual(heights([0, 0]), [500, 500]);
  assert.deepEqual(heights([-5, -5]), [500, 500]);
});

test('nothing, zeros and extremes are drawn inside the box', () => {
  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), { nil: null });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.constantFrom('line', 'bar'), (values, style) => {
      const { points, baseline, ticks } = plotOf(values, style);
      for (const { x, y } of [...points, { x: 0, y: baseline }]) {
        assert.ok(x >= 0 && x <= 1000 && (y === null || (y >= -0.1 && y <= 1000.1)), `${x} ${y}`);
      }
      assert.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks));
    }),
  );
});
