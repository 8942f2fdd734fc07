import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Container, type ContainerArgs, Network } from '@pulumi/docker';
import type { PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { needs } from '../../lab/parts.ts';
import { openStack, type TestStack } from './stack.ts';
import { engine } from './stand-ins/docker/engine.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

// The rules of the real providers that the program relies on, tried on the stand-ins with containers of the test's own.
const base = 'node:26-bookworm-slim';
const suffix = randomBytes(4).toString('hex');
const folder = mkdtempSync(path.join(tmpdir(), 'stand-ins-'));

describe('the stand-in for @pulumi/docker', needs('docker', 'pulumi'), () => {
  let standIns: StandIns;
  let opened: TestStack;
  let args: ContainerArgs;
  let replaceOnChanges: string[] = [];
  const program: PulumiFn = async () => {
    const network = new Network('network', { name: `rules-${suffix}` });
    const options = { replaceOnChanges };
    new Container('box', { networksAdvanced: [{ name: network.name }], networkMode: network.name, ...args }, options);
  };
  const changes = async (what: 'up' | 'preview') => {
    if (what === 'preview') return (await opened.stack.preview()).changeSummary;
    return (await opened.stack.up()).summary.resourceChanges;
  };

  before(async () => {
    const image = (await engine.getImage(base).inspect()).Id;
    args = { name: `rules-${suffix}`, image, command: ['sleep', '1000'], init: true, envs: ['A=1'] };
    standIns = await startStandIns({ LINODE_ACCOUNT: path.join(folder, 'account.json') });
    opened = await openStack({ folder, debugProviders: standIns.debugProviders, program, config: {} });
  });
  after(async () => {
    await opened?.stack.destroy().finally(() => standIns.stop());
    rmSync(folder, { recursive: true });
  });

  test('creates the container, and then finds no changes', async () => {
    assert.deepEqual(await changes('up'), { create: 3 });
    assert.deepEqual(await changes('preview'), { same: 3 });
    const { Config, State } = await engine.getContainer(`rules-${suffix}`).inspect();
    assert.deepEqual([Config.Env?.[0], State.Running], ['A=1', true]);
  });

  test('refuses an unknown input', async () => {
    const good = args;
    args = { ...good, cgroupParent: '/x' };
    await assert.rejects(changes('preview'), /does not know the input cgroupParent/);
    args = good;
  });

  test('replaces the container for a new environment, and a health check alone changes nothing that runs', async () => {
    args = { ...args, envs: ['A=2'], destroyGraceSeconds: 1 };
    assert.deepEqual(await changes('up'), { same: 2, replace: 1 });
    args = { ...args, healthcheck: { tests: ['CMD', 'true'], interval: '1s' } };
    assert.deepEqual(await changes('up'), { same: 2, update: 1 });
    const { Config } = await engine.getContainer(`rules-${suffix}`).inspect();
    assert.equal(Config.Healthcheck, undefined);
  });

  test('keeps a container that does not become healthy, and replaces it next time when asked to', async () => {
    replaceOnChanges = ['#initerror', 'healthcheck'];
    args = {
      ...args,
      healthcheck: { tests: ['CMD', 'false'], interval: '1s', retries: 1 },
      wait: true,
      waitTimeout: 3,
    };
    await assert.rejects(changes('up'), /container not healthy after 3 seconds/);
    args = { ...args, healthcheck: { tests: ['CMD', 'true'], interval: '1s', retries: 1 } };
    assert.deepEqual(await changes('up'), { same: 2, replace: 1 });
  });

  test('finds by refresh that a container was removed', async () => {
    await engine.getContainer(`rules-${suffix}`).remove({ force: true });
    assert.deepEqual(await changes('preview'), { same: 3 });
    assert.deepEqual((await opened.stack.refresh()).summary.resourceChanges, { delete: 1, same: 2 });
    assert.deepEqual(await changes('up'), { create: 1, same: 2 });
  });
});
