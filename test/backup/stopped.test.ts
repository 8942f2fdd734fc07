import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { alertMails } from './mailed.ts';
import { makeScene } from './scene.ts';
import { startSwitch } from './switch.ts';

/** Two databases, of which the first is garbage and the second is locked by somebody else. */
async function place(t: TestContext) {
  const mails = await alertMails(t);
  const deadMan = await startSwitch(t);
  const scene = await makeScene(t, { ...mails.environment, BACKUP_PING_URL: deadMan.url });
  const { database, folder, settings } = scene;
  const garbage = path.join(folder, 'data', 'garbage.db');
  writeFileSync(garbage, 'customer,total\n'.repeat(500));
  const { log, signal } = scene.deps();
  const lock = await acquireLock(database.path, settings.stateDir, { holder: 'backup', wait: false, log, signal });
  t.after(() => lock.release());
  return { scene, mails, deadMan, environment: { ...scene.environment, DATABASE_PATH: `${garbage},${database.path}` } };
}

test('a run stopped while it waits for the second database reports what the first one failed at', async (t) => {
  const { mails, deadMan, environment } = await place(t);
  const run = startNightshift(['backup'], environment);
  await run.printed('waiting for ');
  await run.printed('DATABASE_NOT_SQLITE: ');
  run.child.kill('SIGTERM');
  const { code, err } = await run.finished;
  assert.deepEqual([code, err.match(/[A-Z_]{8,}(?=: )/g)], [4, ['DATABASE_NOT_SQLITE', 'INTERRUPTED']], err);
  assert.deepEqual(mails.subjects(), ['nightshift: backup of garbage FAILED (DATABASE_NOT_SQLITE)']);
  assert.deepEqual(deadMan.heard, ['/start ', '/fail not backed up: garbage']);
  const status = await nightshift(['status'], environment);
  assert.match(status.out, /^garbage: NOT OK, .*\n {2}problem .* failed at /m);
});

test('the service, stopped in the second database, reports what the first one failed at', async (t) => {
  const { mails, deadMan, environment } = await place(t);
  const service = startNightshift(['backup', '--schedule'], { ...environment, STOP_GRACE_SECONDS: '0' });
  await service.printed('waiting for ');
  service.child.kill('SIGTERM');
  assert.equal((await service.finished).code, 0);
  assert.deepEqual(mails.subjects(), ['nightshift: backup of garbage FAILED (DATABASE_NOT_SQLITE)']);
  assert.deepEqual(deadMan.heard, ['/start ', '/fail not backed up: garbage']);
});
