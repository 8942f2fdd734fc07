import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../../lab/parts.ts';
import { createProject } from '../pulumi-project.ts';

const program = path.resolve(import.meta.dirname, '..', '..', '..', 'jobs', 'nightshift.mjs');

/** Runs the real command in a terminal of its own (script(1)) and types each value at its prompt. */
async function atTerminal(
  t: TestContext,
  args: readonly string[],
  environment: Record<string, string>,
  answers: readonly (readonly [string, string])[],
): Promise<string> {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: environment, stdio: 'pipe', signal: t.signal });
  let seen = '';
  let from = 0;
  const waiting = [...answers];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    const [next] = waiting;
    if (next === undefined || !seen.slice(from).includes(next[0])) return;
    waiting.shift();
    from = seen.length;
    child.stdin.write(`${next[1]}\r`);
  });
  await once(child, 'close');
  assert.deepEqual(waiting, [], seen);
  return seen.replaceAll('\r', '');
}

test('prompts for each missing key, shows no secret, and writes the values', needs('pulumi'), async (t) => {
  const { folder, environment, stackFileValues: written } = createProject(t);
  const seen = await atTerminal(
    t,
    ['init-stack', '--stack', 'asked', '-C', folder],
    { ...environment, SSH_AUTH_SOCK: '/x' },
    [
      ['nightshift:sshHost', '192.0.2.7'],
      ['nightshift:dataFolder', ''],
      ['Invalid value: a value is needed', '/srv/shop'],
      ['nightshift:bucket (', 'shop-backups'],
      ['nightshift:bucketRegion', 'us-east'],
      ['nightshift:summaryRecipients', 'owner@shop.example'],
      ['linode:token', 'very-secret-token'],
    ],
  );
  assert.match(seen, /^Nothing is missing\. Next: `npx nightshift doctor --stack asked`\.$/m);
  assert.match(seen, /^set {9}linode:token = \(secret\)$/m);
  assert.doesNotMatch(seen, /very-secret/);
  assert.deepEqual(written('asked'), {
    'linode:token': { value: 'very-secret-token', secret: true },
    'nightshift:bucket': { value: 'shop-backups', secret: false },
    'nightshift:bucketRegion': { value: 'us-east', secret: false },
    'nightshift:dataFolder': { value: '/srv/shop', secret: false },
    'nightshift:sshHost': { value: '192.0.2.7', secret: false },
    'nightshift:summaryRecipients': { value: 'owner@shop.example', secret: false },
  });
});

test('a value that the program would refuse is refused before anything is written', needs('pulumi'), async (t) => {
  const { folder, environment, pulumi } = createProject(t);
  const seen = await atTerminal(
    t,
    ['init-stack', '--stack', 'wrong', '-C', folder],
    { ...environment, SSH_AUTH_SOCK: '/x', LINODE_TOKEN: 'x' },
    [
      ['nightshift:sshHost', '192.0.2.7'],
      ['nightshift:dataFolder', '/srv/shop'],
      ['nightshift:bucket (', 'shop-backups'],
      ['nightshift:bucketRegion', 'sg-sin-1'],
      ['nightshift:summaryRecipients', 'owner@shop.example'],
    ],
  );
  assert.match(
    seen,
    /nightshift:bucketRegion is "sg-sin-1", the name of an S3 host: set it to the region as the API calls it/,
  );
  assert.doesNotMatch(seen, /^set /m);
  assert.equal(pulumi('stack', 'ls', '--json').trim(), '[]');
});
