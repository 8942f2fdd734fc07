import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../free-port.ts';
import { needs } from '../../lab/parts.ts';
import { nightshift, sourceProgram } from '../../nightshift.ts';
import { createProject } from '../pulumi-project.ts';
import { fakeLinode } from './fake-linode-api.ts';

const account = {
  token: 'token-of-the-stack',
  scopes: '*',
  regions: ['sg-sin-2'],
  endpoints: { 'sg-sin-2': 'sg-sin-1.linodeobjects.com' },
  buckets: ['sg-sin-2/shop-backups'],
  volumes: [],
  domains: [],
  instances: {},
};

test('reads the stack’s config with its encrypted token, and runs every check', needs('pulumi'), async (t) => {
  const { folder, environment, pulumi } = createProject(t);
  const port = await freePort();
  pulumi('stack', 'init', 'prod');
  const config = {
    sshHost: '127.0.0.1',
    sshPort: String(port),
    sshUser: 'shop',
    dataFolder: '/srv/shop',
    bucket: 'shop-backups',
  };
  for (const [key, value] of Object.entries({
    ...config,
    bucketRegion: 'sg-sin-2',
    bucketAdopt: 'true',
    summary: 'false',
  }))
    pulumi('config', 'set', `nightshift:${key}`, value);
  pulumi('config', 'set', '--secret', 'linode:token', account.token);
  const variables = { ...environment, LINODE_URL: await fakeLinode(t, account), SSH_AUTH_SOCK: '/nowhere' };
  const { code, out, err } = await nightshift(['doctor', '-C', folder], variables, sourceProgram);
  assert.equal(
    out,
    `ok    Linode token: may read and write Object Storage
ok    bucket shop-backups: exists in your account, at sg-sin-1.linodeobjects.com
FAIL  ssh shop@127.0.0.1: nothing listens on that port
      What to do: check the address, and that sshd runs there on port ${port}.
`,
  );
  assert.equal(
    err,
    `CHECK_FAILED: 1 check failed, so \`pulumi up\` would fail: ssh shop@127.0.0.1.
    What to do: See above, then run \`npx nightshift doctor\` again.
`,
  );
  assert.equal(code, 1);
  const json = await nightshift(['doctor', '--json', '--stack', 'prod', '-C', folder], variables, sourceProgram);
  assert.deepEqual(JSON.parse(json.out)[1], {
    check: 'bucket shop-backups',
    status: 'ok',
    message: 'exists in your account, at sg-sin-1.linodeobjects.com',
  });
  assert.doesNotMatch(out + err + json.out + json.err, /token-of-the-stack/);
});

test('a stack with an invalid config: every invalid key at once, exit 2', needs('pulumi'), async (t) => {
  const { folder, environment, pulumi } = createProject(t);
  pulumi('stack', 'init', 'prod');
  writeFileSync(path.join(folder, 'Pulumi.prod.yaml'), 'config:\n  nightshift:smtpHost: mail.example\n');
  const { code, err } = await nightshift(['doctor', '-C', folder], environment, sourceProgram);
  assert.equal(code, 2);
  assert.match(err, /^SETTINGS_INVALID: \d+ keys of the stack are not usable; nothing was touched\.$/m);
  for (const key of ['sshHost', 'dataFolder', 'bucket']) assert.match(err, new RegExp(`nightshift:${key} `));
});

test('no stack is selected: the hint says how to create one', needs('pulumi'), async (t) => {
  const { folder, environment } = createProject(t);
  const { code, err } = await nightshift(['doctor', '-C', folder], environment, sourceProgram);
  assert.equal(code, 1);
  assert.match(err, /^PULUMI_FAILED: .*no stack selected.*\n.*npx nightshift init-stack/m);
});
