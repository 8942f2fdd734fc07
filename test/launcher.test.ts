import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { acquireLock } from '../jobs/sqlite/lock/lock.ts';
import { oldNode } from './old-node.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './restore/test-databases.ts';

const program = path.resolve(import.meta.dirname, '..', 'jobs', 'nightshift.mjs');
let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

function launch(args: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const [node = '', ...options] = oldNode();
  const env = { PATH: process.env['PATH'], ...databases.environment };
  return spawn(node, [...options, program, ...args], { env, stdio: ['ignore', stdout, 'pipe'] });
}

/** A restore, started by an older Node, that waits for a backup to end; and the process that does the work. */
async function waitingRestore(t: TestContext) {
  databases.reset();
  const log = { line() {}, warn() {}, failure() {} };
  const lock = await acquireLock(databases.database, databases.folder, {
    holder: 'backup',
    wait: true,
    log,
    signal: t.signal,
  });
  t.after(() => lock.release());
  const launcher = launch(['restore', 'latest', '--yes', '--no-docker']);
  t.after(() => launcher.kill('SIGKILL'));
  let out = '';
  launcher.stdout?.on('data', (chunk) => (out += chunk));
  while (!out.includes('waiting for the backup')) await once(launcher.stdout ?? launcher, 'data');
  const children = readFileSync(`/proc/${launcher.pid}/task/${launcher.pid}/children`, 'utf8').trim();
  const worker = Number(children);
  t.after(() => isAlive(worker) && process.kill(worker, 'SIGKILL'));
  return { launcher, worker };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`started by an older Node, ${signal} reaches the process that does the work, and its exit code comes back`, {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const { launcher, worker } = await waitingRestore(t);
    launcher.kill(signal);
    const [code, by] = await once(launcher, 'exit');
    assert.deepEqual({ code, by, isWorkerAlive: isAlive(worker) }, { code: 4, by: null, isWorkerAlive: false });
    assert.equal(holds(databases.database), complete.old);
  });
}

test('started by an older Node, the death of the process that does the work is passed on as it was', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { launcher, worker } = await waitingRestore(t);
  process.kill(worker, 'SIGKILL');
  const [code, by] = await once(launcher, 'exit');
  assert.deepEqual({ code, by }, { code: null, by: 'SIGKILL' });
});

test('a backup and a restore go on when nobody reads what they print', async () => {
  for (const args of [['backup'], ['restore', 'latest', '--yes', '--no-docker']]) {
    const child = launch(args);
    child.stdout?.destroy();
    let err = '';
    child.stderr?.on('data', (chunk) => (err += chunk));
    const [code] = await once(child, 'exit');
    assert.deepEqual({ args, code, err: err.includes('EPIPE') }, { args, code: 0, err: false }, err);
  }
  assert.equal(holds(databases.database), complete.old);
});

test('output that a full disk swallowed is said, and is no success', async () => {
  const child = launch(['list'], openSync('/dev/full', 'w'));
  let err = '';
  child.stderr?.on('data', (chunk) => (err += chunk));
  const [code] = await once(child, 'exit');
  assert.deepEqual(
    { code, err },
    {
      code: 1,
      err: 'OUTPUT_LOST: Its output could not be written (ENOSPC). All else was done.\n    What to do: Free space where its output goes, and look again with `nightshift status` or `nightshift list`.\n',
    },
  );
});
