import assert from 'node:assert/strict';
import childProcess, { type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { readFingerprint } from '../../jobs/restore/staging/read-fingerprint.ts';
import { forkProcess, processEntry, runProcess, throwIfStopped } from '../../jobs/runtime/child-process.ts';
import { checkIntegrity } from '../../jobs/sqlite/integrity/integrity.ts';
import { makeDatabase, temporaryFolder } from '../sqlite/sqlite-files.ts';

test('what checks or reads a database gets no secret of this process', async (t) => {
  const file = path.join(await temporaryFolder(t), 'shop.db');
  makeDatabase(file, { mode: 'DELETE' });
  const given: [string, string[]][] = [];
  const { fork } = childProcess;
  t.mock.method(childProcess, 'fork', (entry: URL, args: string[], options: ForkOptions) => {
    given.push([path.basename(entry.pathname), Object.keys(options.env ?? process.env)]);
    return fork(entry, args, options);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await checkIntegrity(file, { signal: t.signal });
  await readFingerprint(file, t.signal);
  assert.deepEqual(given, [
    ['integrity-process.ts', ['NODE_COMPILE_CACHE']],
    ['fingerprint-process.ts', ['NODE_COMPILE_CACHE']],
  ]);
});

test('a child process that does not stop when it is asked to is killed', { timeout: 20_000 }, async (t) => {
  const stop = new AbortController();
  const running = runProcess<string>(processEntry('stubborn-process', import.meta.url), [], {
    env: {},
    execArgv: [],
    output: 'ignore',
    signal: AbortSignal.any([stop.signal, t.signal]),
    stopGraceMs: 100,
  });
  stop.abort();
  assert.equal((await running).exitSignal, 'SIGKILL');
});

test('a child process ends when the process that started it is gone', { timeout: 20_000 }, async (t) => {
  const options = { env: {}, execArgv: [], output: 'ignore' } as const;
  const child = forkProcess(processEntry('waiting-process', import.meta.url), [], options);
  t.after(() => child.kill('SIGKILL'));
  assert.deepEqual(await once(child, 'message'), ['here', undefined]);
  // A stop that reaches the whole process group is the parent's to answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);
  child.disconnect();
  assert.deepEqual(await once(child, 'exit', { signal: t.signal }), [0, null]);
});

test('a stop that ends a child before its work is a stop, and no crash', () => {
  for (const exitSignal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    assert.throws(() => throwIfStopped({ exitSignal }), { code: 'INTERRUPTED' });
  for (const exitSignal of ['SIGKILL', 'SIGSEGV', null] as const) throwIfStopped({ exitSignal });
});
