import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { deploy } from '../../../infra/program.ts';
import { needs } from '../../lab/parts.ts';
import { removeProduction, waitUntil } from './containers.ts';
import { createDeploymentFixture, type DeploymentFixture, docker } from './deployment-fixture.ts';
import { secretsOnHost } from './host-secrets.ts';
import { lockProductionNames } from './production-lock.ts';
import { removeBucket, s3Client } from './s3-client.ts';
import { configOf, shopConfig } from './shop-stack.ts';
import type { TestStack } from './stack.ts';

describe('a deployment on Docker Swarm', needs('s3', 'docker', 'root', 'pulumi', 'sshd'), () => {
  let unlock = async () => {};
  let fixture: DeploymentFixture;
  let opened: TestStack;
  let bucket = '';
  const keys = async () => {
    const { Contents = [] } = await s3Client().send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const versionOf = async (service: string) => docker('service', 'inspect', '-f', '{{.Version.Index}}', service);

  before(async () => {
    unlock = await lockProductionNames();
    await removeProduction();
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1').catch(() => {});
    fixture = await createDeploymentFixture();
    bucket = `shop-${fixture.suffix}`;
    const config = shopConfig(fixture, { engine: 'swarm', healthTimeoutSeconds: '240' });
    opened = await fixture.open(async () => deploy({ images: fixture.compiled() }), config);
  });
  after(async () => {
    await opened?.stack.destroy({ excludeProtected: true }).catch(() => {});
    await removeProduction();
    await fixture?.close();
    await unlock();
    await removeBucket(bucket);
  });

  test('the same services run on Swarm, with its secrets, and the first backup is in the bucket', async () => {
    await opened.stack.up();
    const replicas = await docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}');
    for (const name of ['sqlite-backup', 'backend-dailysummary']) assert.ok(replicas.includes(`${name} 1/1`), replicas);
    await waitUntil(keys, (found) => found.some((key) => /daily\/csv_data_.*\.db\.gz$/.test(key)));
    const inspected = await docker('service', 'inspect', 'sqlite-backup', 'backend-dailysummary');
    const secrets = [...secretsOnHost(fixture.host.config), fixture.mail.smtp.login?.password ?? ''];
    assert.deepEqual(
      secrets.filter((secret) => inspected.includes(secret)),
      [],
    );
    assert.match(await fixture.onHost(`${path.join(fixture.host.command, 'nightshift')} list`), /csv_data_.* verified/);
  });

  test('then there are no changes', async () => {
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
    await opened.stack.refresh();
    assert.deepEqual(Object.keys((await opened.stack.up()).summary.resourceChanges ?? {}), ['same']);
  });

  test('one changed setting updates that service alone', async () => {
    const before = await versionOf('sqlite-backup');
    const summary = await versionOf('backend-dailysummary');
    await opened.stack.setAllConfig(configOf({ summaryHour: '9' }, false));
    await opened.stack.up();
    assert.equal(await versionOf('sqlite-backup'), before);
    assert.notEqual(await versionOf('backend-dailysummary'), summary);
  });

  test('`destroy` removes the services and keeps the bucket', async () => {
    await opened.stack.destroy({ excludeProtected: true });
    assert.doesNotMatch(await docker('service', 'ls', '--format', '{{.Name}}'), /sqlite-backup|backend-dailysummary/);
    assert.ok((await keys()).length > 0);
  });
});
