import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makeShop } from '../../jobs/demo/shop.ts';
import { whileSelling } from '../../jobs/demo/writer.ts';
import { interruptedFailure } from '../../jobs/runtime/errors.ts';

test('the demo, stopped during its first backup, ends, and with it the process that writes orders', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const database = path.join(folder, 'shop.db');
  makeShop(database, 100, 3, Temporal.PlainDate.from('2025-11-27'));
  const stopped = () => Promise.reject(interruptedFailure());
  // It would not return while the process lives.
  await assert.rejects(whileSelling(database, '2025-11-27 10:00:00', stopped), { code: 'INTERRUPTED' });
});
