import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../lab/parts.ts';
import { oldNode } from '../../old-node.ts';
import { type CliProject, createCliProject } from './pulumi-cli.ts';
import { configOf } from './shop-stack.ts';
import { type LanguageHost, startLanguageHost } from './stand-ins/language-host.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

// What a user types and reads. Everything is real but the providers and Pulumi's host for Node.
describe('`pulumi preview` in a checkout', needs('pulumi', 's3', 'nodes'), () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pulumi-cli-'));
  const nodes = process.env['LAB_NODES'] ?? '';
  let node: readonly string[] = [process.execPath];
  let host: LanguageHost;
  let standIns: StandIns;
  let project: CliProject;

  before(async () => {
    standIns = await startStandIns({
      LINODE_ACCOUNT: path.join(folder, 'account.json'),
      LINODE_S3_ENDPOINT: 'sg-sin-1.linodeobjects.com',
      LAB_DOCKER_HOST: `unix://${folder}/no-engine.sock`,
    });
    host = await startLanguageHost(() => node);
    project = await createCliProject({ folder, ...host, ...standIns });
    writeFileSync(path.join(folder, 'key'), 'no key');
    const shop = {
      sshHost: '192.0.2.7',
      sshKeyFile: path.join(folder, 'key'),
      bucket: 'shop-preview',
      bucketRegion: 'sg-sin-2',
      dataFolder: '/srv/shop',
      summaryRecipients: 'owner@example.com',
    };
    await project.set(configOf(shop, false));
  });
  after(async () => {
    host?.close();
    await standIns?.stop();
    rmSync(folder, { recursive: true });
  });

  for (const [version, command] of [
    ['22.18.0', [path.join(nodes, '22.18.0', 'node')]],
    ['24.22.3', [path.join(nodes, '24.22.3', 'node')]],
    ['26', [process.execPath]],
  ] as const) {
    test(`works with Node ${version}`, async () => {
      node = command;
      const { code, output } = await project.pulumi('preview');
      assert.equal(code, 0, output);
      assert.match(output, /\+ \d+ to create/);
    });
  }

  test('an older Node is told what is missing, and what to type', async () => {
    node = oldNode();
    const { code, output } = await project.pulumi('preview');
    assert.notEqual(code, 0);
    assert.match(output, /The program of nightshift needs Node 22\.18 or newer; this is v\d+/);
    assert.match(output, /Run `npx pulumi up` in the checkout/);
    node = [process.execPath];
  });

  test('a misspelt key is refused with the nearest one, in the stack and in `hosts`', async () => {
    await project.set(configOf({ backupRetentionDialy: '10' }, false));
    await project.pulumi('config', 'set', '--path', 'nightshift:hosts[0].name', 'east');
    await project.pulumi('config', 'set', '--path', 'nightshift:hosts[0].sshHots', '192.0.2.8');
    const { code, output } = await project.pulumi('preview');
    assert.notEqual(code, 0);
    const lines = output.split('\n').map((line) => line.trim());
    const said = lines.slice(lines.indexOf('error: 2 keys of the stack are not usable; nothing was touched.') + 1);
    assert.deepEqual(said.slice(0, 3), [
      'nightshift:backupRetentionDialy is not a known key: remove it, or rename it: the nearest key is backupRetentionDaily',
      'nightshift:hosts[0].sshHots is not a known key: remove it, or rename it: the nearest key is sshHost',
      '',
    ]);
  });
});
