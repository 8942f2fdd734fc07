import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { dayBefore } from '../../jobs/summary/due.ts';
import { openSummaryStore } from '../../jobs/summary/storage/summary-store.ts';
import { freePort } from '../free-port.ts';
import { nightshift, type RunningCommand, startNightshift } from '../nightshift.ts';
import { type Faults, startSmtpServer } from '../smtp-server.ts';
import { makeSummaryScene } from './scene.ts';

const zone = 'UTC';
const owner = 'owner@example.com';

/** A real service whose summary of yesterday was due some minutes ago, and that has sent others before. */
async function makeService(t: TestContext, faults: Faults = {}, more: Record<string, string> = {}) {
  const server = await startSmtpServer({ security: 'plain', faults });
  t.after(() => server.close());
  const now = Temporal.Now.instant();
  const port = await freePort();
  const scene = makeSummaryScene(t, {
    recipients: [owner, 'second@example.com'],
    environment: {
      ...{
        TIME_ZONE: zone,
        SUMMARY_SCHEDULE_HOUR: String(now.toZonedDateTimeISO(zone).hour),
        SUMMARY_PORT: String(port),
      },
      ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'Shop <shop@example.com>' },
      ...more,
    },
  });
  const { ledger } = scene.deps;
  const sentBefore = () => {
    ledger.addPending('2020-01-01', [owner], now);
    ledger.claim('2020-01-01', owner, ['pending'], now);
    ledger.finish('2020-01-01', owner, { state: 'accepted', reply: '250', code: null }, now);
  };
  const states = () => {
    const fresh = openSummaryStore(scene.settings.stateDir);
    const found = fresh.ledger
      .ofDay(dayBefore(now, zone))
      .map(({ recipient, state, tries }) => `${recipient} ${state}, ${tries}`);
    fresh.close();
    return found;
  };
  const start = (): RunningCommand => {
    const service = startNightshift(['summary', '--schedule'], scene.environment);
    t.after(() => service.child.kill('SIGKILL'));
    return service;
  };
  return { server, scene, port, day: dayBefore(now, zone), sentBefore, states, start };
}

test('what came due while it was down goes out at the start, once; the page is served; stopped, it exits cleanly', async (t) => {
  const { server, port, day, sentBefore, states, start, scene } = await makeService(t);
  sentBefore();
  const service = start();
  await service.printed(/next summary \d{4}-\d\d-\d\d \d\d:00, in /);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  assert.notEqual((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
  service.child.kill('SIGTERM');
  const { code, out, err } = await service.finished;
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`Summary of ${day} sent to ${owner}\n[^]*stopped\n$`));
  assert.deepEqual(states(), [`${owner} accepted, 1`, 'second@example.com accepted, 1']);

  const again = start();
  await again.printed('next summary');
  again.child.kill('SIGTERM');
  assert.equal((await again.finished).code, 0);
  assert.equal(server.mails.length, 2);
  const status = await nightshift(['summary', 'status'], scene.environment);
  assert.equal(status.code, 0, status.err);
  assert.match(status.out, new RegExp(`^summary: ok, the summary of ${day} went out to 2 recipients\n`));
});

test('the day of the migration: with an empty ledger it sends nothing until the next day', async (t) => {
  const { server, states, start } = await makeService(t);
  const service = start();
  await service.printed('next summary');
  service.child.kill('SIGTERM');
  assert.equal((await service.finished).code, 0);
  assert.deepEqual([states(), server.recipientsAsked], [[], []]);
});

test('killed while a mail is under way, it does not send that mail again, and marks it as uncertain', async (t) => {
  const { server, sentBefore, states, start, scene, day } = await makeService(t, { hang: 'after-data' });
  sentBefore();
  const killed = start();
  await server.hung;
  killed.child.kill('SIGKILL');
  await killed.finished;
  assert.deepEqual(states(), [`${owner} sending, 1`, 'second@example.com pending, 0']);
  server.faults = {};
  const service = start();
  await service.printed('next summary');
  service.child.kill('SIGTERM');
  await service.finished;
  assert.deepEqual(states(), [`${owner} uncertain, 1`, 'second@example.com accepted, 1']);
  assert.deepEqual(
    server.mails.map(({ to }) => to[0]),
    ['second@example.com'],
  );
  const status = await nightshift(['summary', 'status'], scene.environment);
  assert.equal(status.code, 1);
  assert.match(status.err, new RegExp(`SUMMARY_NOT_SENT: .*${day} did not go out to ${owner} \\(uncertain\\)`));
});

test('stopped while a mail is under way, that mail may still be taken', async (t) => {
  const { server, sentBefore, states, start } = await makeService(
    t,
    { hang: 'after-data' },
    { STOP_GRACE_SECONDS: '1' },
  );
  sentBefore();
  const service = start();
  await server.hung;
  service.child.kill('SIGTERM');
  assert.equal((await service.finished).code, 0);
  assert.deepEqual(states(), [`${owner} uncertain, 1`, 'second@example.com pending, 0']);
});

test('a summary that cannot be made is one alert, one ping, and another try; the service stays up', async (t) => {
  const pings: string[] = [];
  const http = createServer((request, response) => {
    pings.push(request.url ?? '');
    response.end('OK');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => http.on('listening', listening));
  t.after(() => new Promise((closed) => http.close(closed)));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/uuid`;
  const { server, scene, day, sentBefore, start } = await makeService(
    t,
    {},
    { SUMMARY_PING_URL: url, ALERT_RECIPIENTS: 'boss@example.com' },
  );
  sentBefore();
  const database = scene.environment['DATABASE_PATH'] ?? '';
  renameSync(database, `${database}.aside`);
  for (let count = 0; count < 2; count += 1) {
    const service = start();
    await service.printed(`trying the summary of ${day} again in 5 minutes`);
    if (count === 0) await service.printed('Mailed boss@example.com');
    service.child.kill('SIGTERM');
    assert.equal((await service.finished).code, 0);
  }
  renameSync(`${database}.aside`, database);
  const service = start();
  await service.printed('next summary');
  service.child.kill('SIGTERM');
  await service.finished;
  const subjects = server.mails.map(({ to, parsed }) => `${to} ${parsed.subject?.replace(/ \(.*/, '')}`);
  assert.deepEqual(
    subjects.filter((line) => line.startsWith('boss')),
    // The all-clear is for the second good one, tomorrow.
    [`boss@example.com nightshift: summary of ${day} did not go out`],
  );
  assert.equal(subjects.length, 3);
  assert.deepEqual(pings, ['/uuid/start', '/uuid/fail', '/uuid/start', '/uuid/fail', '/uuid/start', '/uuid']);
});

test('settings that send to nobody, or a port in use, end it at the start with a reason', async (t) => {
  const { scene, port } = await makeService(t);
  const nobody = await nightshift(['summary', '--schedule'], { ...scene.environment, SUMMARY_RECIPIENTS: '' });
  assert.equal(nobody.code, 2);
  assert.match(nobody.err, /SUMMARY_RECIPIENTS is not set/);
  const wrong = await nightshift(['summary', '--schedule'], {
    ...scene.environment,
    SUMMARY_RECIPIENTS: 'a@b.my, nonsense',
  });
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /SUMMARY_RECIPIENTS is "a@b\.my, nonsense": set it to mail addresses separated by commas/);
  const holder = createServer().listen(port, '0.0.0.0');
  await new Promise((listening) => holder.on('listening', listening));
  t.after(() => holder.close());
  const busy = await nightshift(['summary', '--schedule'], scene.environment);
  assert.deepEqual([busy.code, /HTTP_PORT_UNUSABLE/.test(busy.err)], [2, true]);
});
