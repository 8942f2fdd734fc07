import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'jobs', 'nightshift.mjs');
let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());

/** `nightshift restore latest` in a terminal (that of script, from util-linux); `keys` are typed once it asks. */
async function typed(
  keys: string,
  environment = databases.environment,
): Promise<{ readonly code: number; readonly screen: string }> {
  databases.reset();
  const command = `${process.execPath} ${program} restore latest --no-docker`;
  // As a person's own: in that of a CI server Node writes nothing in bold.
  const env = { PATH: process.env['PATH'], TERM: 'xterm', ...environment };
  const child = spawn('script', ['-qec', command, '/dev/null'], { env });
  let screen = '';
  let isAsked = false;
  child.stdout.on('data', (chunk) => {
    screen += chunk;
    if (isAsked || !screen.includes('Restore it? [y/N]')) return;
    isAsked = true;
    child.stdin.write(keys);
  });
  const [code] = await once(child, 'close');
  return { code, screen };
}

test('yes in a terminal restores', needs('tools'), async () => {
  const { code, screen } = await typed('y\r');
  assert.equal(code, 0, screen);
  assert.equal(holds(databases.database), complete.new);
});

test('in a terminal the plan says in bold that a table will be empty', needs('tools'), async () => {
  const store = path.join(databases.folder, 'emptied');
  mkdirSync(store);
  const environment = { ...databases.environment, BACKUP_STORE: pathToFileURL(store).href };
  databases.reset();
  new Sqlite(databases.database).exec('DELETE FROM orders').close();
  assert.equal((await nightshift(['backup'], environment)).code, 0);
  const { screen } = await typed('n\r', environment);
  const warning = 'WARNING: table orders will be EMPTY: 800 rows now, 0 in the backup';
  assert.ok(screen.includes(`\n  \u001b[1m${warning}\u001b[22m\r\n`), screen);
});

for (const [what, keys] of [
  ['no', 'n\r'],
  ['Enter', '\r'],
  ['Ctrl-D', '\u0004'],
  ['Ctrl-C', '\u0003'],
] as const) {
  test(`${what} in a terminal changes nothing, leaves nothing, and exits 4`, needs('tools'), async () => {
    const { code, screen } = await typed(keys);
    assert.equal(code, 4, screen);
    assert.match(screen, /RESTORE_DECLINED: /);
    assert.equal(holds(databases.database), complete.old);
    const names = readdirSync(path.dirname(databases.database)).filter((name) => !name.endsWith('.nightshift-lock'));
    assert.deepEqual(names, ['shop.db', 'shop.db-shm', 'shop.db-wal']);
  });
}
