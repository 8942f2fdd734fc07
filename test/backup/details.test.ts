import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { backUpOn, daily } from './november.ts';
import { makeScene, type Scene } from './scene.ts';

const tables = Array.from({ length: 60 }, (_, index) => `department_${index}_of_the_shop`);

function makeDepartments(scene: Scene, rows: number): void {
  const fill = (table: string) => `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, text TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO ${table} SELECT i, 'x' FROM n;`;
  scene.sql(tables.map(fill).join('\n'));
}

test('60,000 rows deleted from 60 tables are noticed, and nothing is pruned', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  makeDepartments(scene, 1000);
  await backUpOn(scene, 24);
  scene.sql(tables.map((table) => `DELETE FROM ${table};`).join('\n'));
  const { suspicion } = await backUpOn(scene, 25);
  assert.equal(
    suspicion?.reason,
    'table department_0_of_the_shop and 59 more tables lost all rows (had 1,000 in shop_2025-11-24_020000.db.gz)',
  );
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-11-24_020000.db.gz',
    'daily/shop_2025-11-25_020000.db.gz',
    'meta/shop_2025-11-24_020000.db.gz.json',
    'meta/shop_2025-11-25_020000.db.gz.json',
  ]);
});

test('when the row counts of many tables were lost, the totals are compared, and the log says so', async (t) => {
  const scene = await makeScene(t);
  makeDepartments(scene, 100);
  await backUpOn(scene, 24);
  await scene.store.remove('sqlite-backups/meta/shop_2025-11-24_020000.db.gz.json');
  scene.sql(`${tables.map((table) => `DELETE FROM ${table};`).join('\n')} DELETE FROM orders WHERE id > 1500;`);
  const { suspicion } = await backUpOn(scene, 25);
  assert.equal(suspicion?.reason, 'under half the rows: 1,501 after 8,001 in shop_2025-11-24_020000.db.gz');
  assert.ok(
    scene.lines.includes(
      'compare: the row counts of single tables are not known of shop_2025-11-24_020000.db.gz: only rows and size in total were compared',
    ),
    scene.lines.join('\n'),
  );
});

test('facts kept beside a backup go with it, and no list shows them', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '1' });
  makeDepartments(scene, 1);
  await backUpOn(scene, 29);
  scene.sql('DELETE FROM notes WHERE 0; INSERT INTO notes VALUES (1)');
  await backUpOn(scene, 30);
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-11-30_020000.db.gz',
    'meta/shop_2025-11-30_020000.db.gz.json',
    'meta/shop_2025-W48.db.gz.json',
    'weekly/shop_2025-W48.db.gz',
  ]);
  assert.doesNotMatch(await scene.command(listCommand, []), /meta|json/);
});

test('facts of a backup that is gone are cleared away', async (t) => {
  const scene = await makeScene(t);
  makeDepartments(scene, 1);
  for (const day of [24, 25]) await backUpOn(scene, day);
  await scene.store.remove(daily(24));
  await backUpOn(scene, 26);
  assert.deepEqual(await scene.keys(), [
    'daily/shop_2025-11-25_020000.db.gz',
    'daily/shop_2025-11-26_020000.db.gz',
    'meta/shop_2025-11-25_020000.db.gz.json',
    'meta/shop_2025-11-26_020000.db.gz.json',
  ]);
});
