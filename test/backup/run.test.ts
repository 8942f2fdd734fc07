import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { factsOf } from '../../jobs/archives/metadata.ts';
import { acceptCommand } from '../../jobs/backup/commands/accept-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { Failure, interruptedFailure } from '../../jobs/runtime/errors.ts';
import { nightshift } from '../nightshift.ts';
import { damage, failureOf, faulty, first, objectFile } from './faults.ts';
import { goodResult } from './good-outcome.ts';
import { makeScene } from './scene.ts';

test('a run ends with a verified object under the promised name, and the two promised lines', async (t) => {
  const scene = await makeScene(t);
  const result = await runBackup(scene.database, scene.deps());
  assert.deepEqual(result, {
    key: first,
    ...goodResult,
  });
  assert.deepEqual(scene.lines.slice(-2), ['Backup completed successfully', 'Backup uploaded to Object Storage']);
  assert.deepEqual(scene.staged(), []);

  const plain = gunzipSync(readFileSync(objectFile(scene, first)));
  const facts = factsOf((await scene.store.head(first))?.metadata ?? {});
  assert.equal(facts?.snapshotSha256, createHash('sha256').update(plain).digest('hex'));
  assert.deepEqual(facts.tables, { notes: 1, orders: 2000 });
  assert.equal(facts.rows, 2001);
  assert.equal(facts.journalMode, 'wal');
  const copy = path.join(scene.folder, 'copy.db');
  writeFileSync(copy, plain);
  assert.equal(new Sqlite(copy, { readonly: true }).pragma('integrity_check', { simple: true }), 'ok');
  const [run] = scene.history.runs('backup', 'shop', 1);
  assert.equal(run?.outcome, 'succeeded');
  assert.equal(run.archiveBytes, readFileSync(objectFile(scene, first)).length);
});

for (const [what, spoil, expected] of [
  ['is damaged', damage, 'ARCHIVE_UNREADABLE'],
  ['is another database, whole', (file: string) => writeFileSync(file, gzipSync('another')), 'READ_BACK_DIFFERS'],
] as const) {
  test(`an object that ${what} when it is read back is removed, and the run fails without the promised lines`, async (t) => {
    const scene = await makeScene(t);
    const store = faulty(scene.store, {
      put: async (key, file, metadata, transfer) => {
        spoil(file);
        await scene.store.put(key, file, metadata, transfer);
      },
    });
    assert.equal(await failureOf(runBackup(scene.database, scene.deps({ store }))), expected);
    assert.deepEqual(await scene.keys(), []);
    assert.ok(!scene.lines.some((line) => line.startsWith('Backup ')));
    assert.equal(scene.history.runs('backup', 'shop', 1)[0]?.outcome, 'failed');
    assert.deepEqual(scene.staged(), []);
  });
}

test('a damaged database is not uploaded, and nothing is pruned', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.deps());
  scene.sql('PRAGMA wal_checkpoint(TRUNCATE)');
  const handle = openSync(scene.database.path, 'r+');
  writeSync(handle, Buffer.alloc(2000, 0x5a), 0, 2000, 2 * 4096);
  scene.setClock('2025-11-28T02:00:00');
  assert.equal(await failureOf(runBackup(scene.database, scene.deps())), 'DATABASE_CORRUPT');
  const [failed] = scene.history.runs('backup', 'shop', 1);
  assert.ok(failed?.message?.startsWith(`The integrity check of the copy of ${scene.database.path} found `));
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz']);
  const { out } = await nightshift(['check'], scene.environment);
  assert.match(
    out,
    /^ok {4}database shop: .*, WAL; opened and its schema read; its integrity is not checked here, each backup does that$/m,
  );
});

test('on Sunday the daily is copied to a weekly; a missed Sunday is made up; prune says why', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  for (const [night, day] of ['2025-11-28', '2025-11-30', '2025-12-05', '2025-12-08'].entries()) {
    scene.setClock(`${day}T02:00:00`);
    scene.sql(`INSERT INTO notes VALUES ('night ${night}')`);
    await runBackup(scene.database, scene.deps());
  }
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-12-05_020000.db.gz',
    'daily/shop_2025-12-08_020000.db.gz',
    'weekly/shop_2025-W48.db.gz',
    'weekly/shop_2025-W49.db.gz',
  ]);
  assert.ok(scene.lines.includes('weekly copy sqlite-backups/weekly/shop_2025-W48.db.gz (today is Sunday)'));
  assert.ok(scene.lines.includes('weekly copy sqlite-backups/weekly/shop_2025-W49.db.gz (its Sunday was missed)'));
  assert.ok(scene.lines.includes('remove sqlite-backups/daily/shop_2025-11-28_020000.db.gz (over 2, and the oldest)'));
});

test('a database that lost a table’s rows is stored and holds prune and weekly back until it is accepted', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.deps());
  scene.sql('DELETE FROM orders');
  scene.setClock('2025-11-30T02:00:00');
  const { key, suspicion } = await runBackup(scene.database, scene.deps());
  assert.equal(suspicion?.reason, 'table orders lost all rows (had 2,000 in shop_2025-11-27_020000.db.gz)');
  const both = ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-30_020000.db.gz'];
  assert.deepEqual(await scene.keys(), both);
  assert.equal(scene.history.newestGood('shop')?.key, first);

  await scene.command(acceptCommand, [key]);
  scene.setClock('2025-11-30T03:00:00');
  assert.equal((await runBackup(scene.database, scene.deps())).suspicion, null);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-30_030000.db.gz', 'weekly/shop_2025-W48.db.gz']);
});

test('an unmounted disk, where the application made a new empty database, costs no good backup', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.deps());
  for (const ending of ['', '-wal', '-shm']) rmSync(scene.database.path + ending, { force: true });
  scene.sql('CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)');
  for (const day of ['2025-11-28', '2025-11-29']) {
    scene.setClock(`${day}T02:00:00`);
    const { suspicion } = await runBackup(scene.database, scene.deps());
    assert.match(suspicion?.reason ?? '', /^table .* lost all rows/);
  }
  assert.equal((await scene.keys()).length, 3);
});

test('a prune that the store refuses leaves a good backup and says so', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  const denied = new Failure('STORE_DENIED', 'may not delete', 'give the key more rights');
  const store = faulty(scene.store, { remove: () => Promise.reject(denied) });
  const { verification, housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.equal(verification, 'verified');
  assert.equal(housekeeping, denied);
  assert.equal(scene.lines.at(-1), 'Backup uploaded to Object Storage');
  assert.equal(scene.history.runs('backup', 'shop', 1)[0]?.code, 'STORE_DENIED');
});

test('a run that is stopped while it stores leaves no object, no lock and no work file', async (t) => {
  const scene = await makeScene(t);
  const stop = new AbortController();
  const store = faulty(scene.store, {
    put: async (...given) => {
      await scene.store.put(...given);
      stop.abort(interruptedFailure());
    },
  });
  const deps = scene.deps({ store, signal: stop.signal });
  assert.equal(await failureOf(runBackup(scene.database, deps)), 'INTERRUPTED');
  assert.deepEqual(await scene.keys(), []);
  assert.deepEqual(scene.staged(), []);
  assert.equal(scene.history.runs('backup', 'shop', 1)[0]?.outcome, 'interrupted');
  assert.equal((await runBackup(scene.database, scene.deps())).verification, 'verified');
});

test('two runs at once take turns, and both are kept though they began in the same second', async (t) => {
  const scene = await makeScene(t);
  const results = await Promise.all([runBackup(scene.database, scene.deps()), runBackup(scene.database, scene.deps())]);
  assert.deepEqual(
    results.map(({ verification }) => verification),
    ['verified', 'verified'],
  );
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-27_020001.db.gz']);
  assert.ok(scene.lines.some((line) => /waiting/i.test(line)));
});

test('backups of the old shell script, without metadata, are counted by retention', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  const old = path.join(scene.folder, 'old');
  writeFileSync(old, gzipSync(readFileSync(scene.database.path)));
  for (const day of ['01', '02'])
    await scene.store.put(`sqlite-backups/daily/shop_2025-11-${day}_020000.db.gz`, old, {});
  await scene.store.put('sqlite-backups/daily/shop_old_2025-11-01_020000.db.gz', old, {});
  await scene.store.put('sqlite-backups/weekly/shop_week48.db.gz', old, {});
  await runBackup(scene.database, scene.deps());
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-11-02_020000.db.gz',
    'daily/shop_2025-11-27_020000.db.gz',
    'daily/shop_old_2025-11-01_020000.db.gz',
    'weekly/shop_2025-W44.db.gz',
    'weekly/shop_week48.db.gz',
  ]);
});

test('in a store that was emptied no weekly is made and nothing pruned: it may be the wrong one', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  await scene.store.remove(first);
  scene.setClock('2025-11-30T02:00:00');
  const { storeEmptied } = await runBackup(scene.database, scene.deps());
  assert.equal(
    storeEmptied,
    `${scene.store.name} held no backup of shop before this one; the history knows ${first}, stored there or in another place.`,
  );
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-30_020000.db.gz']);
});

test('nothing is pruned while the metadata of a backup cannot be read: it may be the last good one', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-30T02:00:00');
  const denied = new Failure('STORE_DENIED', 'may not look', 'give the key more rights');
  const store = faulty(scene.store, {
    head: (key, signal) => (key === first ? Promise.reject(denied) : scene.store.head(key, signal)),
  });
  const { verification, housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.deepEqual([verification, housekeeping], ['verified', denied]);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-30_020000.db.gz']);
});

test('a run that is killed while it stores is known by the key of what it may have left', async (t) => {
  const scene = await makeScene(t);
  const known: string[][] = [];
  const store = faulty(scene.store, {
    put: (...given) => {
      known.push(scene.history.unverifiedKeys('shop'));
      return scene.store.put(...given);
    },
  });
  await runBackup(scene.database, scene.deps({ store }));
  assert.deepEqual(known[0], [first]);
  assert.deepEqual(scene.history.unverifiedKeys('shop'), []);
});
