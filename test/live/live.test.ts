import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { readDeployment } from '../../infra/config.ts';
import { compileCache } from '../compile-cache.ts';
import { liveConfig } from './config.ts';

// The journey itself needs an account that pays: here only that it does not begin unasked.
const main = path.resolve(import.meta.dirname, 'main.ts');
const env = { ...compileCache, PATH: process.env['PATH'] };

test('test:live refuses without a token and without a terminal, and says what each needs', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    `test:live did not begin:
  LINODE_TOKEN is not set: a token that may do everything: cloud.linode.com/profile/tokens
  LIVE_SSH_KEY is not set: path of a private key whose .pub lies beside it; the new host will accept it
  no terminal to ask at: run it by hand, it costs money
`,
  );
});

test('test:live says what it costs, and makes nothing unless its name is typed', () => {
  const command = `'${process.execPath}' '${main}'; echo "exit $?"`;
  const seen = execFileSync('script', ['-qec', command, '/dev/null'], {
    env: { ...env, LINODE_TOKEN: 'unused', LIVE_SSH_KEY: '/nowhere/key' },
    input: 'yes\r',
    encoding: 'utf8',
  }).replaceAll('\r', '');
  assert.match(
    seen,
    /^This makes real things in your Linode account, in region us-ord, all named nightshift-live-\w{6}:$/m,
  );
  assert.match(seen, /^ {2}US\$ 0\.0075 {2}a Nanode 1 GB, by the hour$/m);
  assert.match(seen, /^Nothing was made\.\nexit 4$/m);
});

test('the throwaway stack is one that the program takes', () => {
  const config = liveConfig('nightshift-live-abc123', 'us-ord', '/home/shop/.ssh/key', 'ssh-ed25519 AAAA shop');
  const source = {
    get: (key: string) => config[key],
    keys: () => Object.keys(config),
    isSecret: () => false,
    isSealed: () => false,
    readFile: () => '',
    agent: false,
  };
  const { bucket, hosts } = readDeployment(source);
  assert.equal(bucket?.label, 'nightshift-live-abc123');
  assert.deepEqual(
    hosts.map(({ host, disk }) => [host.place.kind, disk?.kind]),
    [['create', 'create']],
  );
});
