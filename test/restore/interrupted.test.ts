import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { needs } from '../lab/parts.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const dying = path.join(import.meta.dirname, 'dying-process.ts');
let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

/** Leaves a restore that was killed after it had journalled this step. */
function leaveUnfinished(step: string): void {
  databases.reset();
  const { signal } = spawnSync(process.execPath, [dying, `journalled ${step}`], { env: databases.environment });
  assert.equal(signal, 'SIGKILL');
}

const journal = () => existsSync(`${databases.database}.restore-journal`);

test('a restore that died half way is said by every form of the command, blocks backups, and is ended by the next', async () => {
  leaveUnfinished('swapping');
  assert.ok(journal());
  const backup = await nightshift(['backup'], databases.environment);
  assert.equal(backup.code, 1);
  assert.match(backup.err, /RESTORE_UNFINISHED: A restore of .* was interrupted/);
  for (const args of [['latest', '--dry-run'], ['--safety-copies']]) {
    const { err } = await nightshift(['restore', '--no-docker', ...args], databases.environment);
    assert.match(
      err,
      /WARNING Found an unfinished restore of .*\. It had begun to move files; the restored one is not in place/,
    );
    assert.ok(journal());
  }
  const { code, out } = await nightshift(['restore', '--no-docker'], databases.environment);
  assert.equal(code, 0);
  assert.match(
    out,
    /Found an unfinished restore of .* from sqlite-backups\/daily\/.*, started .*\. It had begun to move files/,
  );
  assert.match(out, /^As before that restore: The old database .* is in place again\.$/m);
  assert.equal(journal(), false);
  assert.equal(holds(databases.database), complete.old);
  const elsewhere = { ...databases.environment, BACKUP_STORE: `file://${databases.folder}/other-store` };
  mkdirSync(path.join(databases.folder, 'other-store'));
  assert.equal((await nightshift(['backup'], elsewhere)).code, 0);
});

test('restore alone in a terminal ends an unfinished restore, and offers no list', async () => {
  leaveUnfinished('swapping');
  const prompt = async (question: string) => assert.fail(question);
  const { ending, text } = await runRestore(undefined, databases.environment, { prompt, options: { yes: undefined } });
  assert.equal(ending, 'done', text);
  assert.match(text, /^As before that restore: The old database .* is in place again\.$/m);
  assert.equal(holds(databases.database), complete.old);
});

test('a dry run beside an unfinished restore says it and leaves every file, so that the next restore still knows where it was', async () => {
  leaveUnfinished('swapping');
  const names = () => readdirSync(path.dirname(databases.database)).filter((name) => !name.endsWith('-owner'));
  const left = names();
  const { code, err } = await nightshift(['restore', '--no-docker', '--dry-run'], databases.environment);
  assert.equal(code, 0);
  assert.match(err, /WARNING Found an unfinished restore of .*nothing was done now\.\n$/);
  assert.deepEqual(names(), left);
  assert.equal((await nightshift(['restore', '--no-docker'], databases.environment)).code, 0);
  assert.equal(holds(databases.database), complete.old);
});

test('the old database stays in its place even when somebody removed the staged file', async () => {
  leaveUnfinished('swapping');
  rmSync(`${databases.database}.restore-staged`);
  const { code, out } = await nightshift(['restore', '--no-docker'], databases.environment);
  assert.equal(code, 0, out);
  assert.match(out, /\. It had begun to move files; the restored one is not in place\. Rolling back\.\n/);
  assert.match(out, /^As before that restore: The old database .* is in place again\.$/m);
  assert.equal(holds(databases.database), complete.old);
});

test('one that died after the swap continues, and reports as if nothing had happened', async () => {
  leaveUnfinished('checking');
  const { code, out } = await nightshift(['restore', '--no-docker'], databases.environment);
  assert.equal(code, 0);
  assert.match(
    out,
    /The restored file was in place; it was interrupted while checking the file in place\. Continuing from there\./,
  );
  assert.match(out, /^Restored sqlite-backups\/daily\//m);
  assert.match(out, /undo {9}nightshift restore --undo/);
  assert.equal(holds(databases.database), complete.new);
});

for (const [step, typed, ended, era] of [
  ['swapping', ['--undo'], 'rolled back', complete.old],
  ['checking', ['latest'], 'finished', complete.new],
  ['checking', ['--undo'], 'finished', complete.new],
  ['checking', ['--at', '2099-01-01 02:00'], 'finished', complete.new],
] as const) {
  test(`restore ${typed.join(' ')} after one that died ${step}: that one is ${ended}, exit 1 says what was NOT done, and typed again it is`, async () => {
    leaveUnfinished(step);
    const args = ['restore', ...typed, '--yes', '--no-docker'];
    const first = await nightshift(args, databases.environment);
    const commandLine = typed.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ');
    assert.equal(
      first.err.slice(first.err.lastIndexOf('RESTORE_')),
      `RESTORE_RESUMED: The unfinished restore of ${databases.database} was ${ended}. NOT done: \`nightshift restore ${commandLine} --yes --no-docker\`.
    What to do: Look at what is in place now, and run it again if you still want it.
`,
    );
    assert.equal(first.code, 1);
    assert.equal(holds(databases.database), era);
    assert.equal(journal(), false);
    const again = await nightshift(args, databases.environment);
    if (ended === 'finished') assert.equal(again.code, 0, again.err);
    else assert.match(again.err, /^SAFETY_COPY_MISSING: /m);
  });
}

test('a safety copy that an unfinished restore needs is not removed; the restore is ended first', async () => {
  leaveUnfinished('starting');
  const copy = readdirSync(path.dirname(databases.database)).find((name) => /\.backup-[\d_-]+$/.test(name)) ?? '';
  const args = ['restore', '--no-docker', '--safety-copies', '--remove', copy, '--yes'];
  const first = await nightshift(args, databases.environment);
  assert.equal(first.code, 1);
  assert.match(first.out, /Found an unfinished restore of /);
  assert.ok(existsSync(path.join(path.dirname(databases.database), copy)));
  assert.match((await nightshift(args, databases.environment)).out, /^Removed /);
});

test('a journal that cannot be read is never guessed at', async () => {
  databases.reset();
  writeFileSync(`${databases.database}.restore-journal`, '{"version": 1, "step": "swap');
  const { code, err } = await nightshift(['restore', 'latest', '--yes', '--no-docker'], databases.environment);
  assert.equal(code, 1);
  assert.match(
    err,
    /^RESTORE_UNFINISHED: .*shop\.db\.restore-journal says that a restore is unfinished, but it cannot be read/m,
  );
  assert.equal(holds(databases.database), complete.old);
});

test('interrupted while it waits for a backup, it ends with exit 4 and nothing changed', async (t) => {
  databases.reset();
  const { acquireLock } = await import('../../jobs/sqlite/lock/lock.ts');
  const log = { line() {}, warn() {}, failure() {} };
  const lock = await acquireLock(databases.database, databases.folder, {
    holder: 'backup',
    wait: true,
    log,
    signal: t.signal,
  });
  t.after(() => lock.release());
  const waiting = startNightshift(['restore', 'latest', '--yes', '--no-docker'], databases.environment);
  await waiting.printed('waiting for the backup');
  waiting.child.kill('SIGTERM');
  const { code, err } = await waiting.finished;
  assert.equal(code, 4);
  assert.equal(
    err.slice(err.indexOf('INTERRUPTED')),
    `INTERRUPTED: Stopped on request before it was done.
    What to do: No service was stopped and no database was changed; run it again if you want it.
`,
  );
  assert.equal(holds(databases.database), complete.old);
});

test(
  'run by root, the files it leaves in the state folder belong to the owner of the folder',
  needs('root'),
  async () => {
    databases.reset();
    const state = path.join(databases.folder, 'state');
    chownSync(state, 1000, 1000);
    chownSync(path.join(state, 'history.db'), 0, 0);
    assert.equal((await nightshift(['restore', 'latest', '--yes', '--no-docker'], databases.environment)).code, 0);
    const fresh = { ...databases.environment, STATE_DIR: path.join(databases.folder, 'fresh', 'state') };
    mkdirSync(path.dirname(fresh.STATE_DIR));
    chownSync(path.dirname(fresh.STATE_DIR), 1000, 1000);
    assert.equal((await nightshift(['restore', 'latest', '--yes', '--no-docker'], fresh)).code, 0);
    for (const file of [
      state,
      path.join(state, 'history.db'),
      fresh.STATE_DIR,
      path.join(fresh.STATE_DIR, 'history.db'),
    ]) {
      assert.equal(statSync(file).uid, 1000, file);
    }
  },
);
