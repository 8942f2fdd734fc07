import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { build } from 'esbuild';
import { Failure } from '../../jobs/runtime/errors.ts';
import { checkIntegrity } from '../../jobs/sqlite/integrity/integrity.ts';
import { makeDatabase, temporaryFolder } from './sqlite-files.ts';

const anySignal = new AbortController().signal;
const sha256Hex = /^[0-9a-f]{64}$/;

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Failure, String(error));
  return error;
}

function makeFile(file: string, sql: string, prepare: (connection: Sqlite.Database) => void = () => {}): void {
  const connection = new Sqlite(file);
  prepare(connection);
  connection.exec(sql);
  connection.close();
}

/** A small database whose check takes some milliseconds for each row: its index claims to be on an expression that costs them. */
function makeSlowDatabase(file: string, rows: number): void {
  makeFile(
    file,
    `CREATE TABLE slow (id INTEGER PRIMARY KEY); CREATE INDEX by_cost ON slow (id + 0);
     WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${rows}) INSERT INTO slow SELECT id FROM n;
     PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = 'CREATE INDEX by_cost ON slow (length(hex(zeroblob(2000000 + id))))' WHERE name = 'by_cost';`,
    (connection) => connection.unsafeMode(),
  );
}

/** Process ids of what `pid` started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** Also when nobody has collected its exit code yet. */
function hasEnded(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

test('a sound copy tells its tables with their rows, its schema and who checked it', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeFile(
    file,
    `PRAGMA application_id = 5; PRAGMA user_version = 9;
     CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total REAL);
     INSERT INTO orders (total) VALUES (1), (2), (3);
     CREATE TABLE "odd ""name" (x); CREATE TABLE __proto__ (x);
     CREATE VIRTUAL TABLE notes USING fts5 (body); INSERT INTO notes VALUES ('late delivery');
     CREATE VIRTUAL TABLE places USING rtree (id, left, right); INSERT INTO places VALUES (1, 2, 3);
     CREATE VIEW totals AS SELECT sum(total) FROM orders; ANALYZE;`,
  );
  const { schemaSha256, ...rest } = await checkIntegrity(file, { signal: anySignal });
  const { tables, ...facts } = rest;
  assert.deepEqual(Object.entries(tables), [
    ['__proto__', 0],
    ['notes', 1],
    ['odd "name', 0],
    ['orders', 3],
    ['places', 1],
  ]);
  const sqliteVersion = new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get();
  assert.deepEqual(facts, {
    unchecked: [],
    findings: [],
    findingKinds: 0,
    sqliteVersion,
    applicationId: 5,
    userVersion: 9,
  });
  assert.match(schemaSha256, sha256Hex);
});

test('the schema hash is the same for the same SQL whatever the rows and the order, and another for another column', async (t) => {
  const folder = await temporaryFolder(t);
  const hashOf = async (name: string, sql: string) => {
    const file = path.join(folder, name);
    makeFile(file, sql);
    return (await checkIntegrity(file, { signal: anySignal })).schemaSha256;
  };
  const hashes = await Promise.all([
    hashOf('1.db', 'CREATE TABLE a (x); CREATE TABLE b (y);'),
    hashOf('2.db', 'CREATE TABLE b (y); CREATE TABLE a (x); INSERT INTO a VALUES (1); ANALYZE;'),
    hashOf('3.db', 'CREATE TABLE a (x); CREATE TABLE b (y, z);'),
  ]);
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

test('a damaged page is found, and the first problems are reported', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeDatabase(file, { mode: 'DELETE', mib: 1 });
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(4096, 255), 0, 4096, 4096);
  await handle.close();
  const failure = await failureOf(checkIntegrity(file, { signal: anySignal }));
  assert.equal(failure.code, 'DATABASE_CORRUPT');
  assert.equal(
    failure.message,
    `The integrity check of ${file} found at least 100 problems: Tree 2 page 2: btreeInitPage() returns error code 11; Page 3: never used; Page 4: never used; and 97 more.`,
  );
  assert.match(failure.hint, /restore the newest good backup/);
});

test('a database with exactly one problem is damaged', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeFile(file, 'CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(40000)); DELETE FROM t;');
  const handle = await open(file, 'r+');
  // Its header says that one page less is free.
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 36);
  const free = buffer.readUInt32BE();
  buffer.writeUInt32BE(free - 1);
  await handle.write(buffer, 0, 4, 36);
  await handle.close();
  const failure = await failureOf(checkIntegrity(file, { signal: anySignal }));
  assert.equal(failure.code, 'DATABASE_CORRUPT');
  assert.equal(
    failure.message,
    `The integrity check of ${file} found 1 problem: Freelist: size is ${free} but should be ${free - 1}.`,
  );
});

test('an index that lost a row is found, which a quick check would miss', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeFile(file, 'CREATE TABLE t (x); CREATE INDEX by_x ON t (x); INSERT INTO t VALUES (1), (2);');
  makeFile(
    file,
    `PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'by_x'; PRAGMA writable_schema = RESET;
     INSERT INTO t VALUES (3);
     PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema VALUES ('index', 'by_x', 't', 3, 'CREATE INDEX by_x ON t (x)');`,
    (connection) => connection.unsafeMode(),
  );
  const failure = await failureOf(checkIntegrity(file, { signal: anySignal }));
  assert.equal(failure.code, 'DATABASE_CORRUPT');
  assert.equal(
    failure.message,
    `The integrity check of ${file} found 2 problems: wrong # of entries in index by_x; row 3 missing from index by_x.`,
  );
});

test('a file that is no database is called damaged', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  const handle = await open(file, 'w');
  await handle.write('not a database');
  await handle.close();
  const failure = await failureOf(checkIntegrity(file, { signal: anySignal }));
  assert.equal(failure.message, `The integrity check of ${file} found 1 problem: file is not a database.`);
});

test('a table that needs an extension is left out and named; the rest is checked', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeFile(
    file,
    `CREATE TABLE orders (id); INSERT INTO orders VALUES (1);
     PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema VALUES ('table', 'shapes', 'shapes', 0, 'CREATE VIRTUAL TABLE shapes USING not_here (a)');`,
    (connection) => connection.unsafeMode(),
  );
  const { tables, unchecked } = await checkIntegrity(file, { signal: anySignal });
  assert.deepEqual({ tables, unchecked }, { tables: { orders: 1 }, unchecked: ['shapes'] });
});

test('an index on a function of the application keeps only its own table from being checked', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeFile(
    file,
    'CREATE TABLE orders (id); CREATE TABLE people (name); CREATE INDEX by_sound ON people (sound(name)); INSERT INTO people VALUES (1);',
    (connection) => connection.function('sound', { deterministic: true }, (name) => name),
  );
  const { tables, unchecked } = await checkIntegrity(file, { signal: anySignal });
  assert.deepEqual({ tables, unchecked }, { tables: { orders: 0, people: 1 }, unchecked: ['people'] });
});

test('aborted, the check is killed in the middle of its query', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeSlowDatabase(file, 20_000);
  const aborted = new AbortController();
  const check = checkIntegrity(file, { signal: aborted.signal });
  await until(() => childrenOf(process.pid).length > 0);
  await sleep(200);
  const [child = 0] = childrenOf(process.pid);
  aborted.abort();
  await assert.rejects(check, { name: 'AbortError' });
  assert.equal(existsSync(`/proc/${child}`), false);
});

test('aborted before it began, no process is started', async () => {
  await assert.rejects(checkIntegrity('/nowhere', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.deepEqual(childrenOf(process.pid), []);
});

test('a check that is killed, as when memory runs out, fails and says so', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeSlowDatabase(file, 20_000);
  const check = failureOf(checkIntegrity(file, { signal: anySignal }));
  await until(() => childrenOf(process.pid).length > 0);
  process.kill(childrenOf(process.pid)[0] ?? 0, 'SIGKILL');
  const failure = await check;
  assert.equal(failure.code, 'INTEGRITY_CHECK_DIED');
  assert.equal(failure.message, `The integrity check of ${file} ended without a result: killed by SIGKILL.`);
});

test('a copy that is not there is not called damaged', async () => {
  const failure = await failureOf(checkIntegrity('/nowhere/copy.db', { signal: anySignal }));
  assert.equal(failure.code, 'INTEGRITY_CHECK_DIED');
  assert.match(failure.message, /ended without a result: .*directory does not exist/);
});

test('when its parent is killed, the check ends by itself after its query', async (t) => {
  const file = path.join(await temporaryFolder(t), 'copy.db');
  makeSlowDatabase(file, 100);
  const integrity = new URL('../../jobs/sqlite/integrity/integrity.ts', import.meta.url).href;
  const script = `import { checkIntegrity } from ${JSON.stringify(integrity)};
    checkIntegrity(${JSON.stringify(file)}, { signal: new AbortController().signal });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  const parentId = parent.pid ?? 0;
  await until(() => childrenOf(parentId).length > 0);
  const [child = 0] = childrenOf(parentId);
  const ended = once(parent, 'exit');
  parent.kill('SIGKILL');
  await ended;
  await until(() => hasEnded(child));
});

test('the check works from a bundle that has integrity-process.mjs beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'copy.db');
  makeDatabase(file, { mode: 'DELETE' });
  const integrity = fileURLToPath(new URL('../../jobs/sqlite/integrity', import.meta.url));
  await build({
    entryPoints: [path.join(integrity, 'integrity.ts'), path.join(integrity, 'integrity-process.ts')],
    outdir: path.join(folder, 'bundle'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['better-sqlite3'],
  });
  mkdirSync(path.join(folder, 'node_modules'));
  const installed = path.dirname(fileURLToPath(import.meta.resolve('better-sqlite3/package.json')));
  symlinkSync(installed, path.join(folder, 'node_modules', 'better-sqlite3'));
  const bundled: typeof import('../../jobs/sqlite/integrity/integrity.ts') = await import(
    path.join(folder, 'bundle', 'integrity.mjs')
  );
  const { tables } = await bundled.checkIntegrity(file, { signal: anySignal });
  assert.deepEqual(tables, { filler: 0 });
});
