import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { runBackup } from '../../jobs/backup/run.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { type FinishedCommand, nightshift, startNightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

/** Exit code, and the lines about each database without their times. */
function exitAndLines({ code, out }: FinishedCommand): [number | null, ...string[]] {
  const lines = out.split('\n').filter((line) => /^\S+: | {2}(problem|under way|may be running) /.test(line));
  const plain = lines.map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DATE'));
  return [code, ...plain.map((line) => line.replaceAll(/\d+(\.\d)? (s|ms|min|h|d)( \d\d? (s|min|h))?/g, 'AGE'))];
}

const status = async (environment: Environment) => exitAndLines(await nightshift(['status'], environment));

const backup = (scene: Scene) => runBackup(scene.database, scene.deps({ clock: systemClock }));

function grow({ sql }: Scene, mib: number): void {
  sql(`CREATE TABLE blobs (data BLOB); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${mib})
       INSERT INTO blobs SELECT randomblob(1048576) FROM n;`);
}

test('without any good backup status is not ok, from the first failed one-shot run on; health counts the age from it', async (t) => {
  const scene = await makeScene(t);
  renameSync(scene.database.path, `${scene.database.path}.aside`);
  assert.equal((await nightshift(['backup'], scene.environment)).code, 1);
  assert.notEqual(scene.history.firstStart(), null);
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, no good backup is recorded, first recorded start AGE ago',
    `  problem       the last run (DATE, AGE ago) failed at start: The database ${scene.database.path} does not exist`,
  ]);
  const health = await nightshift(['health'], scene.environment);
  assert.deepEqual(
    [health.code, /^shop: no good backup is recorded, .*; the last run .* failed at start: /.test(health.out)],
    [0, true],
  );
});

test('one of several databases without a good backup is not ok, whatever the others are', async (t) => {
  const scene = await makeScene(t);
  const both = { ...scene.environment, DATABASE_PATH: `${scene.database.path},/nowhere/gone.db` };
  assert.equal((await nightshift(['backup'], both)).code, 1);
  assert.deepEqual(await status(both), [
    1,
    'shop: ok, newest good backup is AGE old',
    'gone: NOT OK, no good backup is recorded, first recorded start AGE ago',
    '  problem       the last run (DATE, AGE ago) failed at start: The database /nowhere/gone.db does not exist, and neither does its folder',
  ]);
});

test('a last run that failed is not ok though the newest good backup is young; a good run ends that', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
  renameSync(scene.database.path, `${scene.database.path}.aside`);
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    `  problem       the last run (DATE, AGE ago) failed at snapshot: The database ${scene.database.path} does not exist, but it was there before: shop.db-shm, shop.db-wal are still there`,
  ]);
  assert.equal((await nightshift(['health'], scene.environment)).code, 0);
  renameSync(`${scene.database.path}.aside`, scene.database.path);
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
});

test('a run is under way while it lives, and was killed once no process holds its lock', async (t) => {
  const scene = await makeScene(t, { BACKUP_GZIP_LEVEL: '1' });
  await backup(scene);
  grow(scene, 30);
  const run = startNightshift(['backup'], scene.environment);
  await run.printed('snapshot: ');
  assert.deepEqual((await status(scene.environment)).slice(0, 2), [0, 'shop: ok, newest good backup is AGE old']);
  assert.match(
    (await nightshift(['status'], scene.environment)).out,
    /^ {2}under way {5}since .* ago, at (check and compress|upload|read back)$/m,
  );
  // As a container is killed: with all its processes, so that none can write down how it ended.
  const { pid = 0 } = run.child;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  for (const each of [pid, ...children]) process.kill(each, 'SIGKILL');
  await run.finished;
  const [code, first, wrong] = await status(scene.environment);
  assert.deepEqual([code, first], [1, 'shop: NOT OK, newest good backup is AGE old']);
  assert.match(
    String(wrong),
    /^ {2}problem {7}the last run \(DATE, AGE ago\) was killed at [a-z ]+: no process holds its lock$/,
  );
});

test('a killed run of 12 days ago is no excuse for the age; where the lock cannot be seen, that is reported', async (t) => {
  const scene = await makeScene(t);
  await nightshift(['backup'], scene.environment);
  const db = new Sqlite(path.join(scene.settings.stateDir, 'history.db'));
  db.exec(
    `UPDATE runs SET outcome = 'running', finished_at = NULL, key = NULL, started_at = '${Temporal.Now.instant().subtract({ hours: 1 })}'`,
  );
  db.close();
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, no good backup is recorded, first recorded start AGE ago',
    '  problem       the last run (DATE, AGE ago) was killed at prune: no process holds its lock',
  ]);
  const elsewhere = { ...scene.environment, DATABASE_PATH: '/not/mounted/here/shop.db' };
  assert.deepEqual(await status(elsewhere), [
    1,
    'shop: NOT OK, no good backup is recorded, first recorded start AGE ago',
    '  may be running since DATE, AGE ago, at prune (whether it is alive cannot be seen from here: a restore holds the lock, or the database’s folder is not here)',
  ]);
});

test('a suspect shows until it is accepted, and findings, housekeeping and a suspect gone from the store each as they are', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  scene.sql('DELETE FROM orders');
  await nightshift(['backup'], scene.environment);
  const [, key = ''] = (await scene.keys()).map((name) => `sqlite-backups/${name}`);
  const [good = ''] = (await scene.keys()).map((name) => path.basename(name));
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    `  problem       ${key} is suspect (table orders lost all rows (had 2,000 in ${good})); if it is right: nightshift accept ${key}`,
  ]);
  assert.equal((await nightshift(['accept', key], scene.environment)).code, 0);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
});

test('a suspect whose object somebody removed from the store is no longer open after the next run', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  scene.sql('CREATE TABLE kept AS SELECT * FROM orders; DELETE FROM orders');
  await nightshift(['backup'], scene.environment);
  const [, key = ''] = (await scene.keys()).map((name) => `sqlite-backups/${name}`);
  rmSync(path.join(scene.folder, 'store', key));
  scene.sql('INSERT INTO orders SELECT * FROM kept');
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
});

test('status and health need no keys of the bucket', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  const { BACKUP_STORE: _, ...withoutStore } = scene.environment;
  assert.equal((await nightshift(['status'], withoutStore)).code, 0);
  assert.equal((await nightshift(['health'], withoutStore)).code, 0);
});

test('failed housekeeping is not ok', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  const history = openHistory(scene.settings.stateDir);
  const [run] = history.runs('backup', 'shop', 1);
  history.updateRun(run?.id ?? 0, { code: 'STORE_DENIED', message: 'The key may not delete objects.' });
  history.close();
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    '  problem       the last backup is safe, but not all that follows it was done: The key may not delete objects',
  ]);
});

test('a failure stays reported when the try after it was stopped', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  renameSync(scene.database.path, `${scene.database.path}.aside`);
  await nightshift(['backup'], scene.environment);
  scene.history.finishRun(
    scene.history.startRun('backup', 'shop', Temporal.Now.instant()),
    'interrupted',
    Temporal.Now.instant(),
  );
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    '  problem       the last run (DATE, AGE ago) was stopped at start',
    `  problem       the backup failed: The database ${scene.database.path} does not exist, but it was there before: shop.db-shm, shop.db-wal are still there`,
  ]);
});

test('a store that was emptied is a problem until the next good backup, also when nobody can be reached', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  for (const key of await scene.keys()) rmSync(path.join(scene.folder, 'store', 'sqlite-backups', key));
  const before = scene.history.newestGood('shop')?.key;
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    `  problem       ${scene.store.name} held no backup of shop before this one; the history knows ${before}, stored there or in another place`,
  ]);
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
});

test('a history that was started over is a problem until the next good backup, also when nobody can be reached', async (t) => {
  const scene = await makeScene(t);
  writeFileSync(path.join(scene.settings.stateDir, 'history.db'), 'x'.repeat(5000));
  await nightshift(['backup'], scene.environment);
  assert.equal((await nightshift(['status'], scene.environment)).code, 1);
  await nightshift(['backup'], scene.environment);
  assert.deepEqual(await status(scene.environment), [0, 'shop: ok, newest good backup is AGE old']);
});

test('a restore that was left unfinished is not ok: services may be down, and no backup runs', async (t) => {
  const scene = await makeScene(t);
  await backup(scene);
  writeFileSync(`${scene.database.path}.restore-journal`, '{}');
  assert.deepEqual(await status(scene.environment), [
    1,
    'shop: NOT OK, newest good backup is AGE old',
    '  problem       a restore was left unfinished, services may be down, and no backup runs until it is ended: `nightshift restore`',
  ]);
});
