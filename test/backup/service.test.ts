import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { nightshift, startNightshift } from '../nightshift.ts';
import { startSmtpServer } from '../smtp-server.ts';
import { makeScene, type Scene } from './scene.ts';

/** Makes the scene's database big enough that a run takes a while. */
function grow({ sql }: Scene, mib: number): void {
  sql(`CREATE TABLE blobs (data BLOB); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${mib})
       INSERT INTO blobs SELECT randomblob(1048576) FROM n;`);
}

const fast = { BACKUP_GZIP_LEVEL: '1' };

/** On a Sunday a run makes a weekly copy, too. */
const dailies = (keys: readonly string[]) => keys.filter((key) => key.startsWith('daily/'));

function outcomes({ history }: Scene): string[] {
  return history.runs('backup', 'shop', 9).map(({ outcome }) => outcome);
}

test('the service backs up as soon as it starts, says when it will again, and ends in order', async (t) => {
  const scene = await makeScene(t);
  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed(/next backup \d{4}-\d\d-\d\d 02:00, in /);
  service.child.kill('SIGTERM');
  const { code, out, err } = await service.finished;
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.match(
    out,
    /Backup completed successfully\n.*Backup uploaded to Object Storage\n.*next backup .*\n.*stopped\n$/,
  );
  assert.deepEqual(outcomes(scene), ['succeeded']);
});

test('stopped in the middle of a run, it lets the run go on for the grace period', async (t) => {
  const scene = await makeScene(t, { STOP_GRACE_SECONDS: '60', ...fast });
  grow(scene, 30);
  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed('snapshot: ');
  service.child.kill('SIGTERM');
  const { code, out } = await service.finished;
  assert.equal(code, 0);
  assert.match(out, /Backup completed successfully/);
  assert.deepEqual(outcomes(scene), ['succeeded']);
});

test('when the time of grace is over the run is taken back: no object, nothing staged, no alert, recorded as interrupted', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const scene = await makeScene(t, { STOP_GRACE_SECONDS: '0', ...mailTo(server.smtp.port), ...fast });
  grow(scene, 30);
  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed('snapshot: ');
  service.child.kill('SIGTERM');
  const { code } = await service.finished;
  assert.equal(code, 0);
  assert.deepEqual(outcomes(scene), ['interrupted']);
  assert.deepEqual(await scene.keys(), []);
  assert.deepEqual(scene.staged(), []);
  assert.deepEqual(server.mails, []);
});

test('killed with SIGKILL after each of its steps, the next run cleans up or finishes what it left', async (t) => {
  const scene = await makeScene(t);
  grow(scene, 12);
  for (const line of ['', 'snapshot: ', 'check and compress: ', 'upload: ', 'read back: ']) {
    const run = startNightshift(['backup'], scene.environment);
    await run.printed(line);
    run.child.kill('SIGKILL');
    await run.finished;
  }
  const { code, err } = await nightshift(['backup'], scene.environment);
  assert.equal(code, 0, err);
  assert.deepEqual(scene.staged(), []);
  const verifications = openHistory(scene.settings.stateDir).verifications();
  const keys = await scene.keys();
  assert.deepEqual(
    keys.map((key) => verifications.get(`sqlite-backups/${key}`)),
    keys.map(() => 'verified'),
  );
  const visible = readdirSync(path.join(scene.folder, 'store', 'sqlite-backups', 'daily')).filter(
    (name) => !name.startsWith('.'),
  );
  assert.equal(visible.length, dailies(keys).length);
});

test('when the service itself is killed, its run ends too and its lock is free', async (t) => {
  const scene = await makeScene(t, fast);
  grow(scene, 30);
  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed('snapshot: ');
  service.child.kill('SIGKILL');
  await service.finished;
  assert.equal((await nightshift(['backup'], scene.environment)).code, 0);
  assert.deepEqual(outcomes(scene), ['succeeded', 'interrupted']);
});

test('a failed run stays up, alerts once by mail, pings the dead-man’s switch, and logs when it tries again', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  const pings: string[] = [];
  const http = createServer((request, response) => {
    pings.push(request.url ?? '');
    response.end('OK');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => http.on('listening', listening));
  t.after(() => Promise.all([server.close(), new Promise((closed) => http.close(closed))]));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/uuid`;
  const scene = await makeScene(t, { BACKUP_PING_URL: url, ...mailTo(server.smtp.port) });
  const aside = `${scene.database.path}.aside`;
  renameSync(scene.database.path, aside);

  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed('trying shop again in 5 minutes');
  await service.printed('Mailed owner@example.com');
  service.child.kill('SIGTERM');
  await service.finished;
  const again = await nightshift(['backup'], scene.environment);
  assert.equal(again.code, 1);
  renameSync(aside, scene.database.path);
  for (const mails of [1, 2]) {
    assert.equal((await nightshift(['backup'], scene.environment)).code, 0);
    assert.equal(server.mails.length, mails);
  }
  assert.deepEqual(
    server.mails.map(({ parsed }) => parsed.subject),
    ['nightshift: backup of shop FAILED (DATABASE_MISSING)', 'nightshift: backups of shop work again'],
  );
  const run = (end: string) => ['/uuid/start', `/uuid${end}`];
  assert.deepEqual(pings, [...run('/fail'), ...run('/fail'), ...run(''), ...run('')]);
});

test('health and metrics are served while the first backup is under way and after it', async (t) => {
  const scene = await makeScene(t, { HTTP_PORT: '19188' });
  const service = startNightshift(['backup', '--schedule'], scene.environment);
  await service.printed('next backup');
  const health = await fetch('http://127.0.0.1:19188/healthz');
  assert.equal(health.status, 200);
  const metrics = await (await fetch('http://127.0.0.1:19188/metrics')).text();
  assert.match(metrics, /^nightshift_backup_runs_total\{database="shop",outcome="succeeded"\} 1$/m);
  service.child.kill('SIGTERM');
  assert.equal((await service.finished).code, 0);
});

test('of two services on one database one waits for the other’s run', async (t) => {
  const scene = await makeScene(t, fast);
  grow(scene, 30);
  const both = [startNightshift(['backup'], scene.environment), startNightshift(['backup'], scene.environment)];
  const ended = await Promise.all(both.map(({ finished }) => finished));
  assert.deepEqual(
    ended.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(ended.filter(({ out, err }) => /waiting/i.test(out + err)).length, 1);
  assert.equal(dailies(await scene.keys()).length, 2);
});

test('a database that is locked exclusively is a clear error', async (t) => {
  const scene = await makeScene(t);
  const holder = new Sqlite(scene.database.path);
  holder.pragma('locking_mode = EXCLUSIVE');
  holder.exec("BEGIN EXCLUSIVE; INSERT INTO notes VALUES ('held')");
  t.after(() => holder.close());
  const { code, err, out } = await nightshift(['check'], scene.environment);
  assert.equal(code, 1);
  assert.match(err + out, /DATABASE_LOCKED/);
});

function mailTo(port: number) {
  return {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(port),
    SMTP_FROM: 'nightshift@example.com',
    ALERT_RECIPIENTS: 'owner@example.com',
  };
}
