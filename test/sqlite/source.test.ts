import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { openSource } from '../../jobs/sqlite/snapshot/source.ts';
import { recordingLog } from '../backup/recording-log.ts';
import { needs } from '../lab/parts.ts';
import { killedAfter, makeDatabase, rowsOf, temporaryFolder } from './sqlite-files.ts';

const anySignal = new AbortController().signal;

/** The message when `file` cannot be opened; paths below `folder` are written without it. */
async function refusal(file: string, lockWaitMs = 0) {
  try {
    const source = await openSource(file, { signal: anySignal, log: recordingLog(), lockWaitMs });
    source.close();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    const plain = (text: string) => text.replaceAll(path.dirname(file), '/data');
    return { code: error.code, message: plain(error.message), hint: plain(error.hint) };
  }
  return null;
}

async function dataFolder(t: TestContext) {
  const folder = path.join(await temporaryFolder(t), 'data');
  mkdirSync(folder);
  return { folder, file: path.join(folder, 'csv_data.db') };
}

const gone =
  'Check that its disk is mounted: `findmnt -T /data`. If it is, the file was removed or renamed. Stop nothing that may still have it open (`lsof +L1` lists removed files): its newest rows may be there alone. If it is gone: `nightshift restore latest`.';

test('an absent database is named; a lock beside its place, which every run makes, says nothing of it', async (t) => {
  const { folder, file } = await dataFolder(t);
  for (const name of ['other.db', 'csv_data.db.nightshift-lock', 'csv_data.db.nightshift-owner']) {
    writeFileSync(path.join(folder, name), '');
  }
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_MISSING',
    message: 'The database /data/csv_data.db does not exist.',
    hint: `Set DATABASE_PATH to the SQLite file; check its spelling. If it was backed up from there before: ${gone}`,
  });
});

for (const traces of [
  ['csv_data.db-wal'],
  ['csv_data.db-shm', 'csv_data.db-wal'],
  ['csv_data.db.backup-2025-11-30_031500'],
]) {
  test(`a database that was there before (${traces.join(', ')} beside it) is missed, not misspelt`, async (t) => {
    const { folder, file } = await dataFolder(t);
    for (const name of ['other.db', 'csv_data.db2-wal', 'csv_data.db.backup-mine', ...traces]) {
      writeFileSync(path.join(folder, name), '');
    }
    const are = traces.length === 1 ? 'is' : 'are';
    assert.deepEqual(await refusal(file), {
      code: 'DATABASE_MISSING',
      message: `The database /data/csv_data.db does not exist, but it was there before: ${traces.join(', ')} ${are} still there.`,
      hint: gone,
    });
  });
}

for (const present of [[], ['csv_data.db.nightshift-lock', 'csv_data.db.nightshift-owner']]) {
  test(`an empty folder looks like a disk that is not mounted (in it: ${present.join(', ') || 'nothing'})`, async (t) => {
    const { folder, file } = await dataFolder(t);
    for (const name of present) writeFileSync(path.join(folder, name), '');
    assert.deepEqual(await refusal(file), {
      code: 'DATABASE_MISSING',
      message: 'The database /data/csv_data.db does not exist: its folder is empty, as when a disk is not mounted.',
      hint: 'Check that its disk is mounted: `findmnt -T /data`.',
    });
  });
}

test('an absent folder is distinguished from an absent file', async (t) => {
  const { folder, file } = await dataFolder(t);
  rmSync(folder, { recursive: true });
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_MISSING',
    message: 'The database /data/csv_data.db does not exist, and neither does its folder.',
    hint: 'Set DATABASE_PATH to the SQLite file. Check that its disk is mounted: `findmnt -T /data`.',
  });
});

test('a link to nowhere is named with its target', async (t) => {
  const { file } = await dataFolder(t);
  symlinkSync('/nowhere/csv_data.db', file);
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_MISSING',
    message: 'The database /data/csv_data.db is a link to /nowhere/csv_data.db, which does not exist.',
    hint: 'Check that its disk is mounted: `findmnt -T /nowhere`.',
  });
});

test('a folder in place of the database is named', async (t) => {
  const { file } = await dataFolder(t);
  mkdirSync(file);
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_NOT_A_FILE',
    message: 'The database /data/csv_data.db is a folder.',
    hint: 'Set DATABASE_PATH to the SQLite file itself. (Docker makes a folder where a file to be mounted was missing.)',
  });
});

test('an empty file is refused, since SQLite would take it for a good database', async (t) => {
  const { file } = await dataFolder(t);
  writeFileSync(file, '');
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_EMPTY',
    message: 'The database /data/csv_data.db is an empty file of 0 bytes.',
    hint: 'Check that its disk is mounted: `findmnt -T /data`. If it is, the file was emptied: restore the newest backup.',
  });
});

for (const [what, bytes] of [
  ['a text file', Buffer.from('id,name\n1,box\n')],
  ['an encrypted database', Buffer.alloc(8192, 'ciphertext ')],
  ['a file of zeros', Buffer.alloc(8192)],
] as const) {
  test(`${what} is not taken for a SQLite database`, async (t) => {
    const { file } = await dataFolder(t);
    writeFileSync(file, bytes);
    assert.deepEqual(await refusal(file), {
      code: 'DATABASE_NOT_SQLITE',
      message: '/data/csv_data.db is not a SQLite database, or it is an encrypted one.',
      hint: 'Set DATABASE_PATH to the SQLite file. A database encrypted by SQLCipher or SEE can only be copied by its own program.',
    });
  });
}

async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
}

const damages = {
  'a database whose schema page is damaged': (file: string) => overwrite(file, 100, Buffer.alloc(500, 255)),
  'a database that lost its end': async (file: string) => truncateSync(file, 8192),
  'a database whose header is damaged behind its name': (file: string) => overwrite(file, 16, Buffer.alloc(8, 255)),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} is called damaged before anything is copied`, async (t) => {
    const { file } = await dataFolder(t);
    makeDatabase(file, { mode: 'DELETE', mib: 1 });
    await damage(file);
    const found = await refusal(file);
    assert.equal(found?.code, 'DATABASE_CORRUPT');
    assert.match(found.message, /^The database \/data\/csv_data\.db is damaged: .+\.$/);
    assert.equal(
      found.hint,
      'Stop its writers, keep a copy of all its files, then restore the newest backup, or salvage with `sqlite3 /data/csv_data.db .recover`.',
    );
  });
}

/** Runs `code`, with `db` a connection to `file`, in a process that then waits. */
async function heldBy(t: TestContext, file: string, code: string): Promise<ChildProcess> {
  const better = createRequire(import.meta.url).resolve('better-sqlite3');
  const script = `const db = new (require(${JSON.stringify(better)}))(${JSON.stringify(file)}); ${code}; console.log('held'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const exclusive = {
  'a transaction (rollback journal)': ['DELETE', "db.exec('BEGIN EXCLUSIVE')"],
  'locking_mode=EXCLUSIVE (WAL)': ['WAL', "db.exec('PRAGMA locking_mode = EXCLUSIVE; DELETE FROM filler')"],
} as const;

for (const [by, [mode, code]] of Object.entries(exclusive)) {
  test(`a database locked exclusively by ${by} is refused after a wait that can be set`, async (t) => {
    const { file } = await dataFolder(t);
    makeDatabase(file, { mode });
    await heldBy(t, file, code);
    assert.deepEqual(await refusal(file, 100), {
      code: 'DATABASE_LOCKED',
      message: 'Another process has had the database /data/csv_data.db locked exclusively for 0.1 s.',
      hint: 'Find it with `fuser -v /data/csv_data.db`: a long transaction or VACUUM, a sqlite3 shell left open, or a program that sets PRAGMA locking_mode=EXCLUSIVE.',
    });
  });
}

test('a lock that is given up in time is waited for', async (t) => {
  const { file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE' });
  const holder = await heldBy(t, file, "db.exec('BEGIN EXCLUSIVE')");
  const opening = refusal(file, 10_000);
  holder.kill('SIGKILL');
  assert.equal(await opening, null);
});

test('waiting for a lock ends when aborted', async (t) => {
  const { file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE' });
  await heldBy(t, file, "db.exec('BEGIN EXCLUSIVE')");
  const aborted = new AbortController();
  const opening = openSource(file, { signal: aborted.signal, log: recordingLog(), lockWaitMs: 60_000 });
  aborted.abort();
  await assert.rejects(opening, { name: 'AbortError' });
});

/** A writer that dies while its changes are partly in the file leaves a journal with the old pages. */
const dieInCommit = "db.pragma('cache_size = 10'); db.exec('BEGIN; UPDATE filler SET content = randomblob(65000)')";

test('the commit a dead writer left half written is rolled back first, and the log says so', async (t) => {
  const { folder, file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE', mib: 2 });
  const before = rowsOf(file, 'SELECT content FROM filler');
  killedAfter(file, dieInCommit);
  assert.deepEqual(readdirSync(folder), ['csv_data.db', 'csv_data.db-journal']);
  const log = recordingLog();
  const source = await openSource(file, { signal: anySignal, log, lockWaitMs: 0 });
  source.close();
  assert.deepEqual(log.lines, [`rolled back the unfinished commit that a dead writer left in ${file}-journal`]);
  assert.deepEqual(rowsOf(file, 'SELECT content FROM filler'), before);
});

/** Mounts `folder` over itself, read-only. */
function readOnly(folder: string): Disposable {
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
  return { [Symbol.dispose]: () => execFileSync('umount', [folder]) };
}

const walOnReadOnly = {
  code: 'DATABASE_READ_ONLY_MOUNT',
  message:
    '/data is mounted read-only, and csv_data.db is in WAL mode: reading it needs its -wal and -shm files, which cannot be used there.',
  hint: 'Mount the folder read-write. nightshift itself never writes to the database.',
};

test('a WAL database in a read-only folder is refused, never read without its -wal', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  makeDatabase(file, { mode: 'WAL' });
  {
    using _ = readOnly(folder);
    assert.deepEqual(await refusal(file), walOnReadOnly);
  }
  killedAfter(file, "db.prepare('INSERT INTO filler (content) VALUES (1)').run()");
  rmSync(`${file}-shm`);
  using _ = readOnly(folder);
  assert.deepEqual(await refusal(file), walOnReadOnly);
});

test('a rollback-journal database in a read-only folder is read', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE' });
  using _ = readOnly(folder);
  assert.equal(await refusal(file), null);
});

test('a journal to roll back in a read-only folder is refused', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE', mib: 2 });
  killedAfter(file, dieInCommit);
  using _ = readOnly(folder);
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_READ_ONLY_MOUNT',
    message:
      'A writer of /data/csv_data.db died in the middle of a commit, and its csv_data.db-journal cannot be rolled back on a read-only mount.',
    hint: 'Mount the folder read-write, or start the program that writes the database once.',
  });
});

test('a database mounted without its folder is refused, since its -wal is not there', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  const original = path.join(folder, 'original with a space.db');
  makeDatabase(original, { mode: 'WAL' });
  copyFileSync(original, file);
  execFileSync('mount', ['--bind', original, file]);
  using _ = { [Symbol.dispose]: () => execFileSync('umount', [file]) };
  assert.deepEqual(await refusal(file), {
    code: 'DATABASE_MOUNTED_ALONE',
    message:
      'The database /data/csv_data.db is mounted without its folder, so what its -wal or -journal file holds is missing here.',
    hint: 'Mount the folder that holds the database instead of the one file.',
  });
});

/** The same as `refusal`, asked by a process of uid 1000. */
function refusalForUid1000(file: string): unknown {
  const script = `
    import { openSource } from ${JSON.stringify(new URL('../../jobs/sqlite/snapshot/source.ts', import.meta.url).href)};
    const options = { signal: new AbortController().signal, log: { line() {}, warn() {}, failure() {} }, lockWaitMs: 0 };
    openSource(${JSON.stringify(file)}, options).then(
      (source) => console.log(JSON.stringify(source.journalMode)),
      (error) => console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })),
    );`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    uid: 1000,
    gid: 1000,
    cwd: '/',
    encoding: 'utf8',
  });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout.replaceAll(path.dirname(file), '/data'));
}

/** Opens the temporary folder itself to other users. */
function letOthersIn(folder: string): void {
  chmodSync(path.dirname(folder), 0o755);
  chmodSync(folder, 0o755);
}

test('a database another user keeps for himself is refused with his uid', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  letOthersIn(folder);
  makeDatabase(file, { mode: 'WAL' });
  chmodSync(file, 0o600);
  assert.deepEqual(refusalForUid1000(file), {
    code: 'DATABASE_UNREADABLE',
    message: 'The database /data/csv_data.db may not be read (EACCES).',
    hint: 'Run nightshift as the owner of the database, uid 0; it runs as uid 1000.',
  });
});

test('a folder that may not be entered is named as such', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  letOthersIn(folder);
  makeDatabase(file, { mode: 'WAL' });
  chmodSync(folder, 0o700);
  assert.deepEqual(refusalForUid1000(file), {
    code: 'DATABASE_UNREADABLE',
    message: 'The database /data/csv_data.db cannot be reached (EACCES).',
    hint: 'Run nightshift as the owner of the database; it runs as uid 1000.',
  });
});

test('a WAL database whose folder this user may not write is refused with the hint', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  letOthersIn(folder);
  makeDatabase(file, { mode: 'WAL' });
  assert.deepEqual(refusalForUid1000(file), {
    code: 'DATABASE_SHM_UNWRITABLE',
    message: 'csv_data.db is in WAL mode, and uid 1000 may not write /data (EACCES), which reading it needs.',
    hint: 'Run nightshift as the owner of the database, or let that uid write /data.',
  });
});

test('a -wal file that this user may not read is refused by name', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  letOthersIn(folder);
  makeDatabase(file, { mode: 'WAL' });
  killedAfter(file, "db.prepare('INSERT INTO filler (content) VALUES (1)').run()");
  chownSync(folder, 1000, 1000);
  chownSync(`${file}-shm`, 1000, 1000);
  chmodSync(`${file}-wal`, 0o600);
  assert.deepEqual(refusalForUid1000(file), {
    code: 'DATABASE_SHM_UNWRITABLE',
    message:
      'csv_data.db is in WAL mode, and uid 1000 may not write /data/csv_data.db-wal (EACCES), which reading it needs.',
    hint: 'Run nightshift as the owner of the database, or let that uid write /data/csv_data.db-wal.',
  });
});

test('the owner of the database reads it, and files made on the way are his', needs('root'), async (t) => {
  const { folder, file } = await dataFolder(t);
  letOthersIn(folder);
  makeDatabase(file, { mode: 'WAL' });
  chownSync(folder, 1000, 1000);
  chownSync(file, 1000, 1000);
  assert.equal(await refusal(file), null); // as root, which makes -wal and -shm
  assert.equal(refusalForUid1000(file), 'wal');
});

test('a database emptied after it was opened is not pinned as one without tables', async (t) => {
  const { file } = await dataFolder(t);
  makeDatabase(file, { mode: 'DELETE', mib: 1 });
  const source = await openSource(file, { signal: anySignal, log: recordingLog(), lockWaitMs: 0 });
  t.after(() => source.close());
  source.unpin();
  truncateSync(file);
  await assert.rejects(source.pin(), { code: 'DATABASE_EMPTY' });
});
