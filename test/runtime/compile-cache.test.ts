import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { processEntry, runProcess } from '../../jobs/runtime/child-process.ts';
import { startNightshift } from '../nightshift.ts';

const cache = process.env['NODE_COMPILE_CACHE'] ?? '/tmp/nightshift-compiled';
beforeEach(() => {
  process.env['NODE_COMPILE_CACHE'] = cache;
});

test('a child process gets what it is given, and Node’s cache of compiled code; no secret and no NODE_OPTIONS', async () => {
  process.env['LINODE_SECRET_KEY'] = 'secret';
  process.env['NODE_OPTIONS'] = '--no-warnings';
  const result = await runProcess<NodeJS.ProcessEnv>(processEntry('environment-process', import.meta.url), [], {
    env: { TMPDIR: '/var/tmp' },
    execArgv: [],
    output: 'ignore',
    signal: null,
    stopGraceMs: 0,
  });
  const { NODE_CHANNEL_FD: _fd, NODE_CHANNEL_SERIALIZATION_MODE: _mode, ...environment } = result.message ?? {};
  assert.deepEqual(environment, { TMPDIR: '/var/tmp', NODE_COMPILE_CACHE: cache });
});

test('without a cache a child process gets none', async () => {
  delete process.env['NODE_COMPILE_CACHE'];
  const result = await runProcess<NodeJS.ProcessEnv>(processEntry('environment-process', import.meta.url), [], {
    env: {},
    execArgv: [],
    output: 'ignore',
    signal: null,
    stopGraceMs: 0,
  });
  assert.equal('NODE_COMPILE_CACHE' in (result.message ?? {}), false);
});

test('the command that tests start has the cache too', {
  skip: process.platform !== 'linux' && 'reads /proc',
}, async () => {
  const { child, finished } = startNightshift(['--help'], {});
  const environment = readFileSync(`/proc/${child.pid}/environ`, 'utf8').split('\0');
  assert.ok(environment.includes(`NODE_COMPILE_CACHE=${cache}`), environment.join(' '));
  assert.equal((await finished).code, 0);
});
