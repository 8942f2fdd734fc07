import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { createAlert } from '../../jobs/monitoring/alerts/alert.ts';
import { deliverAlert } from '../../jobs/monitoring/alerts/deliver-alert.ts';
import { postWebhook, type WebhookMessage, webhookBody } from '../../jobs/monitoring/webhook.ts';
import type { Log } from '../../jobs/runtime/log.ts';
import { nightshift } from '../nightshift.ts';
import { accept, startWebhook, type WebhookReply } from './webhook-server.ts';

const never = new AbortController().signal;
const at = Temporal.Instant.from('2025-11-29T18:00:14.5Z');
const message: WebhookMessage = { event: 'alert', subject: 'a & b <c>', text: 'It failed.\n', link: null, at };
const limits = { timeoutMs: 200, tries: 3, firstWaitMs: 1 };

test('Slack gets its own form, in which no text becomes a mention; others get plain facts', () => {
  const slack = { text: '*a &amp; b &lt;c&gt;*\nIt failed.\n<https://daily.example.com/x>' };
  const linked = { ...message, link: 'https://daily.example.com/x' };
  assert.deepEqual(webhookBody(new URL('https://hooks.slack.com/services/T0/B0/x'), linked), slack);
  assert.deepEqual(webhookBody(new URL('https://discord.com/api/webhooks/1/x/slack'), linked), slack);
  assert.deepEqual(webhookBody(new URL('https://chat.example.com/hooks/x'), message), {
    event: 'alert',
    subject: 'a & b <c>',
    text: 'It failed.\n',
    link: null,
    host: hostname(),
    at: '2025-11-29T18:00:14Z',
  });
});

test('what a webhook does wrong is named without its address, and tried again where that may help', async (t) => {
  const cases: [string, WebhookReply, number, string][] = [
    ['revoked', (response) => response.writeHead(404).end(), 1, 'WEBHOOK_REFUSED: it responded with 404'],
    ['busy', (response) => response.writeHead(429).end(), 3, 'WEBHOOK_UNREACHABLE: it responded with 429'],
    [
      'a proxy that gave up waiting',
      (response) => response.writeHead(504).end(),
      1,
      'WEBHOOK_UNCERTAIN: it responded with 504',
    ],
    ['drops it', (response) => response.socket?.destroy(), 1, 'WEBHOOK_UNCERTAIN: ECONNRESET'],
    ['hangs', () => {}, 1, 'WEBHOOK_UNCERTAIN: no response in time'],
  ];
  for (const [title, reply, tries, expected] of cases) {
    const { url, host, posted } = await startWebhook(t, '/hook/secret', reply);
    const failure = await postWebhook({ url, variable: 'ALERT_WEBHOOK_URL' }, message, never, limits).catch((e) => e);
    const [code = '', why = ''] = expected.split(': ');
    assert.deepEqual([failure.code, posted.length], [code, tries], title);
    const what = code === 'WEBHOOK_UNCERTAIN' ? 'did not say that it accepted' : 'did not accept';
    assert.ok(failure.message.startsWith(`The webhook at ${host} ${what} the message: ${why}.`), failure.message);
    assert.doesNotMatch(`${failure.message} ${failure.hint}`, /secret/);
  }
  const nobody = { url: 'http://127.0.0.1:9/secret', variable: 'ALERT_WEBHOOK_URL' };
  const failure = await postWebhook(nobody, message, never, limits).catch((error) => error);
  assert.equal(failure.code, 'WEBHOOK_UNREACHABLE');
});

test('an alert goes to the webhook without any mail, and is tried again when it is busy', async (t) => {
  const busyOnce: WebhookReply = (response, nth) => (nth === 1 ? response.writeHead(503).end() : accept(response, nth));
  const { url, host, posted } = await startWebhook(t, '/hook', busyOnce);
  const lines: string[] = [];
  const log: Log = { line: (line) => lines.push(line), warn: assert.fail, failure: assert.fail };
  const alert = createAlert('backup of shop FAILED', [['The backup of shop failed.']]);
  const deps = { clock: { now: () => at }, log, signal: never, firstWaitMs: 1 };
  assert.deepEqual(await deliverAlert(alert, { mail: null, webhookUrl: url }, deps), [host]);
  assert.deepEqual(lines, [`Posted to ${host}: nightshift: backup of shop FAILED`]);
  assert.deepEqual(
    posted.map(({ event, subject, text }) => ({ event, subject, text })),
    Array.from({ length: 2 }, () => ({ event: 'alert', ...alert })),
  );
});

test('alert --test posts a test, and says where it went', async (t) => {
  const { url, host, posted } = await startWebhook(t);
  const environment = { STATE_DIR: '/nope', DATABASE_PATH: '/nope/shop.db', ALERT_WEBHOOK_URL: url };
  const { code, out } = await nightshift(['alert', '--test'], environment);
  assert.deepEqual([code, out], [0, `ok    ALERT_WEBHOOK_URL: webhook at ${host}: it accepted the message: ok\n`]);
  assert.deepEqual(
    [posted[0]?.['event'], posted[0]?.['subject']],
    ['test', `nightshift: a test of alerts from ${hostname()}`],
  );
});
