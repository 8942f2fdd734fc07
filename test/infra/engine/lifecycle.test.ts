import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import Sqlite from 'better-sqlite3';
import { deploy } from '../../../infra/program.ts';
import { needs } from '../../lab/parts.ts';
import { inspectContainer, removeProduction, waitUntil } from './containers.ts';
import { createDeploymentFixture, type DeploymentFixture, docker } from './deployment-fixture.ts';
import { secretsOnHost } from './host-secrets.ts';
import { lockProductionNames } from './production-lock.ts';
import { removeBucket, s3Client } from './s3-client.ts';
import { queryValue } from './shop-database.ts';
import { configOf, shopConfig } from './shop-stack.ts';
import type { TestStack } from './stack.ts';

// One deployment from nothing to its end, on the real Pulumi engine, a real Docker engine, a real S3 server and a real
// mail server; each step depends on the one before. Only the provider plugins are stand-ins.
describe('the lifecycle of a deployment', needs('s3', 'docker', 'root', 'pulumi', 'sshd'), () => {
  let fixture: DeploymentFixture;
  let opened: TestStack;
  let bucket = '';
  const output: string[] = [];
  let isLost = false;
  /** A step that depends on those before it. */
  const step = (name: string, take: () => Promise<void>) =>
    test(name, async () => {
      if (isLost) throw new Error('A step before this one failed.');
      isLost = true;
      await take();
      isLost = false;
    });
  const up = async () => {
    const { summary } = await opened.stack.up({ onOutput: (text) => output.push(text) });
    return summary.resourceChanges;
  };
  const set = (values: Record<string, string>) => opened.stack.setAllConfig(configOf(values, false));
  const keys = async (folder = 'daily') => {
    const { Contents = [] } = await s3Client().send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `sqlite-backups/${folder}/` }),
    );
    return Contents.map(({ Key = '' }) => Key);
  };
  const ids = async () => ({
    backup: (await inspectContainer('sqlite-backup'))?.id,
    summary: (await inspectContainer('backend-dailysummary'))?.id,
  });

  let unlock = async () => {};
  before(async () => {
    unlock = await lockProductionNames();
    await removeProduction();
    fixture = await createDeploymentFixture();
    bucket = `shop-${fixture.suffix}`;
    opened = await fixture.open(async () => deploy({ images: fixture.compiled() }), shopConfig(fixture));
  });
  after(async () => {
    await removeProduction();
    await fixture?.close();
    await unlock();
    await removeBucket(bucket);
  });

  step('a preview reports what will change, and changes nothing', async () => {
    const { changeSummary } = await opened.stack.preview();
    assert.deepEqual(Object.keys(changeSummary), ['create']);
    assert.equal(await inspectContainer('sqlite-backup'), null);
    await assert.rejects(keys(), { name: 'NoSuchBucket' });
  });

  step('`up` starts both services, and the first backup is in the bucket', async () => {
    assert.deepEqual(Object.keys((await up()) ?? {}), ['create']);
    assert.equal((await inspectContainer('sqlite-backup'))?.status, 'running');
    assert.equal((await inspectContainer('backend-dailysummary'))?.status, 'running');
    const [first = ''] = await waitUntil(keys, (found) => found.length > 0);
    assert.match(first, /^sqlite-backups\/daily\/csv_data_\d{4}-\d\d-\d\d_\d{6}\.db\.gz$/);
    assert.match(await docker('logs', 'sqlite-backup'), /Backup uploaded to Object Storage/);
  });

  step('the summary container sends its mail', async () => {
    await docker('exec', 'backend-dailysummary', 'nightshift', 'summary', 'send');
    const mail = fixture.mail.mails.at(-1);
    assert.deepEqual([mail?.to, mail?.overTls], [['owner@example.com'], true]);
  });

  step('a second `up`, a preview and a refresh find no changes', async () => {
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
    assert.deepEqual(Object.keys((await up()) ?? {}), ['same']);
    await opened.stack.refresh();
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });

  step('no secret is in docker inspect, in the state, or in a log', async () => {
    const places = {
      inspect: await docker('inspect', 'sqlite-backup', 'backend-dailysummary'),
      logs: (await docker('logs', 'sqlite-backup')) + (await docker('logs', 'backend-dailysummary')),
      state: await opened.state(),
      'the output of pulumi': output.join(''),
      'the output of the stand-ins': fixture.standIns.errors(),
      'the run history': readFileSync(path.join(fixture.host.state, 'state', 'history.db'), 'latin1'),
    };
    const secrets = secretsOnHost(fixture.host.config);
    assert.ok(secrets.includes(fixture.mail.smtp.login?.password ?? 'none'));
    const found = Object.entries(places).filter(([, text]) => secrets.some((secret) => text.includes(secret)));
    assert.deepEqual(
      found.map(([place]) => place),
      [],
    );
  });

  step('a person restores with the command on the host', async () => {
    const shop = new Sqlite(fixture.database);
    shop.exec('DELETE FROM orders');
    shop.close();
    const nightshift = path.join(fixture.host.command, 'nightshift');
    assert.match(await fixture.onHost(`${nightshift} list`), /csv_data_.* verified/);
    assert.match(await fixture.onHost(`${nightshift} status`), /^csv_data: ok/);
    await fixture.onHost(`${nightshift} restore latest --yes`);
    assert.equal(queryValue(fixture.database, 'SELECT count(*) FROM orders'), 300);
    assert.equal((await inspectContainer('sqlite-backup'))?.status, 'running');
  });

  step('one changed setting replaces that service alone', async () => {
    const before = await ids();
    await set({ summaryHour: '9' });
    await up();
    const now = await ids();
    assert.equal(now.backup, before.backup);
    assert.notEqual(now.summary, before.summary);
  });

  step('four times the memory is given to the running container', async () => {
    const before = await ids();
    await set({ memoryMiB: '2048' });
    await up();
    const { memory, swap } = JSON.parse(
      await docker(
        'inspect',
        '-f',
        '{"memory":{{.HostConfig.Memory}},"swap":{{.HostConfig.MemorySwap}}}',
        'sqlite-backup',
      ),
    );
    assert.deepEqual([await ids(), memory, swap], [before, 2048 * 1_048_576, -1]);
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });

  step('a container that was stopped by hand is started again after a refresh', async () => {
    const before = await ids();
    await docker('stop', 'sqlite-backup');
    await opened.stack.refresh();
    await up();
    assert.deepEqual([await ids(), (await inspectContainer('sqlite-backup'))?.status], [before, 'running']);
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });

  step('a backup in flight ends before its container goes', async () => {
    const shop = new Sqlite(fixture.database);
    shop.exec('CREATE TABLE pictures (content BLOB)');
    const add = shop.prepare('INSERT INTO pictures VALUES (randomblob(1000000))');
    for (let count = 0; count < 60; count += 1) add.run();
    shop.close();
    await set({ backupRetentionDaily: '19' });
    const count = (await keys()).length;
    await up();
    await set({ backupRetentionDaily: '18' });
    await up();
    await waitUntil(keys, (found) => found.length >= count + 2);
    const history = path.join(fixture.host.state, 'state', 'history.db');
    assert.equal(queryValue(history, "SELECT count(*) FROM runs WHERE outcome IN ('failed', 'interrupted')"), 0);
  });

  step('a broken image fails the `up`, and the old service keeps running', async () => {
    const before = await ids();
    const program = path.join(fixture.images, 'sqlite-backup', 'nightshift.mjs');
    const good = readFileSync(program, 'utf8');
    writeFileSync(program, "#!/usr/bin/env node\nconsole.error('cannot find my feet');\nprocess.exit(1);\n");
    await assert.rejects(up(), /cannot find my feet/);
    assert.deepEqual([await ids(), (await inspectContainer('sqlite-backup'))?.status], [before, 'running']);
    writeFileSync(program, good);
  });

  step('an unhealthy image is rolled back, and the next `up` repairs it', async () => {
    const before = await inspectContainer('sqlite-backup');
    const program = path.join(fixture.images, 'sqlite-backup', 'Dockerfile');
    const good = readFileSync(program, 'utf8');
    appendFileSync(
      program,
      '\nENTRYPOINT ["node", "-e", "setTimeout(() => {}, process.argv.includes(\'check\') ? 0 : 1e9)"]\n',
    );
    await assert.rejects(up(), /Rolled back to the previous image/);
    const after = await inspectContainer('sqlite-backup');
    assert.deepEqual([after?.image, after?.status], [before?.image, 'running']);
    writeFileSync(program, good);
    assert.notDeepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
    await up();
    assert.deepEqual(
      [(await inspectContainer('sqlite-backup'))?.status, await inspectContainer('sqlite-backup-failed')],
      ['running', null],
    );
    assert.deepEqual(Object.keys((await opened.stack.preview()).changeSummary), ['same']);
  });

  step('a container removed by hand is found by refresh and created again', async () => {
    await docker('rm', '-f', 'backend-dailysummary');
    await opened.stack.refresh();
    assert.ok((await opened.stack.preview()).changeSummary.create);
    await up();
    assert.equal((await inspectContainer('backend-dailysummary'))?.status, 'running');
  });

  step('`destroy` removes the services and keeps bucket and data', async () => {
    await opened.stack.destroy({ excludeProtected: true });
    assert.deepEqual(
      [await inspectContainer('sqlite-backup'), await inspectContainer('backend-dailysummary')],
      [null, null],
    );
    assert.ok((await keys()).length > 0);
    assert.equal(queryValue(fixture.database, 'SELECT count(*) FROM orders'), 300);
    assert.deepEqual(
      [readdirSync(path.join(fixture.host.config, 'secrets')), readdirSync(fixture.host.command)],
      [[], []],
    );
  });
});
