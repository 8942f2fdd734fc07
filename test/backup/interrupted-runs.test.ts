import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runBackup } from '../../jobs/backup/run.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { damage, failureOf, faulty, first, objectFile } from './faults.ts';
import { makeScene, type Scene } from './scene.ts';

/** What a killed run stored. */
const left = 'sqlite-backups/daily/shop_2025-11-27_030000.db.gz';

/** Remembers a run that was killed after it stored `left`. */
function noteKilled({ history }: Scene): void {
  history.updateRun(history.startRun('backup', 'shop', Temporal.Now.instant()), { key: left });
}

async function leaveDamaged(scene: Scene): Promise<void> {
  const cut = path.join(scene.folder, 'cut');
  writeFileSync(cut, readFileSync(objectFile(scene, first)).subarray(0, 900));
  await scene.store.put(left, cut, (await scene.store.head(first))?.metadata ?? {});
  noteKilled(scene);
}

test('an object that a killed run stored but never read back is verified by the next run', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  await scene.store.copy(first, left);
  noteKilled(scene);
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.deps());
  assert.equal(scene.history.verifications().get(left), 'verified');
  assert.equal((await scene.keys()).length, 3);
});

test('an object that a killed run stored damaged is removed by the next run', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  await leaveDamaged(scene);
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.deps());
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-28_020000.db.gz']);
  assert.deepEqual(scene.history.unverifiedKeys('shop'), []);
});

/** What the store answers to a key that may do everything but one thing. */
const denied = new Failure('STORE_DENIED', 'may not', 'give the key more rights');

test('a damaged object that may not be removed stops no run; it is read again, and reported', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  await leaveDamaged(scene);
  scene.setClock('2025-11-28T02:00:00');
  const store = faulty(scene.store, { remove: () => Promise.reject(denied) });
  assert.equal((await runBackup(scene.database, scene.deps({ store }))).verification, 'verified');
  assert.deepEqual(scene.history.unverifiedKeys('shop'), [left]);
  assert.ok(
    scene.lines.includes(
      `WARNING an earlier run stored ${left} and was stopped; it does not read back, and cannot be removed: remove it by hand. STORE_DENIED: may not\n    What to do: give the key more rights`,
    ),
    scene.lines.join('\n'),
  );
});

test('a backup that does not read back and may not be removed is named, and kept in mind', async (t) => {
  const scene = await makeScene(t);
  const store = faulty(scene.store, {
    put: async (key, file, metadata, transfer) => {
      damage(file);
      await scene.store.put(key, file, metadata, transfer);
    },
    remove: () => Promise.reject(denied),
  });
  assert.equal(await failureOf(runBackup(scene.database, scene.deps({ store }))), 'ARCHIVE_UNREADABLE');
  assert.deepEqual(scene.history.unverifiedKeys('shop'), [first]);
  assert.deepEqual(
    scene.lines.filter((line) => line.startsWith('WARNING')),
    [
      `WARNING ${first} was not verified and may still be in the store, because it could not be removed; the next run reads it back, and keeps or removes it. STORE_DENIED: may not\n    What to do: give the key more rights`,
    ],
  );
});

test('what a killed run left is swept: its work files and its own unfinished uploads, no other database’s', async (t) => {
  const scene = await makeScene(t);
  const folder = path.join(scene.folder, 'store', 'sqlite-backups', 'daily');
  mkdirSync(folder, { recursive: true });
  const unfinished = (key: string) => path.join(folder, `.${key}.${randomUUID()}.part`);
  const [own, other] = ['shop_2025-11-26_020000.db.gz', 'shop_old_2025-11-26_020000.db.gz'].map(unfinished);
  for (const file of [own, other]) writeFileSync(file ?? '', 'half of it');
  const work = path.join(scene.settings.stagingDir, 'nightshift-shop');
  mkdirSync(work);
  writeFileSync(path.join(work, 'details-left'), '');
  const during: string[] = [];
  const store = faulty(scene.store, {
    put: (...given) => {
      during.push(...readdirSync(work));
      return scene.store.put(...given);
    },
  });
  await runBackup(scene.database, scene.deps({ store }));
  assert.equal(during.includes('details-left'), false, during.join(' '));
  assert.deepEqual([existsSync(own ?? ''), existsSync(other ?? '')], [false, true]);
  assert.deepEqual(
    scene.lines.filter((line) => line.startsWith('aborted')),
    ['aborted the unfinished upload of sqlite-backups/daily/shop_2025-11-26_020000.db.gz'],
  );
});
