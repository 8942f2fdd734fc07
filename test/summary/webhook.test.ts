import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allRecipients } from '../../jobs/summary/recipients.ts';
import { sendDay } from '../../jobs/summary/send-day.ts';
import { accept, startWebhook, type WebhookReply } from '../monitoring/webhook-server.ts';
import { nightshift } from '../nightshift.ts';
import { day, makeSummaryScene } from './scene.ts';

const down = {
  host: '127.0.0.1',
  port: 9,
  login: null,
  from: 'shop@example.com',
  ehloName: 'shop.test',
};

test('the webhook gets the first sentence and the link once a day, whatever becomes of the emails', async (t) => {
  const { posted, url, host } = await startWebhook(t);
  const scene = makeSummaryScene(t, { environment: { SUMMARY_WEBHOOK_URL: url }, server: { smtp: down } });
  const recipients = allRecipients(scene.settings.summary);
  const send = async () => {
    const { deliveries } = await sendDay(day, recipients, scene.deps);
    return deliveries.map(({ recipient, state }) => `${recipient} ${state}`);
  };
  const states = ['owner@example.com pending', `webhook ${host} accepted`];
  assert.deepEqual([await send(), await send()], [states, states]);
  assert.equal(posted.length, 1);
  const { event, subject, text, link } = posted[0] ?? {};
  assert.deepEqual(
    { event, text, link },
    { event: 'summary', text: scene.deps.archive.pageOf(day)?.opening, link: null },
  );
  assert.match(String(subject), /30 November 2025/);
});

test('one that may have arrived is not posted again; a revoked one says what to do', async (t) => {
  const replies: WebhookReply[] = [
    (response) => response.socket?.destroy(),
    (response) => response.writeHead(404).end(),
  ];
  for (const [reply, state, count] of [
    [replies[0] ?? accept, 'uncertain', 1],
    [replies[1] ?? accept, 'rejected', 1],
  ] as const) {
    const { posted, url, host } = await startWebhook(t, '/hook/secret', reply);
    const environment = { SUMMARY_RECIPIENTS: '', SUMMARY_WEBHOOK_URL: url };
    const scene = makeSummaryScene(t, { environment });
    const recipients = allRecipients(scene.settings.summary);
    for (let tries = 0; tries < 2; tries += 1) {
      const { deliveries } = await sendDay(day, recipients, scene.deps);
      assert.deepEqual(
        deliveries.map((one) => [one.recipient, one.state]),
        [[`webhook ${host}`, state]],
      );
    }
    assert.equal(posted.length, count);
    assert.doesNotMatch(scene.lines.join(), /secret/);
  }
});

test('with a webhook alone summaries go out and status is ok', async (t) => {
  const { posted, url } = await startWebhook(t);
  const environment = {
    SUMMARY_RECIPIENTS: '',
    SUMMARY_WEBHOOK_URL: url,
    TIME_ZONE: 'UTC',
    SUMMARY_SCHEDULE_HOUR: '0',
  };
  const scene = makeSummaryScene(t, { environment });
  const sent = await nightshift(['summary', 'send'], scene.environment);
  assert.equal(sent.code, 0, sent.err);
  assert.equal(posted.length, 1);
  const { code, out } = await nightshift(['summary', 'status'], scene.environment);
  assert.equal(code, 0, out);
  assert.match(out, /^summary: ok, the summary of .* went out to 1 recipient\n/);
});
