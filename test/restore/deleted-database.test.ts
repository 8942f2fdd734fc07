import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { needs } from '../lab/parts.ts';
import { nightshift } from '../nightshift.ts';
import { docker, inspect, makeDockerScene } from './docker-scene.ts';
import { makeTestDatabases } from './test-databases.ts';

test('a deleted database that a process still has open is not destroyed: the copy commands are printed; --allow-lost-file continues', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const databases = makeTestDatabases();
  t.after(() => databases.remove());
  const content = readFileSync(databases.database);
  const holder = spawn('sh', ['-c', 'exec 3<"$1"; echo open; read -r _', 'sh', databases.database]);
  t.after(() => holder.kill());
  await once(holder.stdout, 'data');
  rmSync(databases.database);
  const restore = (...args: string[]) =>
    nightshift(['restore', 'latest', '--yes', '--no-docker', ...args], databases.environment);
  const refused = await restore();
  assert.equal(refused.code, 1, refused.out + refused.err);
  assert.match(refused.err, /DATABASE_LOST_OPEN/);
  assert.ok(
    refused.err.includes(`cp /proc/${holder.pid}/fd/3 ${databases.database}.rescue-${holder.pid}`),
    refused.err,
  );
  assert.equal(existsSync(databases.database), false);
  assert.deepEqual(readFileSync(`/proc/${holder.pid}/fd/3`), content);
  const forced = await restore('--allow-lost-file', '--ignore-open-files');
  assert.equal(forced.code, 0, forced.out + forced.err);
});

test(
  'a deleted database that a Docker service still has open: the service keeps running, and the printed commands rescue it',
  needs('docker', 'root'),
  async (t) => {
    const scene = await makeDockerScene(t);
    const service = await scene.service('server');
    const database = scene.environment['DATABASE_PATH'] ?? '';
    rmSync(database);
    const refused = await scene.restore();
    assert.equal(refused.code, 1, refused.out + refused.err);
    assert.match(refused.err, /DATABASE_LOST_OPEN/);
    assert.equal(await inspect(service, '{{.State.Running}}'), 'true');
    const commands = refused.err.match(/cp \S+ \S+/g) ?? [];
    assert.equal(commands.length, 2, refused.err);
    await docker('pause', service);
    for (const command of commands) execFileSync('sh', ['-c', command]);
    const pid = await inspect(service, '{{.State.Pid}}');
    const rescued = new Sqlite(`${database}.rescue-${pid}`);
    assert.equal(rescued.prepare('SELECT name FROM era').pluck().get(), 'current');
    rescued.close();
  },
);
