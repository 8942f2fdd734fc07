import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { needs } from '../../lab/parts.ts';
import { inspectContainer, removeProduction, waitUntil } from './containers.ts';
import { createDeploymentFixture, type DeploymentFixture, docker } from './deployment-fixture.ts';
import { lockProductionNames } from './production-lock.ts';
import { type CliProject, createCliProject } from './pulumi-cli.ts';
import { removeBucket, s3Client } from './s3-client.ts';
import { shopConfig } from './shop-stack.ts';
import { type LanguageHost, startLanguageHost } from './stand-ins/language-host.ts';

// The commands of infra/README.md, typed in a checkout. Everything is real but the providers and Pulumi's host for Node.
describe('preview, up, refresh and destroy of the pulumi CLI', needs('s3', 'docker', 'root', 'pulumi', 'sshd'), () => {
  let fixture: DeploymentFixture;
  let host: LanguageHost;
  let project: CliProject;
  let bucket = '';
  let unlock = async () => {};
  const must = async (...args: string[]) => {
    const { code, output } = await project.pulumi(...args);
    assert.equal(code, 0, output);
    return output;
  };

  before(async () => {
    unlock = await lockProductionNames();
    await removeProduction();
    fixture = await createDeploymentFixture();
    bucket = `shop-${fixture.suffix}`;
    host = await startLanguageHost(() => [process.execPath]);
    const { folder, standIns } = fixture;
    project = await createCliProject({ folder, ...host, debugProviders: standIns.debugProviders });
    // The images of this test are a user's own: they know nothing of the fixture's mail server.
    const config = Object.entries(shopConfig(fixture)).filter(([key]) => !/smtp|alertRecipients/.test(key));
    await project.set(Object.fromEntries(config));
  });
  after(async () => {
    await removeProduction();
    host?.close();
    await fixture?.close();
    await unlock();
    await removeBucket(bucket).catch(() => {});
  });

  test('`pulumi preview` shows the plan and changes nothing', async () => {
    assert.match(await must('preview'), /^ {4}\+ \d+ to create$/m);
    assert.equal(await inspectContainer('sqlite-backup'), null);
  });

  test('a script that fails on the host: its sentence and what to do come first', async () => {
    await project.set({ 'nightshift:dataFolder': { value: '/srv/nowhere' } });
    const { code, output } = await project.pulumi('up', '--yes', '--skip-preview');
    assert.notEqual(code, 0);
    const lines = output.split('\n').map((line) => line.trim());
    const from = lines.indexOf('command:remote:Command (folders):');
    assert.deepEqual(lines.slice(from + 1, from + 4), [
      'error: Process exited with status 1: running "sh -s prepare-host":',
      'There is no folder /srv/nowhere: mount the disk, or correct nightshift:dataFolder. It is not created: an empty folder would hide an unmounted disk.',
      '',
    ]);
    await project.set({ 'nightshift:dataFolder': { value: fixture.host.data } });
  });

  test('`pulumi up` compiles the images, starts both services, and the first backup is in the bucket', async () => {
    assert.match(await must('up', '--yes'), /^Outputs:$/m);
    for (const name of ['sqlite-backup', 'backend-dailysummary'])
      assert.equal((await inspectContainer(name))?.status, 'running');
    const logs = () => docker('logs', 'sqlite-backup');
    await waitUntil(logs, (text) => text.includes('Backup uploaded to Object Storage'));
    const { KeyCount } = await s3Client().send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'sqlite-backups/daily/' }),
    );
    assert.equal(KeyCount, 1);
  });

  test('then `pulumi preview --expect-no-changes` and `pulumi refresh` find nothing to do', async () => {
    await must('preview', '--expect-no-changes');
    await must('refresh', '--yes', '--expect-no-changes');
    await must('preview', '--expect-no-changes');
  });

  test('`pulumi destroy --exclude-protected` removes the services and keeps the bucket', async () => {
    await must('destroy', '--yes', '--exclude-protected');
    assert.equal(await inspectContainer('sqlite-backup'), null);
    assert.ok(((await s3Client().send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount ?? 0) > 0);
  });
});
