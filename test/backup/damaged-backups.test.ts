import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { nightshift } from '../nightshift.ts';
import { damage, objectFile } from './faults.ts';
import { backUpOn, daily } from './november.ts';
import { makeScene, type Scene } from './scene.ts';

/** Each listed backup's day and state, then the lines that are not of the table. */
async function listed(scene: Scene): Promise<string[]> {
  const lines = (await scene.command(listCommand, [])).trimEnd().split('\n').slice(1);
  const state = /^\w+ +shop_2025-(\S+?)(?:_\d+)?\.db\.gz.* (verified|checked|damaged|unknown) /;
  return lines.map((line) => line.replace(state, '$1 $2\n').split('\n')[0] ?? '');
}

test('a backup that a run found damaged is listed as damaged from then on, also when STATE_DIR is lost', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 25);
  damage(objectFile(scene, daily(25)));
  const { damaged } = await backUpOn(scene, 26);
  assert.deepEqual(damaged, [daily(25)]);
  assert.deepEqual((await backUpOn(scene, 27)).damaged, [daily(25)]);
  const warning = `WARNING: ${daily(25)} is damaged: it was read back and did not verify`;
  const states = (state: string) => [`11-27 ${state}`, `11-26 ${state}`, '11-25 damaged'];
  assert.deepEqual((await listed(scene)).toSorted(), [...states('verified'), warning].toSorted());

  scene.history.close();
  rmSync(path.join(scene.settings.stateDir, 'history.db'));
  assert.deepEqual((await listed(scene)).toSorted(), [...states('checked'), warning].toSorted());
  const history = openHistory(scene.settings.stateDir);
  t.after(() => history.close());
  scene.setClock('2025-11-28T02:00:00');
  assert.deepEqual((await runBackup(scene.database, scene.deps({ history }))).damaged, [daily(25)]);
});

test('a damaged backup is never `latest`, nor copied from when the database is unchanged', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 24);
  await backUpOn(scene, 25);
  damage(objectFile(scene, daily(25)));
  await backUpOn(scene, 26);
  await scene.store.remove(daily(26));
  const { out } = await nightshift(['restore', 'latest', '--dry-run', '--no-docker'], scene.environment);
  assert.match(out, new RegExp(`^Restore ${daily(24)}`, 'm'));
  assert.ok(out.includes(`skipped ${daily(25)}, which was read back and did not verify`), out);
  const named = await nightshift(
    ['restore', 'shop_2025-11-25_020000.db.gz', '--dry-run', '--no-docker'],
    scene.environment,
  );
  assert.match(named.out, /NOTE: it is damaged: it was read back before and did not verify/);
  scene.lines.length = 0;
  await backUpOn(scene, 27);
  assert.ok(
    scene.lines.some((line) => line.startsWith(`copy: ${daily(24)} to ${daily(27)} on the server`)),
    scene.lines.join('\n'),
  );
});

test('a damaged backup takes no place among the newest, and goes when it is older than all that are kept', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  await backUpOn(scene, 24);
  await backUpOn(scene, 25);
  damage(objectFile(scene, daily(25)));
  const decisions = () => scene.lines.filter((line) => /^(keep|remove) /.test(line));
  await backUpOn(scene, 26);
  assert.deepEqual(decisions().slice(-3), [
    `keep   ${daily(26)} (the newest)`,
    `keep   ${daily(24)} (of the newest 2)`,
    `keep   ${daily(25)} (damaged, not counted)`,
  ]);
  const { damaged } = await backUpOn(scene, 27);
  assert.deepEqual(decisions().slice(-4), [
    `keep   ${daily(27)} (the newest)`,
    `keep   ${daily(26)} (of the newest 2)`,
    `remove ${daily(24)} (over 2, and the oldest)`,
    `remove ${daily(25)} (damaged, and older than all that are kept)`,
  ]);
  assert.deepEqual(damaged, []);
  assert.deepEqual(await scene.keys(), ['daily/shop_2025-11-26_020000.db.gz', 'daily/shop_2025-11-27_020000.db.gz']);
});

test('a damaged backup becomes no weekly, nor does a copy of one that was damaged after it was verified', async (t) => {
  const scene = await makeScene(t);
  await backUpOn(scene, 25);
  await backUpOn(scene, 26);
  damage(objectFile(scene, daily(26)));
  scene.sql("INSERT INTO notes VALUES ('more')");
  scene.setClock('2025-12-01T02:00:00');
  const { damaged, housekeeping } = await runBackup(scene.database, scene.deps());
  assert.deepEqual([damaged, housekeeping], [[daily(26)], null]);
  const warnings = scene.lines.filter((line) => line.startsWith(`WARNING ${daily(26)} does not verify`));
  assert.equal(warnings.length, 1, scene.lines.join('\n'));
  const weekly = 'sqlite-backups/weekly/shop_2025-W48.db.gz';
  assert.ok(scene.lines.includes(`weekly copy ${weekly} (its Sunday was missed)`));
  assert.deepEqual((await listed(scene)).slice(0, 4).toSorted(), [
    '11-25 verified',
    '11-26 damaged',
    '12-01 verified',
    'W48 verified',
  ]);
});

test('status is not ok while a damaged backup is in the store, and is again after it was removed', async (t) => {
  const scene = await makeScene(t);
  await nightshift(['backup'], scene.environment);
  const [key = ''] = (await scene.store.list('sqlite-backups/daily/')).map((object) => object.key);
  damage(objectFile(scene, key));
  const status = async () => {
    await sleep(1000);
    assert.equal((await nightshift(['backup'], scene.environment)).code, 0);
    const { code, out } = await nightshift(['status'], scene.environment);
    return [code, ...out.split('\n').filter((line) => line.startsWith('  problem'))];
  };
  const problem = `  problem       ${key} is damaged: it was read back and did not verify; this lasts until it is removed`;
  assert.deepEqual(await status(), [1, problem]);
  assert.deepEqual(await status(), [1, problem]);
  await scene.store.remove(key);
  assert.deepEqual(await status(), [0]);
  assert.deepEqual(
    (await scene.keys()).filter((name) => name.startsWith('meta/')),
    [],
  );
});
