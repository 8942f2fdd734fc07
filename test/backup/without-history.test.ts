import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { needs } from '../lab/parts.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { smallDisk } from '../small-disk.ts';
import { alertMails } from './mailed.ts';
import { makeScene } from './scene.ts';

const promised = /Backup completed successfully\n.*Backup uploaded to Object Storage\n/;
const garbage = 'not a database, but long enough to be read as one'.repeat(50);

async function place(t: TestContext) {
  const mails = await alertMails(t);
  const scene = await makeScene(t, mails.environment);
  return { ...scene, mails, backup: () => nightshift(['backup'], scene.environment) };
}

/** The scene, with a history of one good backup on a real small disk in place of the state folder. */
async function onSmallDisk(t: TestContext) {
  const { environment, ...rest } = await place(t);
  const disk = smallDisk(t, 'tmpfs', 1);
  const stateDir = disk.folder;
  const moved = { ...environment, STATE_DIR: stateDir };
  const backup = () => nightshift(['backup'], moved);
  assert.equal((await backup()).code, 0);
  return { ...rest, environment: moved, stateDir, disk, backup };
}

/** These runs go by the clock of this machine: on a Sunday there is a weekly, too. */
const dailies = async (keys: () => Promise<string[]>) => (await keys()).filter((key) => key.startsWith('daily/'));

test('a full state disk: the backup is made, printed, and one mail says without history', needs('root'), async (t) => {
  const { disk, backup, keys, mails, staged, environment } = await onSmallDisk(t);
  disk.fill();
  for (const count of [2, 3, 4]) {
    const { code, out, err } = await backup();
    assert.deepEqual([code, promised.test(out)], [0, true], err);
    assert.match(err, /WARNING STATE_UNWRITABLE: .*database or disk is full.* The backup continues without it\. /);
    assert.equal((await dailies(keys)).length, count);
  }
  assert.deepEqual(mails.subjects(), ['nightshift: backups run WITHOUT HISTORY (STATE_UNWRITABLE)']);
  // What keeps the budget meanwhile, and nothing else.
  assert.deepEqual(staged(), ['alerts.nightshift.json']);
  const status = await nightshift(['status'], environment);
  assert.equal(status.code, 1);
  assert.match(status.out, /^ {2}problem {7}the run history cannot be kept: /m);

  disk.free();
  for (const _ of [1, 2]) assert.equal((await backup()).err, '');
  assert.deepEqual(mails.subjects().slice(1), ['nightshift: backups of shop work again']);
  assert.deepEqual(staged(), []);
  assert.equal((await nightshift(['status'], environment)).code, 0);
});

test('with a full state disk a second, different failure is mailed too, and each once', needs('root'), async (t) => {
  const { disk, backup, mails, database } = await onSmallDisk(t);
  disk.fill();
  renameSync(database.path, `${database.path}.aside`);
  for (const _ of [1, 2]) assert.equal((await backup()).code, 1);
  rmSync(database.path, { force: true });
  writeFileSync(database.path, 'customer,total\n'.repeat(500));
  for (const _ of [1, 2]) assert.equal((await backup()).code, 1);
  assert.deepEqual(mails.subjects(), [
    'nightshift: backup of shop FAILED (DATABASE_MISSING) and 1 more',
    'nightshift: backup of shop FAILED (DATABASE_NOT_SQLITE) and 1 more',
  ]);
});

test('a state folder that cannot hold a history: backup and mail all the same', async (t) => {
  const { environment, mails, keys } = await place(t);
  const stateDir = path.join(environment['STAGING_DIR'] ?? '', '..', 'unusable');
  mkdirSync(path.join(stateDir, 'history.db'), { recursive: true });
  const broken = { ...environment, STATE_DIR: stateDir };
  for (const _ of [1, 2]) {
    const { code, out, err } = await nightshift(['backup'], broken);
    assert.deepEqual([code, promised.test(out)], [0, true], err);
  }
  assert.equal((await dailies(keys)).length, 2);
  assert.deepEqual(mails.subjects(), ['nightshift: backups run WITHOUT HISTORY (STATE_UNWRITABLE)']);
  assert.match(mails.texts()[0] ?? '', /^What that costs: /m);
});

test(
  'the service stays up without a history, is healthy by what it made, and writes it down once it can',
  needs('root'),
  async (t) => {
    const { disk, environment, stateDir, keys } = await onSmallDisk(t);
    rmSync(path.join(stateDir, 'history.db'));
    disk.fill();
    const port = '19189';
    const service = startNightshift(['backup', '--schedule'], { ...environment, HTTP_PORT: port });
    t.after(() => service.child.kill('SIGKILL'));
    await service.printed('next backup');
    assert.equal((await dailies(keys)).length, 2);
    const health = await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
    assert.match(health, /^healthy: shop: newest good backup is .* old; the run history cannot be kept: /);
    service.child.kill('SIGTERM');
    assert.equal((await service.finished).code, 0);
  },
);

test('a damaged history is renamed aside, a new one started, and a mail says what was lost', async (t) => {
  const { backup, mails, environment, settings, keys } = await place(t);
  assert.equal((await backup()).code, 0);
  writeFileSync(path.join(settings.stateDir, 'history.db'), garbage);
  const { code, out, err } = await backup();
  assert.deepEqual([code, promised.test(out)], [0, true], err);
  assert.match(err, /^\[.*\] WARNING The run history was damaged\. It is .*, and a new one was started\.\n$/);
  assert.equal((await dailies(keys)).length, 2);
  assert.deepEqual(mails.subjects(), ['nightshift: the run history was damaged; a new one was started']);
  const aside = readdirSync(settings.stateDir).filter((name) => name.includes('.damaged-'));
  assert.equal(aside.length, 1);
  assert.match(aside[0] ?? '', /^history\.db\.damaged-\d{4}-\d\d-\d\d_\d{6}$/);
  assert.equal(readFileSync(path.join(settings.stateDir, aside[0] ?? ''), 'utf8'), garbage);
  const history = openHistory(settings.stateDir);
  assert.deepEqual(
    history.runs('backup', 'shop', 9).map(({ outcome }) => outcome),
    ['succeeded'],
  );
  history.close();
  assert.equal((await backup()).code, 0);
  assert.equal(mails.subjects().length, 1);
  assert.equal((await nightshift(['status'], environment)).code, 0);
});

test('a service that starts on a damaged history begins a new one', async (t) => {
  const { environment, mails, settings, database } = await place(t);
  renameSync(database.path, `${database.path}.aside`);
  const service = startNightshift(['backup', '--schedule'], environment);
  t.after(() => service.child.kill('SIGKILL'));
  await service.printed('Mailed owner@example.com');
  service.child.kill('SIGTERM');
  assert.equal((await service.finished).code, 0);
  writeFileSync(path.join(settings.stateDir, 'history.db'), garbage);
  renameSync(`${database.path}.aside`, database.path);
  const again = startNightshift(['backup', '--schedule'], environment);
  t.after(() => again.child.kill('SIGKILL'));
  await again.printed('next backup');
  again.child.kill('SIGTERM');
  assert.equal((await again.finished).code, 0);
  assert.equal(mails.subjects()[0], 'nightshift: backup of shop FAILED (DATABASE_MISSING)');
  assert.ok(readdirSync(settings.stateDir).some((name) => name.startsWith('history.db.damaged-')));
});

test('status and health say that the history is damaged, not that none ran; list, prune and restore go on', async (t) => {
  const { backup, environment, settings, keys } = await place(t);
  assert.equal((await backup()).code, 0);
  const [key = ''] = await keys();
  writeFileSync(path.join(settings.stateDir, 'history.db'), garbage);
  for (const command of ['status', 'health']) {
    const { code, err } = await nightshift([command], environment);
    assert.equal(code, 1);
    assert.match(err, /^HISTORY_DAMAGED: The run history .*history\.db is damaged: file is not a database\.$/m);
  }
  const list = await nightshift(['list'], environment);
  assert.deepEqual([list.code, list.out.includes(path.basename(key))], [0, true]);
  assert.match(list.err, /WARNING HISTORY_DAMAGED: .* What this host read back is not known: STATE says less /);
  const prune = await nightshift(['prune', '--dry-run'], environment);
  assert.deepEqual([prune.code, prune.out.includes(key)], [0, true], prune.err);
  assert.match(prune.err, /WARNING HISTORY_DAMAGED: .* Which backup was verified last is not known\. /);
  const to = path.join(settings.stagingDir, 'look.db');
  const restore = await nightshift(['restore', path.basename(key), 'daily', '--to', to, '--yes'], environment);
  assert.deepEqual([restore.code, existsSync(to)], [0, true], restore.err);
  assert.match(
    restore.err,
    /WARNING HISTORY_DAMAGED: .* Whether this is the store that backups went to is not known\. /,
  );
  chmodSync(to, 0o600);
});
