import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { scanProcesses } from '../../jobs/restore/usage/open-file-holders.ts';
import { needs } from '../lab/parts.ts';

function makeDatabase(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = path.join(folder, 'shop.db');
  for (const part of ['', '-wal', '-shm']) writeFileSync(database + part, Buffer.alloc(8192));
  return database;
}

/** Starts a program and waits for its first line. */
async function start(t: TestContext, command: string, args: string[]) {
  const child = spawn(command, args);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('nobody has it open', (t) => {
  assert.deepEqual(scanProcesses(makeDatabase(t)).holders, []);
});

for (const part of ['', '-wal', '-shm']) {
  test(`a process that has its "${part}" file open is found, with its command`, {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const database = makeDatabase(t);
    const { pid } = await start(t, 'sh', ['-c', 'exec 3<"$1"; echo open; read -r _', 'sh', database + part]);
    const command = `sh -c exec 3<"$1"; echo open; read -r _ sh ${database + part}`;
    const shortened = command.length > 80 ? `${command.slice(0, 79)}…` : command;
    assert.deepEqual(scanProcesses(database).holders, [{ pid, command: shortened, container: null }]);
  });
}

test('a command line with line breaks and control characters is shown in one line', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const database = makeDatabase(t);
  const { pid } = await start(t, 'sh', ['-c', 'exec 3<"$1"; echo open\nread -r _', '\x1b[31m\r\n\u2028x', database]);
  const command = `sh -c exec 3<"$1"; echo open read -r _ [31m x ${database}`;
  const shortened = command.length > 80 ? `${command.slice(0, 79)}…` : command;
  assert.deepEqual(scanProcesses(database).holders, [{ pid, command: shortened, container: null }]);
});

const mapping = `import mmap, sys
f = open(sys.argv[1]); m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); f.close()
import os
for fd in range(3, 64):
    try: os.close(fd)
    except OSError: pass
print('mapped', flush=True); sys.stdin.read()`;

test('a process that only has it mapped into its memory is found too', needs('tools'), async (t) => {
  const database = makeDatabase(t);
  const { pid } = await start(t, 'python3', ['-c', mapping, `${database}-shm`]);
  assert.deepEqual(
    scanProcesses(database).holders.map((holder) => holder.pid),
    [pid],
  );
});
