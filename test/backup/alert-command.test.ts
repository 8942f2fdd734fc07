import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { nightshift } from '../nightshift.ts';
import { alertMails } from './mailed.ts';

/** A dead-man's switch that answers every path below `/uuid` with this code, and what it was asked. */
async function deadMansSwitch(t: TestContext, code = 200) {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(code).end('OK');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => http.on('listening', listening));
  t.after(() => new Promise((closed) => http.close(closed)));
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { asked, host, url: `http://${host}/uuid` };
}

test('alert --test goes through every channel and says of each what became of it', async (t) => {
  const { environment, server } = await alertMails(t);
  const { asked, host, url } = await deadMansSwitch(t);
  const settings = { ...environment, ALERT_RECIPIENTS: 'owner@example.com,second@example.com' };
  const pings = { BACKUP_PING_URL: url, SUMMARY_PING_URL: `${url}2` };
  const { code, out, err } = await nightshift(['alert', '--test'], { ...settings, ...pings });
  assert.equal(
    out,
    `ok    ALERT_RECIPIENTS: mail to owner@example.com: 127.0.0.1 accepted it: 250 2.0.0 Queued as 4fGh2k
ok    ALERT_RECIPIENTS: mail to second@example.com: 127.0.0.1 accepted it: 250 2.0.0 Queued as 4fGh2k
ok    BACKUP_PING_URL: dead-man's switch at ${host}: it accepted a log entry (/log), which does not count as a run
ok    SUMMARY_PING_URL: dead-man's switch at ${host}: it accepted a log entry (/log), which does not count as a run
`,
  );
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(
    server.mails.map(({ to, parsed }) => `${to} ${parsed.subject}`),
    ['owner', 'second'].map((who) => `${who}@example.com nightshift: a test of alerts from ${hostname()}`),
  );
  // Never the address itself, which would count as a good run.
  assert.deepEqual(asked, ['/uuid/log', '/uuid2/log']);
});

test('a channel that fails is named with the reason, the others are tried all the same, exit 1', async (t) => {
  const { environment, server } = await alertMails(t);
  server.faults = { refuse: 'owner@example.com' };
  const { host, url } = await deadMansSwitch(t, 404);
  const settings = { ...environment, ALERT_RECIPIENTS: 'owner@example.com,second@example.com', BACKUP_PING_URL: url };
  const { code, out, err } = await nightshift(['alert', '--test'], settings);
  assert.equal(code, 1);
  assert.deepEqual(
    out.match(/^(ok|FAIL) .*$/gm)?.map((line) => line.replace(/ 250 .*/, '')),
    [
      'FAIL  ALERT_RECIPIENTS: mail to owner@example.com: MAIL_REJECTED: The mail server 127.0.0.1:' +
        `${server.smtp.port} refuses the recipient owner@example.com: 550 5.1.1 No such user here.`,
      'ok    ALERT_RECIPIENTS: mail to second@example.com: 127.0.0.1 accepted it:',
      `FAIL  BACKUP_PING_URL: dead-man's switch at ${host}: it responded with 404`,
    ],
  );
  assert.equal(
    err.split('\n')[0],
    `ALERT_UNDELIVERED: 2 of 3 channels failed the test: ALERT_RECIPIENTS: mail to owner@example.com; BACKUP_PING_URL: dead-man's switch at ${host}.`,
  );
  assert.doesNotMatch(out + err, /uuid/);
});

test('with no channel it says that nobody would be notified, exit 1; without --test it does nothing, exit 2', async () => {
  const none = await nightshift(['alert', '--test'], {});
  assert.deepEqual([none.code, none.out], [1, '']);
  assert.match(
    none.err,
    /^ALERT_NO_CHANNEL: No channel is set: nobody would be notified when backups or summaries fail\.$/m,
  );
  assert.equal((await nightshift(['alert'], {})).code, 2);
});
