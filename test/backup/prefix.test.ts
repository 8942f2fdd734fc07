import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { acceptCommand } from '../../jobs/backup/commands/accept-command.ts';
import { checkCommand } from '../../jobs/backup/commands/check-command.ts';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

const east = 'shops/east/';
const file = (day: number) => `shop_2025-11-${day}_020000.db.gz`;

/** A backup on each of these nights of November; the 30th is a Sunday. */
async function backUp(scene: Scene, days: readonly number[], prefix = east) {
  const settings = readBackupSettings({ ...scene.environment, BACKUP_PREFIX: prefix });
  for (const day of days) {
    scene.setClock(`2025-11-${day}T02:00:00`);
    scene.sql(`INSERT INTO notes VALUES ('${day}')`);
    await runBackup(scene.database, scene.deps({ settings }));
  }
}

const keysIn = async ({ store }: Scene) => (await store.list('')).map(({ key }) => key);

test('with BACKUP_PREFIX every key begins with it: kept, copied, listed, pruned and checked, beside those of another host', async (t) => {
  const scene = await makeScene(t, { BACKUP_PREFIX: 'shops/east', BACKUP_RETENTION_DAILY: '2' });
  const other = [`sqlite-backups/daily/${file(24)}`, `sqlite-backups/daily/${file(25)}`];
  await backUp(scene, [24, 25], 'sqlite-backups/');
  // A finding is kept in the details beside a backup.
  scene.sql('PRAGMA ignore_check_constraints = ON; CREATE TABLE stock (n CHECK (n > 0)); INSERT INTO stock VALUES (0)');
  await backUp(scene, [27, 28, 29, 30]);
  const own = [
    `${east}daily/${file(29)}`,
    `${east}daily/${file(30)}`,
    `${east}meta/${file(29)}.json`,
    `${east}meta/${file(30)}.json`,
    `${east}meta/shop_2025-W48.db.gz.json`,
    `${east}weekly/shop_2025-W48.db.gz`,
  ];
  assert.deepEqual(await keysIn(scene), [...own, ...other]);
  assert.ok(scene.lines.includes(`remove ${east}daily/${file(28)} (over 2, and the oldest)`));

  const listed = JSON.parse(await scene.command(listCommand, ['--json']));
  assert.deepEqual(
    listed.map(({ key }: { key: string }) => key),
    [own[1], own[5], own[0]],
  );
  assert.match(
    await scene.command(pruneCommand, ['--dry-run']),
    new RegExp(`^keep   ${own[1]} \\(the newest\\)$`, 'm'),
  );
  assert.equal(await scene.command(acceptCommand, [own[1] ?? '']), `${own[1]} is not suspect; nothing to accept.\n`);
  assert.match(await scene.command(checkCommand, []), new RegExp(`^ok    store, writing: ${east}check-`, 'm'));
  assert.deepEqual(await keysIn(scene), [...own, ...other]);
});

test('restore finds a backup below BACKUP_PREFIX by its name or its whole key, and no other host’s', async (t) => {
  const scene = await makeScene(t, { BACKUP_PREFIX: east });
  await backUp(scene, [28]);
  await backUp(scene, [29], 'sqlite-backups/');
  const restore = async (name: string) => {
    const to = path.join(scene.folder, `${name.replaceAll('/', '-')}.db`);
    const { code, err } = await nightshift(['restore', name, '--to', to], scene.environment);
    if (code !== 0) return err.split('\n').find((line) => line.startsWith('OBJECT_MISSING'));
    const database = new Sqlite(to, { readonly: true });
    const notes = database.prepare('SELECT group_concat(text) FROM notes').pluck().get();
    database.close();
    return notes;
  };
  for (const name of ['latest', file(28), `${east}daily/${file(28)}`]) assert.equal(await restore(name), 'first,28');
  assert.equal(
    await restore(file(29)),
    `OBJECT_MISSING: ${scene.store.name} has no backup "${file(29)}" below ${east}.`,
  );
});

test('a new BACKUP_PREFIX has none of the earlier backups: that is reported, and the old ones stay', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [28], 'sqlite-backups/');
  const settings = readBackupSettings({ ...scene.environment, BACKUP_PREFIX: east });
  scene.setClock('2025-11-29T02:00:00');
  const { storeEmptied } = await runBackup(scene.database, scene.deps({ settings }));
  assert.equal(
    storeEmptied,
    `${scene.store.name} held no backup of shop below ${east} before this one; the history knows sqlite-backups/daily/${file(28)}, stored there or in another place.`,
  );
  assert.deepEqual(await keysIn(scene), [`${east}daily/${file(29)}`, `sqlite-backups/daily/${file(28)}`]);
});
