import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import Sqlite from 'better-sqlite3';

/** A folder that is removed when the test ends. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A database of about `mib` MiB in one table `filler`. */
export function makeDatabase(file: string, { mode, mib = 0 }: { mode: 'WAL' | 'DELETE'; mib?: number }): void {
  const connection = new Sqlite(file);
  connection.pragma(`journal_mode = ${mode}`);
  connection.pragma('synchronous = OFF');
  connection.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, content BLOB)');
  const add = connection.prepare('INSERT INTO filler (content) VALUES (randomblob(65000))');
  connection.transaction(() => {
    for (let bytes = 0; bytes < mib * 1024 * 1024; bytes += 65_000) add.run();
  })();
  connection.close();
}

/** Runs `code`, with `db` a connection to `file`, in a process that then dies by SIGKILL. */
export function killedAfter(file: string, code: string): void {
  const better = createRequire(import.meta.url).resolve('better-sqlite3');
  const script = `const db = new (require(${JSON.stringify(better)}))(${JSON.stringify(file)}); ${code}; process.kill(process.pid, 'SIGKILL');`;
  const { signal, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  assert.equal(signal, 'SIGKILL', stderr);
}

/** All rows of a query on a file that nobody else uses. */
export function rowsOf(file: string, sql: string): unknown[] {
  const connection = new Sqlite(file, { readonly: true });
  try {
    return connection.prepare(sql).raw().all();
  } finally {
    connection.close();
  }
}
