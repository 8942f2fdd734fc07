import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { acceptCommand } from '../../jobs/backup/commands/accept-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { factsOf } from '../../jobs/backup/stored/metadata.ts';
import { Failure, interrupted } from '../../jobs/platform/errors.ts';
import type { ObjectStore } from '../../jobs/platform/store/store.ts';
import { makeScene, type Scene } from './scene.ts';

const first = 'sqlite-backups/daily/shop_2025-11-27_020000.db.gz';

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Failure, String(error));
  return error.code;
}

/** The bytes of a stored object in the scene's folder, to look at or to damage. */
function objectFile({ folder }: Scene, key: string): string {
  return path.join(folder, 'store', key);
}

/** As a failing disk does it: the time of the file stays, and with it its metadata. */
function damage(file: string): void {
  const { atime, mtime } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([0xff, 0x00, 0xff, 0x00]), 0, 4, 600);
  utimesSync(file, atime, mtime);
}

/** A fake store that does one thing differently from the real one it stands before. */
function faulty(store: ObjectStore, fault: Partial<ObjectStore>): ObjectStore {
  return { ...store, ...fault };
}

test('a night ends with a proven object under the promised name, and the two promised lines', async (t) => {
  const scene = await makeScene(t);
  const result = await runBackup(scene.database, scene.tools());
  assert.deepEqual(result, {
    key: first,
    proof: 'proven',
    suspicion: null,
    findings: [],
    findingKinds: 0,
    disproved: [],
    storeEmptied: null,
    housekeeping: null,
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

test('a night without a change uploads nothing, and its object is read back all the same', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  scene.setClock('2025-11-28T02:00:00');
  const noUpload = faulty(scene.store, { put: () => assert.fail('uploaded') });
  const result = await runBackup(scene.database, scene.tools({ store: noUpload }));
  assert.equal(result.proof, 'proven');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-28_020000.db.gz']);
  const facts = factsOf((await scene.store.head(result.key))?.metadata ?? {});
  assert.equal(facts?.takenAt.toString(), '2025-11-27T18:00:00Z');
});

test('an unchanged night whose older object is damaged uploads afresh and says which one', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  damage(objectFile(scene, first));
  scene.setClock('2025-11-28T02:00:00');
  const { proof, housekeeping, key } = await runBackup(scene.database, scene.tools());
  assert.equal(proof, 'proven');
  assert.equal(housekeeping?.code, 'READ_BACK_DIFFERS');
  assert.ok(housekeeping.message.includes(first));
  assert.equal(
    gunzipSync(readFileSync(objectFile(scene, key)))
      .subarray(0, 15)
      .toString(),
    'SQLite format 3',
  );
});

test('an object that does not read back is removed, and the run fails without the promised lines', async (t) => {
  const scene = await makeScene(t);
  const store = faulty(scene.store, {
    put: async (key, file, metadata, transfer) => {
      damage(file);
      await scene.store.put(key, file, metadata, transfer);
    },
  });
  const code = await failureOf(runBackup(scene.database, scene.tools({ store })));
  assert.match(code, /READ_BACK_DIFFERS|ARCHIVE_UNREADABLE/);
  assert.deepEqual(await scene.keys(), []);
  assert.ok(!scene.lines.some((line) => line.startsWith('Backup ')));
  assert.equal(scene.history.runs('backup', 'shop', 1)[0]?.outcome, 'failed');
  assert.deepEqual(scene.staged(), []);
});

test('a damaged database is not uploaded, and nothing is pruned', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.tools());
  scene.sql('PRAGMA wal_checkpoint(TRUNCATE)');
  const handle = openSync(scene.database.path, 'r+');
  writeSync(handle, Buffer.alloc(2000, 0x5a), 0, 2000, 2 * 4096);
  scene.setClock('2025-11-28T02:00:00');
  assert.equal(await failureOf(runBackup(scene.database, scene.tools())), 'DATABASE_CORRUPT');
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz']);
});

test('on Sunday the daily is copied to a weekly; a missed Sunday is made up; prune says why', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  for (const [night, day] of ['2025-11-28', '2025-11-30', '2025-12-05', '2025-12-08'].entries()) {
    scene.setClock(`${day}T02:00:00`);
    scene.sql(`INSERT INTO notes VALUES ('night ${night}')`);
    await runBackup(scene.database, scene.tools());
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
  await runBackup(scene.database, scene.tools());
  scene.sql('DELETE FROM orders');
  scene.setClock('2025-11-30T02:00:00');
  const { key, suspicion } = await runBackup(scene.database, scene.tools());
  assert.equal(suspicion?.reason, 'table orders lost all rows (had 2,000 in shop_2025-11-27_020000.db.gz)');
  const both = ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-30_020000.db.gz'];
  assert.deepEqual(await scene.keys(), both);
  assert.equal(scene.history.newestGood('shop')?.key, first);

  await scene.command(acceptCommand, [key]);
  scene.setClock('2025-11-30T03:00:00');
  assert.equal((await runBackup(scene.database, scene.tools())).suspicion, null);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-30_030000.db.gz', 'weekly/shop_2025-W48.db.gz']);
});

test('an unmounted disk, where the application made a new empty database, costs no good backup', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.tools());
  for (const ending of ['', '-wal', '-shm']) rmSync(scene.database.path + ending, { force: true });
  scene.sql('CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL)');
  for (const day of ['2025-11-28', '2025-11-29']) {
    scene.setClock(`${day}T02:00:00`);
    const { suspicion } = await runBackup(scene.database, scene.tools());
    assert.match(suspicion?.reason ?? '', /^table .* lost all rows/);
  }
  assert.equal((await scene.keys()).length, 3);
});

test('a prune that the store refuses leaves a good backup and says so', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await runBackup(scene.database, scene.tools());
  scene.setClock('2025-11-28T02:00:00');
  const denied = new Failure('STORE_DENIED', 'may not delete', 'give the key more rights');
  const store = faulty(scene.store, { remove: () => Promise.reject(denied) });
  const { proof, housekeeping } = await runBackup(scene.database, scene.tools({ store }));
  assert.equal(proof, 'proven');
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
      stop.abort(interrupted());
    },
  });
  const tools = scene.tools({ store, signal: stop.signal });
  assert.equal(await failureOf(runBackup(scene.database, tools)), 'INTERRUPTED');
  assert.deepEqual(await scene.keys(), []);
  assert.deepEqual(scene.staged(), []);
  assert.equal(scene.history.runs('backup', 'shop', 1)[0]?.outcome, 'interrupted');
  assert.equal((await runBackup(scene.database, scene.tools())).proof, 'proven');
});

test('an object that a killed run stored but never read back is proven by the next run', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  const killed = scene.history.begin('backup', 'shop', Temporal.Now.instant());
  const key = 'sqlite-backups/daily/shop_2025-11-27_030000.db.gz';
  await scene.store.copy(first, key);
  scene.history.note(killed, { key });
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.tools());
  assert.equal(scene.history.proofs().get(key), 'proven');
  assert.equal((await scene.keys()).length, 3);
});

test('an object that a killed run stored damaged is removed by the next run', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  const killed = scene.history.begin('backup', 'shop', Temporal.Now.instant());
  const key = 'sqlite-backups/daily/shop_2025-11-27_030000.db.gz';
  const cut = path.join(scene.folder, 'cut');
  writeFileSync(cut, readFileSync(objectFile(scene, first)).subarray(0, 900));
  await scene.store.put(key, cut, (await scene.store.head(first))?.metadata ?? {});
  scene.history.note(killed, { key });
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.tools());
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-27_020000.db.gz', 'daily/shop_2025-11-28_020000.db.gz']);
  assert.deepEqual(scene.history.unprovenKeys('shop'), []);
});

/** What the store answers to a key that may do everything but one thing. */
const denied = new Failure('STORE_DENIED', 'may not', 'give the key more rights');

test('a damaged object that may not be removed stops no night; it is looked at again, and said', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  const killed = scene.history.begin('backup', 'shop', Temporal.Now.instant());
  const key = 'sqlite-backups/daily/shop_2025-11-27_030000.db.gz';
  const cut = path.join(scene.folder, 'cut');
  writeFileSync(cut, readFileSync(objectFile(scene, first)).subarray(0, 900));
  await scene.store.put(key, cut, (await scene.store.head(first))?.metadata ?? {});
  scene.history.note(killed, { key });
  scene.setClock('2025-11-28T02:00:00');
  const store = faulty(scene.store, { remove: () => Promise.reject(denied) });
  assert.equal((await runBackup(scene.database, scene.tools({ store }))).proof, 'proven');
  assert.deepEqual(scene.history.unprovenKeys('shop'), [key]);
  assert.ok(
    scene.lines.includes(
      `WARNING an earlier run stored ${key} and was stopped; it does not read back, and cannot be removed: remove it by hand. STORE_DENIED: may not\n    What to do: give the key more rights`,
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
  assert.match(
    await failureOf(runBackup(scene.database, scene.tools({ store }))),
    /READ_BACK_DIFFERS|ARCHIVE_UNREADABLE/,
  );
  assert.deepEqual(scene.history.unprovenKeys('shop'), [first]);
  assert.deepEqual(
    scene.lines.filter((line) => line.startsWith('WARNING')),
    [
      `WARNING ${first} was not proven and may still be in the store, for it could not be removed; the next run reads it back, and keeps or removes it. STORE_DENIED: may not\n    What to do: give the key more rights`,
    ],
  );
});

test('a copy that is none is not held against the older object, which reads back', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  scene.setClock('2025-11-28T02:00:00');
  const other = path.join(scene.folder, 'other');
  writeFileSync(other, '');
  const store = faulty(scene.store, { copy: (_, to, metadata = {}) => scene.store.put(to, other, metadata) });
  const { proof, housekeeping, key } = await runBackup(scene.database, scene.tools({ store }));
  assert.deepEqual([proof, housekeeping], ['proven', null]);
  assert.ok(
    scene.lines.includes(
      `no copy on the server, the backup is compressed and uploaded: ${key} is cut short. ${first} reads back as it was written.`,
    ),
    scene.lines.join('\n'),
  );
});

test('an unchanged night whose older object is gone by the time it is copied uploads afresh', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  scene.setClock('2025-11-28T02:00:00');
  const gone = new Failure('OBJECT_MISSING', 'gone', 'look');
  const store = faulty(scene.store, { copy: () => Promise.reject(gone) });
  const { proof, housekeeping } = await runBackup(scene.database, scene.tools({ store }));
  assert.deepEqual([proof, housekeeping], ['proven', null]);
});

test('an unchanged night during an outage fails as one, and compresses nothing', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.tools());
  scene.setClock('2025-11-28T02:00:00');
  const store = faulty(scene.store, {
    copy: () => Promise.reject(new Failure('STORE_UNREACHABLE', 'the network is down', 'check it')),
    put: () => assert.fail('uploaded'),
  });
  assert.equal(await failureOf(runBackup(scene.database, scene.tools({ store }))), 'STORE_UNREACHABLE');
});

test('two runs at once take turns, and both are kept though they began in the same second', async (t) => {
  const scene = await makeScene(t);
  const results = await Promise.all([
    runBackup(scene.database, scene.tools()),
    runBackup(scene.database, scene.tools()),
  ]);
  assert.deepEqual(
    results.map(({ proof }) => proof),
    ['proven', 'proven'],
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
  await runBackup(scene.database, scene.tools());
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-11-02_020000.db.gz',
    'daily/shop_2025-11-27_020000.db.gz',
    'daily/shop_old_2025-11-01_020000.db.gz',
    'weekly/shop_2025-W44.db.gz',
    'weekly/shop_week48.db.gz',
  ]);
});
