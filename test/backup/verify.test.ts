import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { listCommand } from '../../jobs/backup/commands/list-command.ts';
import { statusCommand } from '../../jobs/backup/commands/status-command.ts';
import { statusText } from '../../jobs/backup/commands/status-text.ts';
import { verifyCommand } from '../../jobs/backup/commands/verify-command.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { statusOf } from '../../jobs/backup/status/status.ts';
import { verifyOld } from '../../jobs/backup/verification/verify-old.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { nightshift } from '../nightshift.ts';
import { makeScene, type Scene } from './scene.ts';

const key = (day: number, ending = '') => `sqlite-backups/daily/shop_2025-11-${day}_020000.db.gz${ending}`;
const inStore = ({ folder }: Scene, stored: string) => path.join(folder, 'store', stored);
const sound = 'verified: restored, and its integrity is sound';
const notCompared =
  'restored, and its integrity is sound; nothing is kept with it, so whether it is what was stored was not compared';

async function backUp(scene: Scene, days: readonly number[]) {
  for (const day of days) {
    scene.setClock(`2025-11-${day}T02:00:00`);
    scene.sql(`INSERT INTO notes VALUES ('${day}')`);
    await runBackup(scene.database, scene.deps());
  }
}

/** Other bytes than were stored, and the old size and times: what a folder cannot tell from the file's own facts. */
function damage(scene: Scene, stored: string) {
  const file = inStore(scene, stored);
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes.fill(0, middle, middle + 20);
  writeFileSync(file, bytes);
}

/** Runs `nightshift verify` in this process: what it printed, or what it failed with. */
async function verify(scene: Scene, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  try {
    return (await scene.command(verifyCommand, args)).trimEnd().split('\n');
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return [...lines, `${error.code}: ${error.message}`];
  }
}

const states = async (scene: Scene) =>
  JSON.parse(await scene.command(listCommand, ['--json'])).map(
    (one: { key: string; state: string; lastVerifiedAt: string | null }) => [one.key, one.state, one.lastVerifiedAt],
  );

test('verify restores what is named and checks it; list and status show when that was', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26, 27]);
  scene.setClock('2025-11-28T10:00:00');
  assert.deepEqual(await verify(scene, 'shop_2025-11-26_020000.db.gz'), [`ok    ${key(26)}: ${sound}`]);
  assert.deepEqual(await states(scene), [
    [key(27), 'verified', '2025-11-26T18:00:00Z'],
    [key(26), 'verified', '2025-11-28T02:00:00Z'],
  ]);
  scene.setClock('2025-11-28T12:00:00');
  assert.match(await scene.command(listCommand, []), /^daily {2}shop_2025-11-26\S+ .* {2}2 h 00 min ago$/m);
  scene.setClock('2025-11-27T03:00:00');
  const status = await scene.command(statusCommand, []);
  assert.match(status, /^ {2}read back {5}2025-11-27 02:00:00, 1 h 00 min ago$/m);
  assert.deepEqual(scene.staged(), []);
});

test('verify --all goes on after one that is damaged, names it, and it stays a problem until it is good again', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [25, 26, 27]);
  const file = inStore(scene, key(26));
  const whole = readFileSync(file);
  damage(scene, key(26));
  const { code, out, err } = await nightshift(['verify', '--all'], scene.environment);
  assert.equal(code, 1);
  const lines = out.trimEnd().split('\n');
  assert.deepEqual(
    [lines[0], lines[1]?.slice(0, lines[1].indexOf(': ')), lines[2]],
    [`ok    ${key(25)}: ${sound}`, `FAIL  ${key(26)}`, `ok    ${key(27)}: ${sound}`],
  );
  assert.match(err, new RegExp(`^BACKUP_WRONG: 1 of 3 backups could not be verified: ${key(26)}\\.$`, 'm'));
  assert.deepEqual(
    (await states(scene)).map(([stored, state]: string[]) => [stored, state]),
    [
      [key(27), 'verified'],
      [key(26), 'damaged'],
      [key(25), 'verified'],
    ],
  );
  await assert.rejects(scene.command(statusCommand, []), {
    code: 'BACKUP_PROBLEMS',
    message: /shop_2025-11-26_020000\.db\.gz does not verify/,
  });

  writeFileSync(file, whole);
  assert.deepEqual(await verify(scene, key(26)), [`ok    ${key(26)}: ${sound}`]);
  assert.deepEqual(scene.history.damagedBackups('shop'), []);
});

test('another whole backup in the place of one is not what was stored: it fails, whoever looks, and is listed as damaged', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [25, 26]);
  writeFileSync(inStore(scene, key(25)), readFileSync(inStore(scene, key(26))));
  const replaced = `${key(25)} is a whole backup, but not the bytes that were stored.`;
  const damaged = () => scene.history.damagedBackups('shop').map(({ message }) => message);
  const { code, out } = await nightshift(['verify', key(25)], scene.environment);
  assert.deepEqual([code, out], [1, `FAIL  ${key(25)}: READ_BACK_DIFFERS: ${replaced}\n`]);
  assert.deepEqual(damaged(), [replaced]);
  assert.deepEqual(
    (await states(scene)).map(([stored, state]: string[]) => [stored, state]),
    [
      [key(26), 'verified'],
      [key(25), 'damaged'],
    ],
  );
  scene.history.recordVerification(key(25), 'verified', scene.deps().clock.now());
  scene.setClock('2025-11-28T02:00:00');
  assert.equal((await verifyOld(scene.database, scene.deps())).kind, 'damaged');
  assert.deepEqual(damaged(), [replaced]);
});

test('a damaged backup is neither removed by the next run nor counted as read back, and is forgotten once it is gone', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26, 27]);
  scene.history.recordDamage('shop', { key: key(27), message: 'cut short' }, scene.deps().clock.now());
  assert.equal(scene.history.newestGood('shop')?.key, key(26));
  assert.deepEqual(scene.history.unverifiedKeys('shop'), []);
  await backUp(scene, [28]);
  assert.ok((await scene.keys()).includes('daily/shop_2025-11-27_020000.db.gz'));
  assert.deepEqual(
    scene.history.damagedBackups('shop').map((one) => one.key),
    [key(27)],
  );
  await scene.store.remove(key(27));
  await backUp(scene, [29]);
  assert.deepEqual(scene.history.damagedBackups('shop'), []);
});

test('of an encrypted backup without its key only the stored bytes are claimed, and of one without metadata nothing', async (t) => {
  const scene = await makeScene(t, { BACKUP_AGE_RECIPIENTS: await identityToRecipient(await generateIdentity()) });
  await backUp(scene, [26]);
  const checksum =
    'checksum only: it is encrypted, no key here opens it, and its stored bytes are those that were stored';
  assert.deepEqual(await verify(scene, '--all'), [`ok    ${key(26, '.age')}: ${checksum}`]);
  const other = path.join(scene.folder, 'other.txt');
  writeFileSync(other, await generateIdentity());
  assert.deepEqual(await verify(scene, '--all', '--identity', other), [`ok    ${key(26, '.age')}: ${checksum}`]);
  writeFileSync(inStore(scene, key(20, '.age')), readFileSync(inStore(scene, key(26, '.age'))));
  const { code, out } = await nightshift(['verify', key(20, '.age')], scene.environment);
  assert.equal(code, 1);
  assert.match(out, new RegExp(`^FAIL  ${key(20, '.age')}: ARCHIVE_IDENTITY_MISSING: `));
  assert.deepEqual(scene.history.lastVerifications().get(key(20, '.age')), undefined);
});

test('a backup of the old shell script is restored and its integrity checked; no database is no backup', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26]);
  writeFileSync(inStore(scene, key(24)), gzipSync(readFileSync(scene.database.path)));
  writeFileSync(inStore(scene, key(23)), gzipSync(Buffer.alloc(8192, 'x')));
  assert.deepEqual(await verify(scene, key(24)), [`ok    ${key(24)}: ${notCompared}`]);
  const named = `${key(22)}\u001b[2J.db.gz`;
  writeFileSync(inStore(scene, named), gzipSync(readFileSync(scene.database.path)));
  const shown = `${key(22)}\\u001b[2J.db.gz`;
  assert.deepEqual(await verify(scene, named), [`BACKUP_WRONG: 1 of 1 backup could not be verified: ${shown}.`]);
  const { code, out } = await nightshift(['verify', key(23)], scene.environment);
  assert.deepEqual([code, out.split(': ')[0]], [1, `FAIL  ${key(23)}`]);
});

test('damage of what belongs to no database here is in status, too, until it is gone', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26]);
  const foreign = 'sqlite-backups/daily/old-week.db.gz';
  writeFileSync(inStore(scene, foreign), gzipSync(Buffer.alloc(8192, 'x')));
  assert.deepEqual(await verify(scene, foreign), [`BACKUP_WRONG: 1 of 1 backup could not be verified: ${foreign}.`]);
  const [damaged] = scene.history.damagedOfOthers(['shop']);
  const problem = `${foreign} does not verify: ${damaged?.message.replace(/\.$/, '')}`;
  const now = scene.deps().clock.now();
  const status = await statusOf(scene.settings, scene.history, now);
  assert.deepEqual([status.problems, status.databases.map(({ ok }) => ok)], [[problem], [true]]);
  assert.ok(
    statusText(status, now, scene.settings.zone).includes(
      `\n\nother files in the store: NOT OK\n  problem       ${problem}\n\n`,
    ),
  );
  await assert.rejects(scene.command(statusCommand, []), {
    code: 'BACKUP_PROBLEMS',
    message: `Something is wrong with the backups: ${problem}.`,
  });
  await scene.store.remove(foreign);
  await backUp(scene, [27]);
  assert.deepEqual((await statusOf(scene.settings, scene.history, now)).problems, []);
});

test('verify by hand leaves the room in STAGING_DIR that a backup needs meanwhile', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26]);
  const large = path.join(scene.folder, 'large.db');
  writeFileSync(large, '');
  truncateSync(large, 2 ** 42);
  const environment = { ...scene.environment, DATABASE_PATH: `${scene.database.path},${large}` };
  const { code, out } = await nightshift(['verify', key(26)], environment);
  assert.equal(code, 1);
  assert.match(
    out,
    /^FAIL {2}\S+: DISK_FULL: .* free; the database in \S+, beside a backup that may run meanwhile, needs 8\.00 TiB/,
  );
  assert.deepEqual(scene.history.damagedBackups('shop'), []);
});

test('one that is removed, or replaced by another, while others are verified is no damaged one', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25, 26]);
  const lines: string[] = [];
  const out = (text: string) => {
    lines.push(text.trimEnd());
    if (lines.length > 1) return;
    rmSync(inStore(scene, key(25)));
    writeFileSync(inStore(scene, key(26)), gzipSync(readFileSync(scene.database.path)));
  };
  const { clock, signal } = scene.deps();
  const context = { environment: scene.environment, clock, signal, out, err: assert.fail, interactive: false };
  await verifyCommand(context).parseAsync(['--all'], { from: 'user' });
  assert.deepEqual(lines, [
    `ok    ${key(24)}: ${sound}`,
    `gone  ${key(25)}: it was removed meanwhile`,
    `ok    ${key(26)}: ${notCompared}`,
  ]);
  assert.deepEqual(scene.history.damagedBackups('shop'), []);
});

test('--sample takes the least recently verified first', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25, 26]);
  scene.setClock('2025-11-27T10:00:00');
  await verify(scene, key(24));
  assert.deepEqual(await verify(scene, '--sample', '2'), [`ok    ${key(25)}: ${sound}`, `ok    ${key(26)}: ${sound}`]);
});

test('what is to be verified is named, once, and is there', async (t) => {
  const scene = await makeScene(t);
  const place = `below sqlite-backups/ in ${scene.store.name}`;
  assert.deepEqual(await verify(scene, '--all'), [`OBJECT_MISSING: There is no backup ${place}.`]);
  await backUp(scene, [26]);
  assert.deepEqual(await verify(scene), ['ARGUMENT_INVALID: Nothing was named to verify.']);
  assert.deepEqual(await verify(scene, 'x', '--all'), ['ARGUMENT_INVALID: x and --all cannot be combined.']);
  assert.deepEqual(await verify(scene, 'x.db.gz'), [
    `OBJECT_MISSING: ${scene.store.name} has no backup "x.db.gz" below sqlite-backups/.`,
  ]);
  assert.equal(readBackupSettings(scene.environment).verifyBytes, 1024 ** 3);
});

test('where STATE_DIR and STAGING_DIR are missing, verify makes them and says so', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26]);
  const [state, staging] = [path.join(scene.folder, 'state2'), path.join(scene.folder, 'staging2')];
  const made = { ...scene.environment, STATE_DIR: state, STAGING_DIR: staging };
  const { code, out, err } = await nightshift(['verify', key(26)], made);
  assert.deepEqual([code, out], [0, `ok    ${key(26)}: ${sound}\n`]);
  assert.deepEqual(err.trimEnd().split('\n'), [
    `made the folder ${state}, which was missing (STATE_DIR)`,
    `made the folder ${staging}, which was missing (STAGING_DIR)`,
  ]);
});

test('what a killed verification left in STAGING_DIR is removed by the next, a day later; a newer one may be at work', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [26]);
  for (const [name, at] of [
    ['verify.nightshift-killed', '2025-11-25T01:00:00+08:00'],
    ['verify.nightshift-other', '2025-11-26T01:00:00+08:00'],
  ] as const) {
    const folder = path.join(scene.settings.stagingDir, name);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'verify.db'), 'a whole database');
    utimesSync(folder, new Date(at), new Date(at));
  }
  assert.deepEqual(await verify(scene, key(26)), [`ok    ${key(26)}: ${sound}`]);
  assert.deepEqual(scene.staged(), ['verify.nightshift-other']);
});
