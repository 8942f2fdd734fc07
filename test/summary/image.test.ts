import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { needs } from '../lab/parts.ts';
import { day, makeSummaryScene } from './scene.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const image = `nightshift-test/backend-dailysummary:${process.pid}`;
const env = { ...process.env, DOCKER_HOST: process.env['LAB_DOCKER_HOST'] };
const run = promisify(execFile);

async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', args, { env });
  return stdout + stderr;
}

/** Polls until the output matches; fails with the log of the container. */
async function until(name: string, args: string[], wanted: RegExp): Promise<void> {
  for (let tries = 0; !wanted.test(await docker(...args)); tries += 1) {
    assert.ok(tries < 240, `${await docker(...args)}\n${await docker('logs', name)}`);
    await sleep(250);
  }
}

describe('the image backend-dailysummary on a real Docker engine', needs('docker', 'root'), () => {
  before(async () => {
    const built = mkdtempSync(path.join(tmpdir(), 'image-'));
    execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), built]);
    await docker('build', '-q', '-t', image, path.join(built, 'backend-dailysummary'));
    rmSync(built, { recursive: true });
  });
  after(() => docker('rmi', '-f', image));

  test('runs as the service of production: uid 1000, read-only, no capability; healthy; draws, mails, stops in order', async (t) => {
    const { folder } = makeSummaryScene(t);
    chmodSync(folder, 0o755);
    for (const file of ['shop.db', 'state', 'state/summaries.db']) chownSync(path.join(folder, file), 1000, 1000);
    const name = `backend-dailysummary-${process.pid}`;
    t.after(() => docker('rm', '-f', name));
    await docker(
      ...['run', '-d', '--name', name, '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['-v', `${folder}:/data:ro`, '-v', `${folder}/state:/state`, '--health-interval', '1s'],
      ...['-e', 'DATABASE_PATH=/data/shop.db', '-e', 'SUMMARY_RECIPIENTS=owner@example.com'],
      ...['-e', 'SUMMARY_OUTBOX=/state/outbox', image],
    );
    await until(name, ['logs', name], /next summary /);
    await until(name, ['inspect', '-f', '{{.State.Health.Status}}', name], /^healthy/);
    const sent = await docker('exec', name, 'nightshift', 'summary', 'send', '--day', day);
    assert.match(sent, /owner@example\.com {2}written /);
    const [mail = ''] = readdirSync(path.join(folder, 'state', 'outbox'));
    const raw = readFileSync(path.join(folder, 'state', 'outbox', mail), 'utf8');
    assert.ok((raw.match(/^Content-Type: image\/png/gm) ?? []).length > 1);
    await docker('stop', '-t', '20', name);
    assert.equal(await docker('inspect', '-f', '{{.State.ExitCode}}', name), '0\n');
    assert.match(await docker('logs', name), / stopped$/m);
  });
});
