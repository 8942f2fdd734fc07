import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type Inventory,
  inventoryOf,
  isGood,
  orphanedDetails,
  type StoredDaily,
} from '../../jobs/archives/inventory.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { createDirectoryStore } from '../../jobs/store/directory.ts';
import type { ObjectStore } from '../../jobs/store/store.ts';
import { layout } from './layout.ts';

const prefix = 'sqlite-backups/';
const shop = [
  'daily/shop_2025-11-29_020000.db.gz',
  'daily/shop_2025-11-30_020000.db.zst.age',
  'meta/shop_2025-11-29_020000.db.gz.json',
  'meta/shop_2025-11-01_020000.db.gz.json',
  'weekly/shop_2025-W48.db.gz',
];
/** Of databases whose names begin as the shop's does, and of nobody. */
const others = [
  'daily/shop_old_2025-11-30_020000.db.gz',
  'daily/shop_2025-11-30_020000.db.gz.tmp',
  'daily/shop_2025-11-31_020000.db.gz',
  'meta/shop_old_2025-11-01_020000.db.gz.json',
  'weekly/shop_old_2025-W40.db.gz',
  'weekly/shop_week48.db.gz',
];

async function storeWith(t: TestContext, names: readonly string[]): Promise<ObjectStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-inventory-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'object');
  writeFileSync(file, 'x');
  const store = createDirectoryStore(path.join(folder, 'store'));
  for (const name of names) await store.put(prefix + name, file, {});
  return store;
}

const options = {
  zone: 'Asia/Kuala_Lumpur',
  now: () => Temporal.Now.instant(),
  layout,
  signal: new AbortController().signal,
};
const short = (key: string) => key.slice(prefix.length);
const seenIn = (inventory: Inventory) => ({
  dailies: inventory.dailies.map(({ key }) => short(key)),
  weeklies: inventory.periodBackups.map(({ key }) => short(key)),
  orphanedDetails: orphanedDetails(inventory).map(short),
});

test('what belongs to a database is exactly its own: nothing of one whose name begins alike is ever pruned with it', async (t) => {
  const store = await storeWith(t, [...shop, ...others]);
  assert.deepEqual(seenIn(await inventoryOf(store, 'shop', options)), {
    dailies: ['daily/shop_2025-11-30_020000.db.zst.age', 'daily/shop_2025-11-29_020000.db.gz'],
    weeklies: ['weekly/shop_2025-W48.db.gz'],
    orphanedDetails: ['daily/shop_2025-11-01_020000.db.gz'],
  });
  assert.deepEqual(seenIn(await inventoryOf(store, 'shop_old', options)), {
    dailies: ['daily/shop_old_2025-11-30_020000.db.gz'],
    weeklies: ['weekly/shop_old_2025-W40.db.gz'],
    orphanedDetails: ['daily/shop_old_2025-11-01_020000.db.gz'],
  });
});

test('metadata that cannot be read is the inventory’s problem: what is suspect is not known then', async (t) => {
  const store = await storeWith(t, shop);
  const denied = new Failure('STORE_DENIED', 'may not look', 'give the key more rights');
  const denying: ObjectStore = {
    ...store,
    head: (key, signal) => (key.includes('2025-11-29') ? Promise.reject(denied) : store.head(key, signal)),
  };
  assert.equal((await inventoryOf(store, 'shop', options)).problem, null);
  assert.equal((await inventoryOf(denying, 'shop', options)).problem, denied);
});

test('a daily is good when it is what was stored, and no suspect or an accepted one', () => {
  const good = (isChanged: boolean, suspectStatus: StoredDaily['suspectStatus']) =>
    isGood({ isChanged, suspectStatus } as StoredDaily);
  assert.deepEqual([good(false, null), good(false, 'accepted')], [true, true]);
  assert.deepEqual(
    [good(true, null), good(true, 'accepted'), good(false, 'open'), good(false, 'disproved')],
    [false, false, false, false],
  );
});
