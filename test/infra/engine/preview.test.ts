import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Container, type ContainerArgs } from '@pulumi/docker';
import { ObjectStorageBucket, Volume } from '@pulumi/linode';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { enforcePolicies } from '../../../infra/policy/enforce.ts';
import { deploy } from '../../../infra/program.ts';
import { needs } from '../../lab/parts.ts';
import { configOf } from './shop-stack.ts';
import { openStack } from './stack.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'preview-'));
const file = (name: string) => path.join(folder, name);

describe('a preview with neither host nor Docker engine reachable', needs('s3', 'docker', 'pulumi'), () => {
  let standIns: StandIns;
  let count = 0;
  let hasFailed = false;
  afterEach((t) => {
    if ('passed' in t && !t.passed) hasFailed = true;
  });
  const stackOf = (program: PulumiFn, config = {}) => {
    count += 1;
    return openStack({
      folder,
      debugProviders: standIns.debugProviders,
      program,
      config: configOf(config, false),
      name: `p${count}`,
    });
  };

  before(async () => {
    standIns = await startStandIns({
      LINODE_ACCOUNT: file('account.json'),
      LINODE_S3_ENDPOINT: 'sg-sin-1.linodeobjects.com',
      LAB_DOCKER_HOST: `unix://${file('no-engine.sock')}`,
    });
    writeFileSync(file('key'), 'no key');
    for (const name of ['sqlite-backup', 'backend-dailysummary']) {
      mkdirSync(file(name));
      writeFileSync(path.join(file(name), 'Dockerfile'), 'FROM scratch\n');
    }
  });
  after(async () => {
    await standIns?.stop();
    // Pulumi's runtime fails the process at its end because a program that was refused never finished.
    process.once('exit', () => {
      if (!hasFailed) process.exitCode = 0;
    });
    rmSync(folder, { recursive: true });
  });

  const shop = {
    sshHost: '127.0.0.1',
    sshPort: '1',
    sshKeyFile: file('key'),
    bucket: 'shop-preview',
    bucketRegion: 'sg-sin-2',
    dataFolder: '/srv/shop',
    summaryRecipients: 'owner@example.com',
  };
  const images = (['sqlite-backup', 'backend-dailysummary'] as const).map((name) => ({
    name,
    folder: file(name),
    tag: 'test',
  }));

  test('reports what would be created', async () => {
    const { stack } = await stackOf(async () => deploy({ images }), shop);
    const { changeSummary } = await stack.preview();
    assert.deepEqual(Object.keys(changeSummary), ['create']);
  });

  test('lists every invalid key of the config at once, before anything changes', async () => {
    const wrong = { ...shop, bucketRegion: 'sg-sin-1', alertRecipients: 'owner@example.com', backupHour: '25' };
    const { stack } = await stackOf(async () => deploy({ images }), wrong);
    await assert.rejects(stack.up(), (error: Error) => {
      for (const key of ['bucketRegion', 'smtpHost', 'backupHour']) assert.match(error.message, new RegExp(key));
      return true;
    });
    assert.deepEqual(
      (await stack.exportStack()).deployment.resources?.map(({ type }: { type: string }) => type),
      ['pulumi:pulumi:Stack'],
    );
  });

  const good = { name: 'box', image: 'box', user: '1000:1000' };
  const container = (args: Partial<ContainerArgs>) => () => new Container('box', { ...good, ...args });
  const bucket = (acl: string, options: CustomResourceOptions) => () =>
    new ObjectStorageBucket('open', { label: 'open-to-all', region: 'sg-sin-2', acl }, options);
  for (const [what, make, rule] of [
    ['a public bucket', bucket('public-read', { protect: true }), 'bucket-private'],
    ['an unprotected bucket', bucket('private', {}), 'data-protected'],
    ['an unprotected volume', () => new Volume('data', { label: 'data', region: 'sg-sin-2' }), 'data-protected'],
    [
      'a container with the Docker socket',
      container({ mounts: [{ type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock' }] }),
      'no-docker-socket',
    ],
    ['a container that runs as root', container({ user: 'root' }), 'no-root'],
    ['a container with a plain secret', container({ envs: ['SMTP_PASSWORD=hush'] }), 'no-plain-secret'],
  ] as const) {
    test(`${what} fails the preview and the \`up\``, async () => {
      const { stack } = await stackOf(async () => {
        enforcePolicies();
        make();
      });
      await assert.rejects(stack.preview(), new RegExp(`\\(${rule}\\)`));
      await assert.rejects(stack.up(), new RegExp(`\\(${rule}\\)`));
    });
  }
});
