import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { problemsOfVerification } from '../../jobs/backup/alerts/verification-problems.ts';
import { statusText } from '../../jobs/backup/commands/status-text.ts';
import { runBackup } from '../../jobs/backup/run.ts';
import { statusOf } from '../../jobs/backup/status/status.ts';
import { leastRecentlyVerified, oldBackupDue } from '../../jobs/backup/verification/due.ts';
import { verifyOldInChildProcess } from '../../jobs/backup/verification/verify-in-child-process.ts';
import { verifyOld } from '../../jobs/backup/verification/verify-old.ts';
import type { LastVerification } from '../../jobs/monitoring/history/history.ts';
import { openResilientHistory } from '../../jobs/monitoring/history/resilient-history.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { createLog } from '../../jobs/runtime/log.ts';
import { makeScene, type Scene } from './scene.ts';

const key = (day: number) => `sqlite-backups/daily/shop_2025-11-${day}_020000.db.gz`;
const sound = 'verified: restored, and its integrity is sound';

async function backUp(scene: Scene, days: readonly number[]) {
  for (const day of days) {
    scene.setClock(`2025-11-${day}T02:00:00`);
    scene.sql(`INSERT INTO notes VALUES ('${day}')`);
    await runBackup(scene.database, scene.deps());
  }
  scene.lines.length = 0;
}

/** The look at one old backup after a night's, as the service makes it: what it came to. */
const look = async (scene: Scene, changes: { verifyBytes?: number } = {}) =>
  (await verifyOld(scene.database, { ...scene.deps(), settings: { ...scene.settings, ...changes } })).kind;

test('one old backup a night is restored and checked, each in its turn', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [22, 23, 24]);
  const verified: string[] = [];
  for (const day of [25, 26, 27, 28, 29]) {
    await backUp(scene, [day]);
    assert.equal(await look(scene), 'verified');
    assert.equal(await look(scene), 'none');
    verified.push(...scene.lines);
  }
  assert.deepEqual(
    verified,
    [key(22), 'sqlite-backups/weekly/shop_2025-W47.db.gz', key(23), key(24), key(22)].map(
      (old) => `old backup ${old} ${sound}`,
    ),
  );
  assert.deepEqual(scene.staged(), []);
  const now = scene.deps().clock.now();
  const status = statusText(await statusOf(scene.settings, scene.history, now), now, scene.settings.zone);
  assert.match(status, new RegExp(`^  old backup    ${key(22)}, verified 2025-11-29 02:00:00, 0.0 s ago$`, 'm'));
});

test('a damaged old backup is a problem, and the night’s backup stays good', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25]);
  const file = path.join(scene.folder, 'store', key(24));
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length - 100));
  await backUp(scene, [26]);
  assert.equal(await look(scene), 'damaged');
  const message = `${key(24)} is cut short.`;
  const at = scene.deps().clock.now();
  assert.deepEqual(scene.history.damagedBackups('shop'), [{ key: key(24), message, at }]);
  const [shop] = (await statusOf(scene.settings, scene.history, at)).databases;
  assert.deepEqual(
    [shop?.ok, shop?.health.healthy, shop?.newestGood?.key, shop?.problems],
    [false, true, key(26), [`${key(24)} does not verify: ${key(24)} is cut short`]],
  );
  await backUp(scene, [27]);
  assert.equal(await look(scene), 'verified');
  assert.deepEqual(scene.lines, [`old backup ${key(25)} ${sound}`]);
});

/** Child processes read it from this one's. */
function useEnvironment(t: TestContext, environment: Environment): void {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  t.after(() => {
    process.env = before;
  });
}

test('the service looks in a process of its own, which says whether something is wrong', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25]);
  useEnvironment(t, scene.environment);
  const log = createLog(scene.deps().clock, 'UTC', { out: () => {}, err: (text) => assert.fail(text) });
  const stop = new AbortController().signal;
  const { history, clock } = scene.deps();
  assert.equal(await verifyOldInChildProcess(scene.database, { history, clock, log, stop }), false);
  assert.equal(scene.history.routineVerification('shop')?.key, key(24));
});

test('damage found while STATE_DIR is unusable is known to the service, which mails about it, and is written down later', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25]);
  const file = path.join(scene.folder, 'store', key(24));
  writeFileSync(file, readFileSync(file).subarray(0, -100));
  const stateDir = path.join(scene.folder, 'unusable');
  const blocked = path.join(stateDir, 'history.db');
  mkdirSync(blocked, { recursive: true });
  const before = { ...process.env };
  Object.assign(process.env, scene.environment, { STATE_DIR: stateDir });
  t.after(() => {
    process.env = before;
  });
  const history = openResilientHistory(stateDir);
  t.after(() => history.close());
  const { log, clock } = scene.deps();
  const stop = new AbortController().signal;
  assert.equal(await verifyOldInChildProcess(scene.database, { history, clock, log, stop }), true);
  const damaged = [{ key: key(24), message: `${key(24)} is cut short.`, at: clock.now() }];
  assert.deepEqual(history.damagedBackups('shop'), damaged);
  rmdirSync(blocked);
  history.reopen();
  assert.deepEqual([history.problem(), history.damagedBackups('shop')], [null, damaged]);
});

test('a process that dies over an old backup is a problem too', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25]);
  useEnvironment(t, scene.environment);
  const { log, history, clock } = scene.deps();
  const stop = new AbortController().signal;
  assert.equal(
    await verifyOldInChildProcess({ name: 'other', path: '/other.db' }, { log, history, clock, stop }),
    true,
  );
  assert.deepEqual(history.routineVerification('other'), {
    at: clock.now(),
    key: null,
    problem: 'the process for it ended with exit code 1, see the log',
    unverified: [],
  });
});

test('of an old backup that no key here opens, status claims its checksum only', async (t) => {
  const scene = await makeScene(t, { BACKUP_AGE_RECIPIENTS: await identityToRecipient(await generateIdentity()) });
  await backUp(scene, [24, 25]);
  assert.equal(await look(scene), 'verified');
  const now = scene.deps().clock.now();
  const status = statusText(await statusOf(scene.settings, scene.history, now), now, scene.settings.zone);
  assert.deepEqual(status.match(/^ {2}(read back|verified|old backup) .*$/gm), [
    '  read back     2025-11-25 02:00:00, 0.0 s ago',
    `  old backup    ${key(24)}.age, checksum-only 2025-11-25 02:00:00, 0.0 s ago`,
  ]);
});

test('an old backup that could not be verified is not called verified', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [24, 25]);
  scene.history.forgetKey(key(24));
  const store = { ...scene.store, read: () => Promise.reject(new Error('the network is gone')) };
  assert.equal((await verifyOld(scene.database, { ...scene.deps(), store })).kind, 'not verified');
  const now = scene.deps().clock.now();
  const [shop] = (await statusOf(scene.settings, scene.history, now)).databases;
  assert.deepEqual([shop?.oldVerified, shop?.ok], [null, false]);
});

test('an old backup that cannot be verified keeps no other waiting, and stays a problem until it is', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [22, 23, 24]);
  for (const day of [22, 23]) scene.history.forgetKey(key(day));
  const store: typeof scene.store = {
    ...scene.store,
    read: (one, transfer) =>
      one === key(22) ? Promise.reject(new Failure('DISK_FULL', 'no room', '')) : scene.store.read(one, transfer),
  };
  const lookOn = async (day: number, changes: Partial<typeof scene> = { store }) => {
    scene.setClock(`2025-11-${day}T02:30:00`);
    const { kind } = await verifyOld(scene.database, { ...scene.deps(), store: changes.store ?? scene.store });
    return [scene.history.routineVerification('shop')?.key, kind];
  };
  const problems = async () =>
    (await statusOf(scene.settings, scene.history, scene.deps().clock.now())).databases[0]?.problems;
  assert.deepEqual(await lookOn(25), [key(22), 'not verified']);
  assert.deepEqual(await lookOn(26), [key(23), 'verified']);
  const left = [`${key(22)} could not be verified: no room`];
  assert.deepEqual(await problems(), left);
  assert.deepEqual(await lookOn(27), ['sqlite-backups/weekly/shop_2025-W47.db.gz', 'verified']);
  assert.deepEqual(await problems(), left);
  scene.history.recordVerification(key(22), 'verified', scene.deps().clock.now());
  assert.deepEqual(await problems(), []);
});

test('what is over the budget is named and not read; with a budget of 0 nothing is', async (t) => {
  const scene = await makeScene(t);
  await backUp(scene, [22, 23]);
  assert.equal(await look(scene, { verifyBytes: 0 }), 'none');
  assert.deepEqual(scene.lines, []);
  assert.equal(await look(scene, { verifyBytes: 100 }), 'none');
  assert.deepEqual(scene.lines, [
    'WARNING 1 old backup of shop over 100 B (BACKUP_VERIFY_MIB): verify by hand, `nightshift verify --sample 1`',
  ]);
});

test('a look that was not possible is a problem until the next that was', async (t) => {
  const scene = await makeScene(t, { BACKUP_AGE_IDENTITY: '/none/key.txt' });
  const settings = { ...scene.settings, ageIdentityFile: null };
  scene.setClock('2025-11-22T02:00:00');
  await runBackup(scene.database, scene.deps({ settings }));
  scene.setClock('2025-11-23T02:00:00');
  assert.equal(await look(scene), 'not verified');
  const routine = scene.history.routineVerification('shop');
  const [problem] = problemsOfVerification({ database: 'shop', damaged: [], routine });
  assert.equal(
    problem?.message,
    'no old backup could be verified: The age identity file /none/key.txt cannot be read (ENOENT).',
  );
  scene.setClock('2025-11-24T02:00:00');
  assert.equal((await verifyOld(scene.database, { ...scene.deps(), settings })).kind, 'verified');
  assert.equal(scene.history.routineVerification('shop')?.problem, null);
});

const at = (text: string) => Temporal.Instant.from(`2025-11-${text}:00:00Z`);
const backup = (name: string, taken: string, bytes = 10) =>
  ({ key: name, bytes, date: { kind: 'dated', takenAt: at(taken) } }) as const;

test('never verified comes before all others, the oldest first; then the least recently verified', () => {
  const backups = [backup('a', '20T02'), backup('b', '21T02'), backup('c', '22T02'), backup('d', '19T02')];
  const known = new Map<string, LastVerification>([
    ['a', { result: 'verified', at: at('25T02') }],
    ['d', { result: 'failed', at: at('24T02') }],
  ]);
  const now = at('26T02');
  const names = (all: typeof backups) => all.map((one) => one.key);
  assert.deepEqual(names(leastRecentlyVerified(backups, known)), ['b', 'c', 'd', 'a']);
  const tried = new Map<string, Temporal.Instant>();
  const due = (ones: typeof backups, budgetBytes = 10) => {
    const found = oldBackupDue(ones, { known, tried, now, budgetBytes });
    return [found.due?.key ?? null, found.overBudget];
  };
  assert.deepEqual(due(backups), ['b', 0]);
  assert.deepEqual(due(backups.slice(0, 1)), ['a', 0]);
  assert.deepEqual(due([backup('b', '21T02', 11), backup('d', '19T02')]), ['d', 1]);
  assert.deepEqual(due(backups, 9), [null, 4]);
  const justNow = new Map<string, LastVerification>([['a', { result: 'verified', at: at('25T07') }]]);
  assert.equal(oldBackupDue([backup('a', '20T02')], { known: justNow, tried, now, budgetBytes: 10 }).due, null);
  assert.deepEqual(
    oldBackupDue(backups, { known, tried: new Map([['b', at('25T02')]]), now, budgetBytes: 10 }).due?.key,
    'c',
  );
});
