import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BackupDeps } from '../../jobs/backup/backup.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { damage, faulty } from './faults.ts';
import { makeScene, type Scene } from './scene.ts';

const saturday = 'sqlite-backups/daily/shop_2025-11-29_020000.db.gz';
const sunday = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
const weekly = 'sqlite-backups/weekly/shop_2025-W48.db.gz';

async function backUpOn(scene: Scene, date: string) {
  scene.setClock(`${date}T02:00:00`);
  return runBackup(scene.database, scene.deps());
}

/** Stores bytes as the old shell script did: without metadata. */
async function storeOld(scene: Scene, key: string, bytes: Uint8Array): Promise<void> {
  const file = path.join(scene.folder, 'old');
  writeFileSync(file, bytes);
  await scene.store.put(key, file, {});
}

function stored(scene: Scene, key: string): Buffer {
  return readFileSync(path.join(scene.folder, 'store', key));
}

for (const [what, bytes] of [
  ['of 0 bytes', new Uint8Array()],
  ['cut short', gzipSync('a'.repeat(1e6)).subarray(0, 500)],
  ['of something that is no database', gzipSync('no database')],
  ['that is no archive at all', Buffer.from('<html>')],
] as const) {
  test(`a Sunday object ${what} does not become the weekly: Saturday's does`, async (t) => {
    const scene = await makeScene(t);
    const database = readFileSync(scene.database.path);
    await storeOld(scene, saturday, gzipSync(database));
    await storeOld(scene, sunday, bytes);
    const { housekeeping } = await backUpOn(scene, '2025-12-01');
    assert.equal(housekeeping, null);
    assert.deepEqual(gunzipSync(stored(scene, weekly)), database);
    assert.ok(scene.lines.some((line) => line.startsWith(`WARNING ${sunday} does not verify and becomes no weekly: `)));
    assert.ok(scene.lines.includes(`weekly copy ${weekly} (its Sunday was missed)`));
  });
}

test('a weekly that is broken is replaced by a good daily of its week, and a good one is left as it is', async (t) => {
  const scene = await makeScene(t);
  const database = gzipSync(readFileSync(scene.database.path));
  await storeOld(scene, saturday, database);
  await storeOld(scene, weekly, new Uint8Array());
  await backUpOn(scene, '2025-12-01');
  assert.deepEqual(stored(scene, weekly), database);
  assert.ok(scene.lines.includes(`weekly copy ${weekly} (the one there was broken)`));
  scene.lines.length = 0;
  await backUpOn(scene, '2025-12-02');
  assert.deepEqual(
    scene.lines.filter((line) => line.includes('weekly')),
    [`keep   ${weekly} (weeklies are kept for good)`],
  );
});

test('a week in which no daily is good gets no weekly, which is reported, and the run goes on to prune', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await storeOld(scene, saturday, new Uint8Array());
  const { housekeeping } = await backUpOn(scene, '2025-12-01');
  assert.equal(housekeeping?.message, 'There is no weekly backup of 2025-W48: no daily backup of that week verifies.');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-12-01_020000.db.gz']);
});

test('a broken weekly of which the week has no good daily stays: it is not ours to remove', async (t) => {
  const scene = await makeScene(t);
  await storeOld(scene, saturday, new Uint8Array());
  await storeOld(scene, weekly, Buffer.from('broken'));
  const { housekeeping } = await backUpOn(scene, '2025-12-01');
  assert.equal(housekeeping?.code, 'READ_BACK_DIFFERS');
  assert.equal(String(stored(scene, weekly)), 'broken');
});

/** Copies on the server give other bytes than were asked for; what it holds is spoiled by `spoil`. */
function copyingBadly(scene: Scene, spoil: (file: string) => void): BackupDeps['store'] {
  return faulty(scene.store, {
    async copy(from, to, metadata, signal) {
      await scene.store.copy(from, to, metadata, signal);
      if (to === weekly) spoil(path.join(scene.folder, 'store', to));
    },
  });
}

test('a weekly that does not read back after it was copied is removed, and reported', async (t) => {
  const scene = await makeScene(t);
  scene.setClock('2025-11-30T02:00:00');
  const store = copyingBadly(scene, damage);
  const { housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.equal(housekeeping?.message, 'There is no weekly backup of 2025-W48: no daily backup of that week verifies.');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-30_020000.db.gz']);
  assert.equal(scene.history.verifications().has(weekly), false);
});

test('a daily that turns out damaged overwrites no weekly', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, '2025-11-29');
  damage(path.join(scene.folder, 'store', saturday));
  scene.history.forgetKey(saturday);
  const copies: string[] = [];
  const store = faulty(scene.store, {
    copy: (from, to, ...rest) => {
      copies.push(`${from} to ${to}`);
      return scene.store.copy(from, to, ...rest);
    },
  });
  scene.sql("INSERT INTO notes VALUES ('so that this run is no copy')");
  scene.setClock('2025-12-01T02:00:00');
  const { housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.equal(housekeeping?.code, 'READ_BACK_DIFFERS');
  assert.deepEqual(copies, [], 'nothing was copied over a weekly');
});

test('a suspect that a later backup disproved or nobody accepted becomes no weekly', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, '2025-11-28');
  scene.sql('CREATE TABLE kept AS SELECT * FROM orders; DELETE FROM orders');
  await backUpOn(scene, '2025-11-29');
  scene.sql('INSERT INTO orders SELECT * FROM kept');
  await backUpOn(scene, '2025-12-01');
  assert.deepEqual(stored(scene, weekly), stored(scene, 'sqlite-backups/daily/shop_2025-11-28_020000.db.gz'));
});

test('another database’s weeklies are no matter of this one, whatever is kept of them', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_WEEKLY: '1' });
  const database = gzipSync(readFileSync(scene.database.path));
  for (const week of ['shop_2025-W40', 'shop_old_2025-W40', 'shop_old_2025-W41'])
    await storeOld(scene, `sqlite-backups/weekly/${week}.db.gz`, database);
  await backUpOn(scene, '2025-11-30');
  assert.deepEqual(
    (await scene.keys()).filter((key) => key.startsWith('weekly/')),
    ['weekly/shop_2025-W48.db.gz', 'weekly/shop_old_2025-W40.db.gz', 'weekly/shop_old_2025-W41.db.gz'],
  );
});
