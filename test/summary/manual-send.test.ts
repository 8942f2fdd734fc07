import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideAlert } from '../../jobs/monitoring/alerts/alert-decision.ts';
import { nightshift } from '../nightshift.ts';
import { startSmtpServer } from '../smtp-server.ts';
import { makeSummaryScene } from './scene.ts';

test('a summary sent by hand counts as a good one when it brings everybody the last one due; the second in a row ends the alert', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { environment, deps } = makeSummaryScene(t, {
    recipients: ['owner@example.com', 'second@example.com'],
    environment: {
      ...{ TIME_ZONE: 'UTC', SUMMARY_SCHEDULE_HOUR: '0', ALERT_RECIPIENTS: 'admin@example.com' },
      ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' },
    },
  });
  const budget = deps.alertBudget;
  const failing = Temporal.Now.instant().subtract({ hours: 48 });
  budget.write(decideAlert(budget.read(), [{ kind: 'MAIL_LOGIN', isEvent: false }], failing).budgetIfSent);
  const send = async (...args: string[]) => {
    const before = server.mails.length;
    const { code, err } = await nightshift(['summary', 'send', ...args], environment);
    assert.equal(code, 0, err);
    return [server.mails.slice(before).map(({ to }) => to[0]), budget.read().outage?.goodRuns ?? 'over'];
  };
  assert.deepEqual(await send('--day', '2025-11-30'), [['owner@example.com', 'second@example.com'], 0]);
  assert.deepEqual(await send('--to', 'owner@example.com'), [['owner@example.com'], 0]);
  assert.deepEqual(await send(), [['second@example.com'], 1]);
  // Nobody lacked it: no second good run.
  assert.deepEqual(await send(), [[], 1]);
  const next = decideAlert(budget.read(), [], Temporal.Now.instant());
  assert.equal(next.reason, 'all-clear');
});
