import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { nightshift } from '../nightshift.ts';
import { first, objectFile } from './faults.ts';
import { makeScene, type Scene } from './scene.ts';

const second = 'sqlite-backups/daily/shop_2025-11-28_020000.db.gz';

/** A good backup, and after it one of an emptied database, which is suspect. */
async function sceneWithSuspect(t: Parameters<typeof makeScene>[0]): Promise<Scene> {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  scene.sql('DELETE FROM orders');
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.deps());
  return scene;
}

const touch = (scene: Scene, key: string) =>
  utimesSync(objectFile(scene, key), new Date('2026-11-28T00:00:00Z'), new Date('2026-11-28T00:00:00Z'));
const hiddenFiles = (scene: Scene) =>
  readdirSync(path.dirname(objectFile(scene, first))).filter((name) => name.startsWith('.'));

async function statesOf(scene: Scene): Promise<string[]> {
  const listed = JSON.parse(await scene.command(listCommand, ['--json']));
  return listed.map(({ name, state, suspectStatus }: Record<string, string>) => `${name} ${state} ${suspectStatus}`);
}

async function planOfLatest(scene: Scene): Promise<string> {
  const plan = await nightshift(['restore', 'latest', '--dry-run', '--no-docker'], scene.environment);
  return `${plan.out}${plan.err}`;
}

test('backups whose files got other times are what they were: listed, suspect, passed over, and nothing is cleared away', async (t) => {
  const scene = await sceneWithSuspect(t);
  const before = await statesOf(scene);
  assert.deepEqual(before, [
    'shop_2025-11-28_020000.db.gz verified open',
    'shop_2025-11-27_020000.db.gz verified null',
  ]);
  for (const key of [first, second]) touch(scene, key);
  assert.match(await planOfLatest(scene), /^\nRestore sqlite-backups\/daily\/shop_2025-11-27_020000\.db\.gz\n/);
  scene.lines.length = 0;
  scene.setClock('2025-11-29T02:00:00');
  await runBackup(scene.database, scene.deps());
  assert.deepEqual(
    scene.lines.filter((line) => line.startsWith('aborted')),
    [],
  );
  assert.deepEqual(await statesOf(scene), ['shop_2025-11-29_020000.db.gz verified open', ...before]);
});

test('a stored backup that was cut or altered is called changed, keeps its facts beside it, and is not latest beside a good one', async (t) => {
  for (const change of [
    (file: string) => truncateSync(file, 900),
    (file: string) => appendFileSync(file, 'x'),
    (file: string) => writeFileSync(file, Buffer.alloc(statSync(file).size, 'x')),
    (file: string) => writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)), { level: 1 })),
  ]) {
    const scene = await sceneWithSuspect(t);
    const hidden = hiddenFiles(scene);
    change(objectFile(scene, second));
    touch(scene, second);
    assert.deepEqual(await statesOf(scene), [
      'shop_2025-11-28_020000.db.gz changed null',
      'shop_2025-11-27_020000.db.gz verified null',
    ]);
    const plan = await planOfLatest(scene);
    assert.match(plan, /^\nRestore sqlite-backups\/daily\/shop_2025-11-27_020000\.db\.gz\n/);
    assert.ok(plan.includes(`NOTE: skipped ${second}, which changed since it was stored\n`), plan);
    scene.lines.length = 0;
    scene.setClock('2025-11-29T02:00:00');
    await runBackup(scene.database, scene.deps());
    assert.deepEqual(
      scene.lines.filter((line) => line.startsWith('aborted') || line.includes('changed')),
      [`WARNING 1 stored backup changed since nightshift stored it, damaged or replaced:\n  ${second}`],
    );
    assert.deepEqual(
      hiddenFiles(scene).filter((name) => hidden.includes(name)),
      hidden,
    );
  }
});

test('the only backup, recompressed by hand, is restored with a remark', async (t) => {
  const scene = await makeScene(t);
  await runBackup(scene.database, scene.deps());
  const file = objectFile(scene, first);
  writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)), { level: 1 }));
  touch(scene, first);
  const name = path.basename(first);
  for (const selector of ['latest', name]) {
    const plan = await nightshift(['restore', selector, '--dry-run', '--no-docker'], scene.environment);
    assert.match(plan.out, /NOTE: it changed since nightshift stored it: what was known of it is not used\n/);
  }
  const out = path.join(scene.folder, 'restored.db');
  const restored = await nightshift(['restore', name, '--to', out, '--yes', '--no-docker'], scene.environment);
  assert.equal(restored.code, 0, restored.err);
});

test('a changed backup takes no place among the newest, and is left to be removed by hand', async (t) => {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  await runBackup(scene.database, scene.deps());
  scene.setClock('2025-11-28T02:00:00');
  await runBackup(scene.database, scene.deps());
  truncateSync(objectFile(scene, second), 900);
  touch(scene, second);
  scene.setClock('2025-11-29T02:00:00');
  scene.lines.length = 0;
  await runBackup(scene.database, scene.deps());
  assert.deepEqual(
    scene.lines.filter((line) => /^(keep|remove) /.test(line)),
    [
      'keep   sqlite-backups/daily/shop_2025-11-29_020000.db.gz (the newest)',
      `keep   ${first} (of the newest 2)`,
      `keep   ${second} (changed since it was stored: ignored, remove it by hand)`,
    ],
  );
});
