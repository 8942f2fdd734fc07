import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { kernelFileUse } from '../../jobs/restore/usage/kernel-file-use.ts';
import { needs } from '../lab/parts.ts';

const onLinux = { skip: process.platform !== 'linux' };

function makeDatabase(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = path.join(folder, 'shop.db');
  for (const part of ['', '-wal']) writeFileSync(database + part, Buffer.alloc(8192));
  return database;
}

async function hold(t: TestContext, how: '<' | '<>', file: string): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `exec 3${how}"$1"; echo open; read -r _`, 'sh', file]);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('the kernel says that nobody has a file open, and the file stays as it is', onLinux, async (t) => {
  const database = makeDatabase(t);
  const facts = () => {
    const { size, mtimeNs, ctimeNs } = statSync(database, { bigint: true });
    return { size, mtimeNs, ctimeNs, bytes: readFileSync(database) };
  };
  const before = facts();
  assert.equal(await kernelFileUse(database), 'free');
  assert.deepEqual(facts(), before);
});

for (const [how, mode] of [
  ['for reading', '<'],
  ['for writing', '<>'],
] as const) {
  for (const part of ['', '-wal']) {
    test(`the kernel says that somebody has the "${part}" file open ${how}, until it is closed`, onLinux, async (t) => {
      const database = makeDatabase(t);
      const holder = await hold(t, mode, database + part);
      assert.equal(await kernelFileUse(database), 'open');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      assert.equal(await kernelFileUse(database), 'free');
    });
  }
}

test(
  'a file that is not there, and a file system that may be used from elsewhere, are not known',
  onLinux,
  async () => {
    assert.equal(await kernelFileUse('/tmp/no-such-folder/shop.db'), 'unknown');
    assert.equal(await kernelFileUse('/proc/self/status'), 'unknown');
  },
);

test('a file of another user is not known to who has no right to ask', needs('root'), async (t) => {
  const database = makeDatabase(t);
  chmodSync(path.dirname(database), 0o755);
  for (const part of ['', '-wal']) chownSync(database + part, 1000, 1000);
  const code = `const { kernelFileUse } = await import(${JSON.stringify(import.meta.resolve('../../jobs/restore/usage/kernel-file-use.ts'))});
    console.log(await kernelFileUse(${JSON.stringify(database)}));`;
  const asked = async (uid: number) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { uid, gid: uid, env: {} });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await once(child, 'close');
    return said.trim();
  };
  assert.deepEqual([await asked(1001), await asked(1000)], ['unknown', 'free']);
});
