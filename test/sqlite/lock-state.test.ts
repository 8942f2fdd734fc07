import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { acquireLock, type DatabaseLock } from '../../jobs/sqlite/lock/lock.ts';
import { lockStateOf } from '../../jobs/sqlite/lock/lock-state.ts';

async function place(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-lock-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['data', 'state']) mkdirSync(path.join(folder, name));
  const database = path.join(folder, 'data', 'shop.db');
  writeFileSync(database, '');
  const state = path.join(folder, 'state');
  const take = (holder: 'backup' | 'restore'): Promise<DatabaseLock> => {
    const log = { line() {}, warn() {}, failure() {} };
    return acquireLock(database, state, { holder, wait: false, log, signal: new AbortController().signal });
  };
  return { database, state, take, look: () => lockStateOf(database, state) };
}

test('the lock tells who holds it, and that nobody does', async (t) => {
  const { take, look } = await place(t);
  assert.equal(await look(), 'unknown'); // it was never taken: nothing to look at
  for (const holder of ['backup', 'restore'] as const) {
    const lock = await take(holder);
    assert.equal(await look(), holder);
    lock.release();
    assert.equal(await look(), 'free');
  }
});

test('looking takes nothing from the holder, nor from who wants the lock', async (t) => {
  const { take, look } = await place(t);
  for (let count = 0; count < 20; count += 1) {
    const looks = [look(), look()];
    const lock = await take('backup');
    await Promise.all(looks);
    await look();
    await assert.rejects(take('backup'), { code: 'LOCKED' });
    lock.release();
  }
});

test('a lock that fell into the state folder is seen, though this user could write beside the database', async (t) => {
  const { database, state } = await place(t);
  const lock = await acquireLock(path.join(state, 'shop.db'), state, {
    holder: 'backup',
    wait: false,
    log: { line() {}, warn() {}, failure() {} },
    signal: new AbortController().signal,
  });
  assert.equal(await lockStateOf(database, state), 'backup');
  lock.release();
  // Beside a database that is not here another lock may be held.
  assert.equal(await lockStateOf('/not/mounted/shop.db', state), 'unknown');
});
