import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { acceptCommand } from '../../jobs/backup/commands/accept-command.ts';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { backUpOn, daily } from './november.ts';
import { makeScene } from './scene.ts';

test('accepting the newest suspect takes older ones of the same reason along, and says what is still open', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM notes');
  await backUpOn(scene, 25);
  scene.sql("INSERT INTO notes VALUES ('again'); DELETE FROM orders");
  await backUpOn(scene, 26);
  await backUpOn(scene, 27);
  // The notes are there again in the backup of the 26th, but that one is suspect itself, and says nothing.
  assert.equal(
    await scene.command(acceptCommand, ['shop_2025-11-27_020000.db.gz']),
    [
      `Accepted ${daily(27)} (table orders lost all rows (had 2,000 in shop_2025-11-24_020000.db.gz)).`,
      `Accepted ${daily(26)} (table orders lost all rows (had 2,000 in shop_2025-11-24_020000.db.gz)).`,
      'Still open, so the next backup does not prune yet:',
      `  nightshift accept ${daily(25)}   # table notes lost all rows (had 1 in shop_2025-11-24_020000.db.gz)`,
      '',
    ].join('\n'),
  );
  assert.equal(
    await scene.command(acceptCommand, [daily(25)]),
    `Accepted ${daily(25)} (table notes lost all rows (had 1 in shop_2025-11-24_020000.db.gz)).\nThe next backup prunes and makes weekly copies again.\n`,
  );
  await backUpOn(scene, 28);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-28_020000.db.gz']);
});

test('what was accepted is known from the store: losing STATE_DIR reopens nothing', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM orders');
  await backUpOn(scene, 25);
  await scene.command(acceptCommand, [daily(25)]);
  scene.history.close();
  rmSync(path.join(scene.settings.stateDir, 'history.db'));
  const history = openHistory(scene.settings.stateDir);
  t.after(() => history.close());
  scene.setClock('2025-11-26T02:00:00');
  const { suspicion } = await runBackup(scene.database, scene.deps({ history }));
  assert.equal(suspicion, null);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-26_020000.db.gz']);
  assert.deepEqual(history.acceptedKeys(), new Set([daily(25)]));
});

test('a suspicion is over by itself once a later backup has the rows again', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  await backUpOn(scene, 24);
  scene.sql('ALTER TABLE orders RENAME TO lost');
  scene.sql('CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL); DELETE FROM lost');
  assert.notEqual((await backUpOn(scene, 25)).suspicion, null);
  scene.sql('DROP TABLE orders; ALTER TABLE lost RENAME TO orders');
  scene.sql(
    'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO orders SELECT i, 1 FROM n',
  );
  const back = await backUpOn(scene, 26);
  assert.deepEqual([back.suspicion, back.disproved], [null, [daily(25)]]);
  assert.ok(
    scene.lines.includes(`${daily(25)} was suspect; its rows are there again, so it no longer blocks copies and prune`),
  );
  assert.match(await scene.command(listCommand, []), /shop_2025-11-25_020000.db.gz .* verified, was suspect/);
  assert.equal(
    await scene.command(acceptCommand, [daily(25)]),
    `${daily(25)} was suspect (table orders lost all rows (had 2,000 in shop_2025-11-24_020000.db.gz)), and a later backup has the rows again; nothing to accept.\n`,
  );
  await backUpOn(scene, 27);
  assert.deepEqual(
    (await scene.keys()).filter((key) => key.startsWith('daily')),
    ['daily/shop_2025-11-26_020000.db.gz', 'daily/shop_2025-11-27_020000.db.gz'],
  );
});

test('a queue that is full one day and empty the next is no alarm when it was empty before', async (t) => {
  const scene = await makeScene(t);
  scene.sql('CREATE TABLE queue (id INTEGER PRIMARY KEY)');
  await backUpOn(scene, 24);
  scene.sql('INSERT INTO queue VALUES (1), (2)');
  await backUpOn(scene, 25);
  scene.sql('DELETE FROM queue');
  assert.equal((await backUpOn(scene, 26)).suspicion, null);
  assert.ok(scene.lines.includes('compare: table queue is empty again, as it was in an earlier good backup'));
});

test('BACKUP_SUSPECT_IGNORE names tables that come and go', async (t) => {
  const scene = await makeScene(t, { BACKUP_SUSPECT_IGNORE: 'notes, sessions' });
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM notes');
  assert.equal((await backUpOn(scene, 25)).suspicion, null);
});

test('a VACUUM that makes the file small is no alarm', async (t) => {
  const scene = await makeScene(t);
  scene.sql('CREATE TABLE attachments (id INTEGER PRIMARY KEY, content BLOB)');
  scene.sql('INSERT INTO attachments VALUES (1, zeroblob(3000000)), (2, zeroblob(10))');
  scene.sql('DELETE FROM attachments WHERE id = 1');
  await backUpOn(scene, 24);
  scene.sql('VACUUM');
  assert.equal((await backUpOn(scene, 25)).suspicion, null);
});

test('a store that lost all its backups gets a new one, is reported as empty, and nothing is pruned', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpOn(scene, 24);
  await scene.store.remove(daily(24));
  scene.sql('DELETE FROM orders WHERE id > 10');
  const { storeEmptied, suspicion, verification } = await backUpOn(scene, 25);
  assert.equal(verification, 'verified');
  assert.equal(
    storeEmptied,
    `${scene.store.name} held no backup of shop before this one; the history knows ${daily(24)}, stored there or in another place.`,
  );
  assert.equal(suspicion?.reason, 'under half the rows: 11 after 2,001 in shop_2025-11-24_020000.db.gz');
});

test('one new row in a table that lost all is no disproof: nothing is pruned until a person has looked', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM orders');
  await backUpOn(scene, 25);
  scene.sql('INSERT INTO orders VALUES (1, 1)');
  const { disproved } = await backUpOn(scene, 26);
  assert.deepEqual(disproved, []);
  assert.deepEqual(
    await scene.keys(),
    [24, 25, 26].map((day) => daily(day).slice('sqlite-backups/'.length)),
  );
});

test('a disproved suspect becomes no weekly: the last good daily of its week does', async (t) => {
  const scene = await makeScene(t);
  scene.setClock('2025-11-22T02:00:00');
  await runBackup(scene.database, scene.deps());
  scene.sql('CREATE TABLE kept AS SELECT * FROM orders; DELETE FROM orders');
  scene.setClock('2025-11-23T02:00:00');
  assert.notEqual((await runBackup(scene.database, scene.deps())).suspicion, null);
  scene.sql('INSERT INTO orders SELECT * FROM kept');
  await backUpOn(scene, 24);
  const weekly = await scene.store.head('sqlite-backups/weekly/shop_2025-W47.db.gz');
  assert.equal(weekly?.metadata['taken-at'], '2025-11-21T18:00:00Z');
  assert.equal(weekly?.metadata['suspect'], undefined);
});

test('a suspect is known from the store: losing STATE_DIR leaves status as it was', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM orders');
  await backUpOn(scene, 25);
  scene.history.close();
  rmSync(path.join(scene.settings.stateDir, 'history.db'));
  const history = openHistory(scene.settings.stateDir);
  t.after(() => history.close());
  scene.sql('INSERT INTO orders VALUES (1, 1)');
  scene.setClock('2025-11-26T02:00:00');
  await runBackup(scene.database, scene.deps({ history }));
  assert.deepEqual(history.openSuspects('shop'), [
    { key: daily(25), reason: 'table orders lost all rows (had 2,000 in shop_2025-11-24_020000.db.gz)' },
  ]);
});

test('a suspicion that was over while STATE_DIR was lost is over for status too, after the next run or accept', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 24);
  scene.sql('CREATE TABLE kept AS SELECT * FROM orders; DELETE FROM orders');
  await backUpOn(scene, 25);
  const elsewhere = path.join(scene.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const other = openHistory(elsewhere);
  t.after(() => other.close());
  scene.sql('INSERT INTO orders SELECT * FROM kept');
  scene.setClock('2025-11-26T02:00:00');
  await runBackup(scene.database, scene.deps({ history: other }));
  assert.equal(scene.history.openSuspects('shop').length, 1);
  await scene.command(acceptCommand, [daily(25)]);
  assert.deepEqual(scene.history.openSuspects('shop'), []);
});

test('a backup whose metadata cannot be read costs no new one: it is stored, and nothing is pruned', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  await backUpOn(scene, 24);
  await backUpOn(scene, 25);
  const denied = new Failure('STORE_DENIED', 'this key may not look at it', 'give it the right');
  const store = {
    ...scene.store,
    head: (key: string, signal?: AbortSignal) =>
      key === daily(25) ? Promise.reject(denied) : scene.store.head(key, signal),
  };
  scene.setClock('2025-11-26T02:00:00');
  const { verification, housekeeping } = await runBackup(scene.database, scene.deps({ store }));
  assert.deepEqual([verification, housekeeping], ['verified', denied]);
  assert.deepEqual((await scene.keys()).length, 2);
});

test('an unchanged copy of an open suspect is suspect too, also when nothing else can be compared', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 24);
  scene.sql('DELETE FROM orders');
  const { suspicion } = await backUpOn(scene, 25);
  await scene.store.remove(daily(24));
  scene.setClock('2025-11-26T02:00:00');
  const elsewhere = path.join(scene.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const history = openHistory(elsewhere);
  t.after(() => history.close());
  assert.equal((await runBackup(scene.database, scene.deps({ history }))).suspicion?.reason, suspicion?.reason);
});
