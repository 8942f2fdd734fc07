import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { acceptCommand } from '../../jobs/backup/commands/accept-command.ts';
import { checkCommand } from '../../jobs/backup/commands/check-command.ts';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { pruneCommand } from '../../jobs/backup/commands/prune-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { statusOf } from '../../jobs/backup/status/status.ts';
import { type History, noInstances } from '../../jobs/monitoring/history/history.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

const key = (day: number, time = '020000') => `sqlite-backups/daily/shop_2025-11-${day}_${time}.db.gz`;
const host = hostname();
const byOther = (day: number, more = '') =>
  `${key(day)}, 2025-11-${day} 02:00:00, was taken by another host (${host})${more}. Nothing is pruned and no copy for longer is made until a person says which it is.`;

/** A scene, and the history of a second host with the same settings, which keeps two dailies. */
async function twoHosts(t: TestContext) {
  const scene = await makeScene(t, { BACKUP_RETENTION_DAILY: '2' });
  const stateDir = path.join(scene.folder, 'state-of-other');
  mkdirSync(stateDir);
  const other = openHistory(stateDir);
  t.after(() => other.close());
  return { scene, other };
}

async function backUp(scene: Scene, day: number, history: History = scene.history) {
  scene.setClock(`2025-11-${day}T02:00:00`);
  scene.sql(`INSERT INTO notes VALUES ('${day}')`);
  return await runBackup(scene.database, scene.deps({ history }));
}

test('another host’s backup among ours: both runs say so, and neither prunes or copies', async (t) => {
  const { scene, other } = await twoHosts(t);
  for (const day of [20, 21, 22]) assert.equal((await backUp(scene, day)).housekeeping, null);
  assert.deepEqual(
    await scene.keys(),
    [21, 22].map((day) => key(day).slice('sqlite-backups/'.length)),
  );
  const first = (await backUp(scene, 23, other)).housekeeping;
  assert.deepEqual(
    [first?.code, first?.message],
    ['STORE_SHARED', byOther(22, ', the newest of 2 backups by other hosts')],
  );
  const second = (await backUp(scene, 24)).housekeeping;
  assert.deepEqual([second?.code, second?.message], ['STORE_SHARED', byOther(23)]);
  assert.equal((await scene.keys()).length, 4);
  const now = scene.deps().clock.now();
  const [shop] = (await statusOf(scene.settings, scene.history, now)).databases;
  assert.deepEqual(shop?.problems, [
    `the last backup is safe, but not all that follows it was done: ${byOther(23).slice(0, -1)}`,
  ]);
});

test('list, check, prune and the plan of a restore name the other host', async (t) => {
  const { scene, other } = await twoHosts(t);
  await backUp(scene, 26);
  await backUp(scene, 27, other);
  const listed = await scene.command(listCommand, []);
  assert.match(listed, /shop_2025-11-27_020000\.db\.gz .* checked, other host /);
  assert.match(listed, /shop_2025-11-26_020000\.db\.gz .* verified {2}/);
  assert.ok(listed.includes(`WARNING STORE_SHARED: ${byOther(27)}`), listed);
  const [entry] = JSON.parse(
    await scene.command(listCommand, ['--json']).then((text) => text.slice(0, text.lastIndexOf(']') + 1)),
  );
  assert.deepEqual([entry.host, entry.otherHost], [host, true]);
  assert.ok((await scene.command(checkCommand, [])).includes(`STORE_SHARED: ${byOther(27)}`));
  assert.ok((await scene.command(pruneCommand, ['--dry-run'])).includes(`WARNING STORE_SHARED: ${byOther(27)}`));
  await assert.rejects(scene.command(pruneCommand, []), { code: 'STORE_SHARED' });
  const plan = async (name: string) =>
    (await nightshift(['restore', name, '--dry-run'], scene.environment)).out.match(/NOTE: .*another host.*/g);
  assert.deepEqual(await plan('latest'), [`NOTE: skipped ${key(27)}, which another host (${host}) took`]);
  assert.deepEqual(await plan(key(27)), [
    `NOTE: another host (${host}) took it: BACKUP_PREFIX is shared, or this host took the place of that one`,
  ]);
});

test('a snapshot is compared with this host’s own last backup, not with the other’s', async (t) => {
  const { scene, other } = await twoHosts(t);
  await backUp(scene, 24);
  scene.sql('CREATE TABLE of_other (id INTEGER PRIMARY KEY); INSERT INTO of_other VALUES (1), (2)');
  assert.equal((await backUp(scene, 25, other)).suspicion, null);
  scene.sql('DELETE FROM of_other');
  assert.equal((await backUp(scene, 26)).suspicion, null);
  assert.match((await backUp(scene, 27, other)).suspicion?.reason ?? '', /^table of_other lost all rows/);
});

test('once it is said that this host replaced the other, its backups count; what that one takes later is reported again', async (t) => {
  const { scene, other } = await twoHosts(t);
  for (const day of [22, 23]) await backUp(scene, day, other);
  await backUp(scene, 24);
  assert.deepEqual(
    (await scene.command(acceptCommand, ['--replaced-host'])).split('\n').map((line) => line.slice(0, 70)),
    [
      `Accepted 2 backups of shop by ${host}.`,
      '  its newest          2025-11-23 02:00:00, 24 h 00 min ago: 2,003 rows',
      '  newest of this host 2025-11-24 02:00:00, 0.0 s ago: 2,004 rows, 40.0',
      "They are this host's from now on; what another host takes after this m",
      '',
    ],
  );
  assert.equal(
    await scene.command(acceptCommand, ['--replaced-host']),
    "No backup below sqlite-backups/ is another host's; nothing to accept.\n",
  );
  assert.equal((await backUp(scene, 25)).housekeeping, null);
  assert.deepEqual(
    (await scene.keys()).filter((one) => one.startsWith('daily/')),
    [24, 25].map((day) => key(day).slice('sqlite-backups/'.length)),
  );
  await backUp(scene, 26, other);
  assert.equal((await backUp(scene, 27)).housekeeping?.message, byOther(26));
});

test('a STATE_DIR that was lost makes this another host: the backup is made, nothing is pruned, and one word ends it', async (t) => {
  const { scene, other: lost } = await twoHosts(t);
  for (const day of [22, 23]) await backUp(scene, day, lost);
  const { housekeeping, verification } = await backUp(scene, 24);
  assert.deepEqual([verification, housekeeping?.code], ['verified', 'STORE_SHARED']);
  assert.match(housekeeping?.hint ?? '', /lost its STATE_DIR: nightshift accept --replaced-host$/);
  await scene.command(acceptCommand, ['--replaced-host']);
  assert.equal((await backUp(scene, 25)).housekeeping, null);
});

test('one thing is accepted at a time', async (t) => {
  const { scene } = await twoHosts(t);
  const refused = (args: readonly string[]) =>
    scene.command(acceptCommand, args).then(
      () => assert.fail('accepted'),
      (error: Failure) => error.message,
    );
  assert.equal(await refused([]), 'Nothing was named to accept.');
  assert.equal(await refused(['x', '--replaced-host']), 'x and --replaced-host were given at once.');
});

test('a store without this host’s own backups is not said to hold none while another host’s are there', async (t) => {
  const { scene, other } = await twoHosts(t);
  await backUp(scene, 24);
  await backUp(scene, 25, other);
  const { store, signal } = scene.deps();
  await store.remove(key(24), signal);
  const { storeEmptied } = await backUp(scene, 26);
  assert.equal(
    storeEmptied,
    `${store.name} held no backup of shop, but 1 by other hosts, before this one; the history knows ${key(24)}, stored there or in another place.`,
  );
});

test('who does not know which of two hosts it is prunes nothing, by hand or after a backup', async (t) => {
  const { scene, other } = await twoHosts(t);
  for (const day of [24, 25]) await backUp(scene, day);
  for (const day of [26, 27]) await backUp(scene, day, other);
  const before = await scene.keys();
  const environment = { ...scene.environment, STATE_DIR: path.join(scene.folder, 'no-state') };
  mkdirSync(environment.STATE_DIR);
  const message = `2 hosts (${host}) took these backups, and this STATE_DIR does not say which of them is this one.`;
  const refused = await nightshift(['prune'], environment);
  assert.deepEqual([refused.code, refused.err.includes(`STORE_SHARED: ${message}`)], [1, true], refused.err);
  assert.match((await nightshift(['prune', '--dry-run'], environment)).err, /^WARNING STORE_SHARED: 2 hosts /);
  assert.deepEqual(await scene.keys(), before);
  const history = { ...scene.history, instances: () => noInstances };
  const { housekeeping } = await backUp(scene, 28, history);
  assert.deepEqual([housekeeping?.code, housekeeping?.message.startsWith(message)], ['STORE_SHARED', true]);
  assert.equal((await scene.keys()).length, before.length + 1);
});
