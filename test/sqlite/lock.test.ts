import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acquireLock } from '../../jobs/sqlite/lock/lock.ts';
import { needs } from '../lab/parts.ts';

const noon = { now: () => Temporal.Instant.from('2025-11-30T12:00:00Z') };

async function places(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const data = path.join(folder, 'data');
  const state = path.join(folder, 'state');
  for (const made of [data, state]) mkdirSync(made);
  const database = path.join(data, 'csv_data.db');
  writeFileSync(database, 'never opened by the lock');
  return { folder, data, state, database };
}

function lockHere(
  { database, state }: { database: string; state: string },
  options: { holder?: 'backup' | 'restore'; wait?: boolean; signal?: AbortSignal; lines?: string[] } = {},
) {
  const { holder = 'backup', wait = false, signal = new AbortController().signal, lines = [] } = options;
  const note = (text: string) => void lines.push(text);
  return acquireLock(database, state, {
    holder,
    wait,
    signal,
    clock: noon,
    log: { line: note, warn: note, failure() {} },
  });
}

/** Another process that holds or awaits the lock; `says` gives its next line. */
function lockElsewhere(
  t: TestContext,
  { database, state }: { database: string; state: string },
  { holder = 'backup', uid }: { holder?: 'backup' | 'restore'; uid?: number } = {},
) {
  const entry = fileURLToPath(new URL('./lock-process.ts', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [entry, database, state, holder],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      uid,
      gid: uid,
      cwd: '/',
    },
  );
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    says: async () => (await lines.next()).value,
    release: () => child.stdin.write('release\n'),
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('a lock leaves one empty file beside the database, which is never opened', async (t) => {
  const where = await places(t);
  const lock = await lockHere(where);
  assert.deepEqual(readdirSync(where.data), [
    'csv_data.db',
    'csv_data.db.nightshift-lock',
    'csv_data.db.nightshift-owner',
  ]);
  assert.deepEqual(JSON.parse(readFileSync(`${where.database}.nightshift-owner`, 'utf8')), {
    holder: 'backup',
    pid: process.pid,
    host: hostname(),
    since: '2025-11-30T12:00:00Z',
  });
  lock.release();
  lock.release();
  assert.deepEqual(readdirSync(where.data), ['csv_data.db', 'csv_data.db.nightshift-lock']);
  assert.equal(statSync(`${where.database}.nightshift-lock`).size, 0);
});

test('a caller that does not wait learns who holds the lock', async (t) => {
  const where = await places(t);
  const other = lockElsewhere(t, where, { holder: 'restore' });
  assert.equal(await other.says(), 'held');
  await assert.rejects(lockHere(where), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'LOCKED');
    const who = `the restore that process ${other.pid} on host ${hostname()} has been running for 0.0 s`;
    assert.equal(error.message, `${where.database} is locked by ${who}.`);
    return true;
  });
});

test('a second process waits, says once for whom, and goes on when the first is done', async (t) => {
  const where = await places(t);
  const lines: string[] = [];
  const first = await lockHere(where, { lines });
  const second = lockElsewhere(t, where, { holder: 'restore' });
  assert.match(
    String(await second.says()),
    /^waiting for the backup that process \d+ on host .+ has been running for .+, on .+csv_data\.db$/,
  );
  first.release();
  assert.equal(await second.says(), 'held');
  second.release();
  assert.equal(await second.says(), 'released');
  (await lockHere(where)).release();
  assert.deepEqual(lines, []);
});

test('two runs in one process exclude each other too', async (t) => {
  const where = await places(t);
  const first = await lockHere(where);
  await assert.rejects(lockHere(where), { code: 'LOCKED' });
  first.release();
  (await lockHere(where)).release();
});

test('a holder killed by SIGKILL loses the lock at once, though its owner file stays', async (t) => {
  const where = await places(t);
  const other = lockElsewhere(t, where);
  assert.equal(await other.says(), 'held');
  await other.kill();
  assert.equal(JSON.parse(readFileSync(`${where.database}.nightshift-owner`, 'utf8')).pid, other.pid);
  const lines: string[] = [];
  const lock = await lockHere(where, { lines });
  assert.equal(JSON.parse(readFileSync(`${where.database}.nightshift-owner`, 'utf8')).pid, process.pid);
  lock.release();
  assert.deepEqual(lines, []);
});

test('waiting ends when aborted, and the lock stays with its holder', async (t) => {
  const where = await places(t);
  const holder = await lockHere(where);
  const aborted = new AbortController();
  const waiting = lockHere(where, { wait: true, signal: aborted.signal });
  setImmediate(() => aborted.abort());
  await assert.rejects(waiting, { name: 'AbortError' });
  await assert.rejects(lockHere(where), { code: 'LOCKED' });
  holder.release();
});

test('an unfinished restore blocks backups even when its process is dead, and never another restore', async (t) => {
  const where = await places(t);
  writeFileSync(`${where.database}.restore-journal`, '{}');
  await assert.rejects(lockHere(where), (error: Error & { code?: string; hint?: string }) => {
    assert.equal(error.code, 'RESTORE_UNFINISHED');
    assert.match(error.message, /journal .+csv_data\.db\.restore-journal says it is not finished/);
    assert.match(error.hint ?? '', /^Run `nightshift restore`/);
    return true;
  });
  (await lockHere(where, { holder: 'restore' })).release();
});

test('a backup that waited for a restore which then died half way is refused', async (t) => {
  const where = await places(t);
  const restore = lockElsewhere(t, where, { holder: 'restore' });
  assert.equal(await restore.says(), 'held');
  const refused = assert.rejects(lockHere(where, { wait: true }), { code: 'RESTORE_UNFINISHED' });
  writeFileSync(`${where.database}.restore-journal`, '{}');
  await restore.kill();
  await refused;
});

test('a database that is away in the middle of a restore, or named through a link, has the same lock', async (t) => {
  const where = await places(t);
  const link = path.join(where.folder, 'link.db');
  symlinkSync(where.database, link);
  const lock = await lockHere({ ...where, database: link });
  await assert.rejects(lockHere(where), { code: 'LOCKED' });
  renameSync(where.database, `${where.database}.backup-2025-11-30_120000`);
  await assert.rejects(lockHere(where), { code: 'LOCKED' });
  lock.release();
});

test('a lock file that holds something is refused by name', async (t) => {
  const where = await places(t);
  writeFileSync(`${where.database}.nightshift-lock`, 'a note by somebody');
  await assert.rejects(lockHere(where), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'STATE_UNWRITABLE');
    assert.match(
      error.message,
      /^The lock file .+csv_data\.db\.nightshift-lock cannot be locked by uid \d+: file is not a database/,
    );
    return true;
  });
});

/** Mounts `folder` over itself, read-only. */
function readOnly(folder: string): Disposable {
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
  return { [Symbol.dispose]: () => execFileSync('umount', [folder]) };
}

test('the lock lies in the state folder when the data is mounted read-only', needs('root'), async (t) => {
  const where = await places(t);
  using _ = readOnly(where.data);
  const lock = await lockHere(where);
  assert.deepEqual(readdirSync(where.state), ['csv_data.db.nightshift-lock', 'csv_data.db.nightshift-owner']);
  lock.release();
  rmSync(where.state, { recursive: true });
  await assert.rejects(lockHere(where), {
    code: 'STATE_UNWRITABLE',
    message: `Neither ${where.data} nor the state folder ${where.state} can be written, so the database cannot be locked.`,
  });
});

test('root and the owner of the database can take the lock from each other, whoever made the file', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async (t) => {
  const where = await places(t);
  chmodSync(where.folder, 0o755);
  for (const made of [where.data, where.database]) chownSync(made, 1000, 1000);
  const lock = await lockHere(where, { holder: 'restore' });
  const ownersOf = () => readdirSync(where.data).map((name) => statSync(path.join(where.data, name)).uid);
  assert.deepEqual(ownersOf(), [1000, 1000, 1000]);
  const other = lockElsewhere(t, where, { uid: 1000 });
  assert.match(String(await other.says()), /^waiting for the restore/);
  lock.release();
  assert.equal(await other.says(), 'held');
  await assert.rejects(lockHere(where), { code: 'LOCKED' });
  await other.kill();
  (await lockHere(where)).release();
});
