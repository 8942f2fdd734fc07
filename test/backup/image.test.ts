import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { needs } from '../lab/parts.ts';
import { makeBucket } from '../store/buckets.ts';
import { makeScene } from './scene.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const image = 'nightshift-test/sqlite-backup';
const env = { ...process.env, DOCKER_HOST: process.env['LAB_DOCKER_HOST'] };
const run = promisify(execFile);

async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { env });
  return stdout + stderr;
}

describe('the image sqlite-backup on a real Docker engine', needs('docker', 'root'), () => {
  before(async () => {
    const built = mkdtempSync(path.join(tmpdir(), 'image-'));
    execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), built]);
    await docker('build', '-q', '-t', image, path.join(built, 'sqlite-backup'));
    rmSync(built, { recursive: true });
  });

  test('runs as the service of production: uid 1000, read-only root, no capability, healthy, stopped in order', async (t) => {
    const scene = await makeScene(t);
    for (const name of ['data', 'state', 'staging', 'store', 'data/shop.db', 'state/history.db']) {
      chownSync(path.join(scene.folder, name), 1000, 1000);
    }
    const name = `sqlite-backup-${process.pid}`;
    t.after(() => docker('rm', '-f', name));
    await docker(
      ...['run', '-d', '--name', name, '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['-v', `${scene.folder}/data:/data`, '-v', `${scene.folder}/state:/state`],
      ...['-v', `${scene.folder}/staging:/staging`, '-v', `${scene.folder}/store:/store`],
      ...['-e', 'DATABASE_PATH=/data/shop.db', '-e', 'BACKUP_STORE=file:///store', '--health-interval', '1s', image],
    );
    for (let tries = 0; !(await docker('logs', name)).includes('next backup'); tries += 1) {
      assert.ok(tries < 120, await docker('logs', name));
      await sleep(250);
    }
    const logs = await docker('logs', name);
    assert.match(logs, /Backup completed successfully\n.*Backup uploaded to Object Storage\n/);
    const [key = ''] = await scene.keys();
    const stored = readFileSync(path.join(scene.folder, 'store', 'sqlite-backups', key));
    assert.equal(gunzipSync(stored).subarray(0, 15).toString(), 'SQLite format 3');

    assert.match(await docker('exec', name, 'nightshift', 'status'), /^shop: ok/);
    assert.match(await docker('exec', name, 'nightshift', 'list'), / verified /);
    for (
      let tries = 0;
      !(await docker('inspect', '-f', '{{.State.Health.Status}}', name)).startsWith('healthy');
      tries += 1
    ) {
      assert.ok(tries < 60, await docker('inspect', name));
      await sleep(250);
    }
    await docker('stop', '-t', '20', name);
    assert.equal(await docker('inspect', '-f', '{{.State.ExitCode}}', name), '0\n');
    assert.match(await docker('logs', name), /stopped\n$/);
  });

  test('check passes in the container of the README, where only the mounts can be written', needs('s3'), async (t) => {
    const scene = await makeScene(t);
    const bucket = await makeBucket();
    t.after(() => bucket.remove());
    const { endpoint, region, bucket: name, accessKey, secretKey } = bucket.location;
    for (const folder of ['data', 'state', 'staging', 'data/shop.db', 'state/history.db']) {
      chownSync(path.join(scene.folder, folder), 1000, 1000);
    }
    const variables = {
      DATABASE_PATH: '/data/shop.db',
      LINODE_ENDPOINT: endpoint,
      LINODE_REGION: region,
      LINODE_BUCKET: name,
      LINODE_ACCESS_KEY: accessKey,
      LINODE_SECRET_KEY: secretKey,
    };
    const output = await docker(
      ...[
        'run',
        '--rm',
        '--network',
        'host',
        '--read-only',
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
      ],
      ...['-v', `${scene.folder}/data:/data`, '-v', `${scene.folder}/state:/state`],
      ...['-v', `${scene.folder}/staging:/staging`],
      ...Object.entries(variables).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
      ...[image, 'check'],
    );
    assert.deepEqual(
      output.match(/^\S+ +[^:]+/gm)?.filter((line) => !line.startsWith('ok')),
      ['WARN  alerts'],
      output,
    );
  });
});
