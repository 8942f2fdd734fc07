import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTroubles } from '../../jobs/summary/troubles.ts';
import { nightshift } from '../nightshift.ts';
import { startSmtpServer } from '../smtp-server.ts';
import { makeSummaryScene } from './scene.ts';

test('a summary sent by hand ends the trouble once everybody has the last one due, and one mail says so', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { environment, office } = makeSummaryScene(t, {
    recipients: ['owner@example.com', 'second@example.com'],
    environment: {
      ...{ TIME_ZONE: 'UTC', SUMMARY_SCHEDULE_HOUR: '0', ALERT_RECIPIENTS: 'admin@example.com' },
      ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' },
    },
  });
  const troubles = openTroubles(office.settings.stateDir);
  t.after(() => troubles.close());
  troubles.open('MAIL_LOGIN', Temporal.Now.instant().subtract({ hours: 1 }));
  const send = async (...args: string[]) => {
    const before = server.mails.length;
    const { code, err } = await nightshift(['summary', 'send', ...args], environment);
    assert.equal(code, 0, err);
    return [server.mails.slice(before).map(({ to }) => to[0]), troubles.current()?.subject ?? null];
  };
  assert.deepEqual(await send('--day', '2025-11-30'), [['owner@example.com', 'second@example.com'], 'MAIL_LOGIN']);
  assert.deepEqual(await send('--to', 'owner@example.com'), [['owner@example.com'], 'MAIL_LOGIN']);
  assert.deepEqual(await send(), [['second@example.com', 'admin@example.com'], null]);
  assert.deepEqual(await send(), [[], null]);
});
