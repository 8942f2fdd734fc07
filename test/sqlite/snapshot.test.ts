import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { Failure } from '../../jobs/runtime/errors.ts';
import { noBar, type ProgressBar } from '../../jobs/runtime/progress.ts';
import { copyBetweenCommits } from '../../jobs/sqlite/snapshot/page-copy.ts';
import { takeSnapshot } from '../../jobs/sqlite/snapshot/snapshot.ts';
import { openSource } from '../../jobs/sqlite/snapshot/source.ts';
import { recordingLog } from '../backup/recording-log.ts';
import { startWriter } from '../backup/writer.ts';
import { recordDisk } from '../disk-recorder.ts';
import { needs } from '../lab/parts.ts';
import { killedAfter, makeDatabase, rowsOf, temporaryFolder } from './sqlite-files.ts';

const anySignal = new AbortController().signal;

/** A folder with an absent database and an empty staging folder in it. */
async function places(t: TestContext) {
  const folder = await temporaryFolder(t);
  const staging = path.join(folder, 'staging');
  mkdirSync(staging);
  return { live: path.join(folder, 'live.db'), staging, copy: path.join(staging, 'snapshot.db') };
}

function snapshotOf(
  live: string,
  copy: string,
  options: { signal?: AbortSignal; bar?: ProgressBar; log?: ReturnType<typeof recordingLog> } = {},
) {
  const { signal = anySignal, bar = noBar, log = recordingLog() } = options;
  return takeSnapshot({ name: 'live', path: live }, copy, { signal, bar, log });
}

/** Calls `act` once, when the copy is under way. */
function midway(act: () => void): ProgressBar {
  let isDone = false;
  return {
    advanceTo(bytes) {
      if (bytes === 0 || isDone) return;
      isDone = true;
      act();
    },
    stop() {},
  };
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const committed =
  'SELECT (SELECT commits FROM writer_total), (SELECT count(*) FROM writer_log), (SELECT max(number) FROM writer_log)';

/** Blocks until the database has ten commits more than now. */
function waitForTenCommits(live: string): void {
  const connection = new Sqlite(live, { readonly: true });
  const count = connection.prepare<[], number>('SELECT commits FROM writer_total').pluck();
  const before = count.get() ?? 0;
  while ((count.get() ?? 0) < before + 10) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  connection.close();
}

test('a snapshot beside 200 commits a second is one committed state, and no commit is refused', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL', mib: 24 });
  const writer = await startWriter(live, { perSecond: 200 });
  const snapshot = await snapshotOf(live, copy, { bar: midway(() => waitForTenCommits(live)) });
  const { commits, busy } = await writer.stop();
  const [state] = rowsOf(copy, committed) as [[number, number, number]];
  const [inCopy] = state;
  assert.deepEqual(state, [inCopy, inCopy, inCopy]);
  assert.ok(inCopy >= 1 && inCopy + 10 <= commits, `${inCopy} commits of ${commits} are in the copy`);
  assert.equal(busy, 0);
  assert.deepEqual(rowsOf(copy, 'PRAGMA integrity_check'), [['ok']]);
  assert.deepEqual([snapshot.sourceJournalMode, snapshot.writersWaitedMs], ['wal', null]);
});

test('all that a killed writer committed is in the snapshot, and its files are left as they were', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  killedAfter(
    live,
    "db.pragma('wal_autocheckpoint = 0'); const add = db.prepare('INSERT INTO filler (content) VALUES (1)'); for (let i = 0; i < 500; i += 1) add.run()",
  );
  const before = [sha256(live), sha256(`${live}-wal`)];
  await snapshotOf(live, copy);
  assert.deepEqual(rowsOf(copy, 'SELECT count(*) FROM filler'), [[500]]);
  assert.deepEqual([sha256(live), sha256(`${live}-wal`)], before);
});

test('the rows of a killed writer are found when its -shm file is gone too, as after a reboot', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  killedAfter(live, "db.prepare('INSERT INTO filler (content) VALUES (1)').run()");
  rmSync(`${live}-shm`);
  await snapshotOf(live, copy);
  assert.deepEqual(rowsOf(copy, 'SELECT count(*) FROM filler'), [[1]]);
});

test('a snapshot stands alone as one file in rollback-journal mode and says what its header says', async (t) => {
  const { live, staging, copy } = await places(t);
  const connection = new Sqlite(live);
  t.after(() => connection.close());
  connection.exec(
    'PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA application_id = -7; PRAGMA user_version = 42; CREATE TABLE t (x); INSERT INTO t VALUES (1)',
  );
  const snapshot = await snapshotOf(live, copy);
  assert.deepEqual(snapshot, {
    file: copy,
    bytes: 2048,
    pages: 2,
    freePages: 0,
    sourceJournalMode: 'wal',
    writersWaitedMs: null,
    applicationId: -7,
    userVersion: 42,
  });
  assert.deepEqual(rowsOf(copy, 'PRAGMA journal_mode'), [['delete']]);
  assert.deepEqual(readdirSync(staging), ['snapshot.db']);
});

test('two snapshots of an unchanged database are the same bytes, also when its -wal was checkpointed between them', async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL', mib: 1 });
  const connection = new Sqlite(live);
  connection.exec('UPDATE filler SET content = 1 WHERE id = 1');
  await snapshotOf(live, copy);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
  const second = path.join(staging, 'second.db');
  await snapshotOf(live, second);
  assert.equal(sha256(second), sha256(copy));
});

test('a database without a table is copied: whether that is a loss is decided elsewhere', async (t) => {
  const { live, copy } = await places(t);
  const connection = new Sqlite(live);
  connection.pragma('user_version = 1');
  connection.close();
  const { pages, userVersion } = await snapshotOf(live, copy);
  assert.deepEqual({ pages, userVersion }, { pages: 1, userVersion: 1 });
});

test('a rollback-journal database at rest is copied without keeping writers waiting', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'DELETE', mib: 4 });
  const log = recordingLog();
  const { sourceJournalMode, writersWaitedMs } = await snapshotOf(live, copy, { log });
  assert.deepEqual(
    { sourceJournalMode, writersWaitedMs, lines: log.lines },
    { sourceJournalMode: 'rollback', writersWaitedMs: null, lines: [] },
  );
  assert.equal(sha256(copy).length, 64);
  assert.deepEqual(rowsOf(copy, 'SELECT count(*) FROM filler'), rowsOf(live, 'SELECT count(*) FROM filler'));
});

test('a commit in the middle makes the copy of a rollback-journal database begin again, and it is in the copy', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'DELETE', mib: 4 });
  const commit = () => {
    const connection = new Sqlite(live);
    connection.exec('UPDATE filler SET content = 1');
    connection.close();
  };
  const { writersWaitedMs } = await snapshotOf(live, copy, { bar: midway(commit) });
  assert.equal(writersWaitedMs, null);
  assert.deepEqual(rowsOf(copy, 'SELECT DISTINCT content FROM filler'), [[1]]);
});

test('a rollback-journal database that never rests is pinned after three restarts, and the log says how long writers waited', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'DELETE', mib: 24 });
  const log = recordingLog();
  const writer = await startWriter(live, { perSecond: 400, mode: 'rollback', busyTimeoutMs: 20_000 });
  const { sourceJournalMode, writersWaitedMs } = await snapshotOf(live, copy, { log });
  const { busy } = await writer.stop();
  const [state] = rowsOf(copy, committed) as [[number, number, number]];
  const [inCopy] = state;
  assert.deepEqual(state, [inCopy, inCopy, inCopy]);
  assert.equal(busy, 0);
  assert.deepEqual([sourceJournalMode, typeof writersWaitedMs], ['rollback', 'number']);
  const [line = ''] = log.lines;
  assert.match(line, /live\.db changed too often .* its writers had to wait, for up to [\d.]+ s/);
});

for (const mode of ['WAL', 'DELETE'] as const) {
  test(`an aborted snapshot leaves an empty staging folder (${mode})`, async (t) => {
    const { live, staging, copy } = await places(t);
    makeDatabase(live, { mode, mib: 16 });
    const aborted = new AbortController();
    const bar = midway(() => aborted.abort());
    await assert.rejects(snapshotOf(live, copy, { signal: aborted.signal, bar }), { name: 'AbortError' });
    assert.deepEqual(readdirSync(staging), []);
  });
}

for (const mode of ['WAL', 'DELETE'] as const) {
  test(`a database that another program empties during its copy is an error, not a sound empty copy (${mode})`, async (t) => {
    const { live, staging, copy } = await places(t);
    makeDatabase(live, { mode, mib: 16 });
    await assert.rejects(snapshotOf(live, copy, { bar: midway(() => truncateSync(live)) }), {
      code: 'DATABASE_EMPTY',
      message: `The database ${live} is an empty file of 0 bytes.`,
    });
    assert.deepEqual(readdirSync(staging), []);
  });
}

test('a snapshot is on the disk before it is compressed', { skip: process.platform !== 'linux' }, async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  const events = await recordDisk(t, staging);
  await snapshotOf(live, copy);
  assert.deepEqual(events, ['flush snapshot.db']);
});

test('a copy that the disk does not take is removed', async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  const handle = await open(live);
  t.mock.method(Object.getPrototypeOf(handle), 'sync', () => Promise.reject(new Error('the disk refused')));
  await handle.close();
  await assert.rejects(snapshotOf(live, copy), { message: 'the disk refused' });
  assert.deepEqual(readdirSync(staging), []);
});

test('a rollback-journal database that changes at each step of the copy is pinned, and whole in the copy', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'DELETE', mib: 4 });
  const writer = new Sqlite(live, { timeout: 0 });
  t.after(() => writer.close());
  let commits = 0;
  const bar: ProgressBar = {
    advanceTo() {
      try {
        writer.exec(`UPDATE filler SET content = ${commits + 1}`);
        commits += 1;
      } catch (error) {
        // Pinned: it has to wait.
        if (!(error instanceof Sqlite.SqliteError) || error.code !== 'SQLITE_BUSY') throw error;
      }
    },
    stop() {},
  };
  const log = recordingLog();
  const { writersWaitedMs } = await snapshotOf(live, copy, { bar, log });
  assert.equal(typeof writersWaitedMs, 'number');
  assert.match(log.lines[0] ?? '', /live\.db changed too often to be copied between commits/);
  assert.deepEqual(rowsOf(copy, 'SELECT DISTINCT content FROM filler'), [[commits]]);
});

test('a database that is locked at the first step of the copy is not taken for an empty one', async (t) => {
  const { live, copy } = await places(t);
  makeDatabase(live, { mode: 'DELETE', mib: 1 });
  const source = await openSource(live, { signal: anySignal, log: recordingLog() });
  t.after(() => source.close());
  source.unpin();
  const writer = new Sqlite(live);
  t.after(() => writer.close());
  writer.exec('BEGIN EXCLUSIVE');
  assert.equal(await copyBetweenCommits(source, copy, { signal: anySignal, bar: noBar }), false);
  writer.exec('COMMIT');
  assert.equal(await copyBetweenCommits(source, copy, { signal: anySignal, bar: noBar }), true);
});

test('a copy that cannot be finished is removed', async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL', mib: 16 });
  const failing = midway(() => {
    throw new Error('the disk refused');
  });
  await assert.rejects(snapshotOf(live, copy, { bar: failing }), { message: 'the disk refused' });
  assert.deepEqual(readdirSync(staging), []);
});

test('what an earlier run left under the same name is replaced', async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL', mib: 1 });
  for (const ending of ['', '-journal', '-wal']) writeFileSync(copy + ending, 'left behind');
  await snapshotOf(live, copy);
  assert.deepEqual(readdirSync(staging), ['snapshot.db']);
  assert.deepEqual(rowsOf(copy, 'PRAGMA integrity_check'), [['ok']]);
});

test('an absent staging folder is refused', async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  rmSync(staging, { recursive: true });
  await assert.rejects(snapshotOf(live, copy), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'STAGING_UNWRITABLE');
    assert.equal(error.message, `The staging folder ${staging} cannot be reached (ENOENT).`);
    assert.match(error.hint, /set STAGING_DIR/);
    return true;
  });
});

function mountTmpfs(folder: string, options: string): Disposable {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'nightshift-test', folder]);
  return { [Symbol.dispose]: () => execFileSync('umount', [folder]) };
}

test('a staging folder on a read-only mount is refused', needs('root'), async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL' });
  using _ = mountTmpfs(staging, 'ro');
  await assert.rejects(snapshotOf(live, copy), {
    code: 'STAGING_UNWRITABLE',
    message: `The staging folder ${staging} is on a read-only mount.`,
  });
});

test(
  'a staging folder too small for the copy and its archive is refused before anything is copied',
  needs('root'),
  async (t) => {
    const { live, staging, copy } = await places(t);
    makeDatabase(live, { mode: 'WAL', mib: 8 });
    using _ = mountTmpfs(staging, 'size=12m');
    const log = recordingLog();
    await assert.rejects(snapshotOf(live, copy, { log }), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'DISK_FULL');
      const needed = 2 * 4096 * Number(rowsOf(live, 'PRAGMA page_count').flat()[0]);
      assert.ok(
        error.message.startsWith(
          `The disk of ${staging} has 12.0 MiB (12582912 bytes) free; a copy of live.db with its archive needs `,
        ),
      );
      assert.ok(error.message.endsWith(`(${needed} bytes).`));
      assert.match(error.hint, /set STAGING_DIR to a folder on a larger disk/);
      return true;
    });
    assert.deepEqual(readdirSync(staging), []);
    assert.match(log.warnings[0] ?? '', /is in memory; set STAGING_DIR/);
  },
);

test('a disk that fills up in the middle of the copy is named, and the copy is removed', needs('root'), async (t) => {
  const { live, staging, copy } = await places(t);
  makeDatabase(live, { mode: 'WAL', mib: 40 });
  using _ = mountTmpfs(staging, 'size=96m');
  const fill = () => {
    const { bavail, bsize } = statfsSync(staging);
    writeFileSync(path.join(staging, 'other'), Buffer.alloc(bavail * bsize));
  };
  await assert.rejects(snapshotOf(live, copy, { bar: midway(fill) }), { code: 'DISK_FULL' });
  assert.deepEqual(readdirSync(staging), ['other']);
});
