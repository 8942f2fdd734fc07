import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAlert } from '../../jobs/monitoring/alerts/alert.ts';
import { deliverAlert } from '../../jobs/monitoring/alerts/deliver-alert.ts';
import type { Log } from '../../jobs/runtime/log.ts';
import { type Faults, startSmtpServer } from '../smtp-server.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:14Z');

describe('an alert is delivered', () => {
  const alert = createAlert('backup of csv_data FAILED', [
    ['The backup of csv_data failed.'],
    ['What to do:', 'Look.'],
  ]);
  const recipients = ['owner@example.com', 'second@example.com'];

  /** Delivers to a server with these faults; who was reached, what arrived, what the log says. */
  async function delivered(faults: Faults, signal = new AbortController().signal) {
    const server = await startSmtpServer({ security: 'plain', faults });
    const lines: string[] = [];
    const log: Log = { line: (text) => lines.push(text), warn: (text) => lines.push(`WARNING ${text}`), failure() {} };
    try {
      const options = { clock: { now: () => at }, log, signal, firstWaitMs: 1 };
      const reached = await deliverAlert(alert, { mail: { smtp: server.smtp, recipients }, webhookUrl: null }, options);
      const mails = server.mails.map(({ to, parsed }) => ({ to, subject: parsed.subject, text: parsed.text }));
      const tries = server.recipientsAsked.length;
      return {
        reached,
        tries,
        mails: mails.toSorted((a, b) => a.to.join().localeCompare(b.to.join())),
        log: lines.toSorted(),
      };
    } finally {
      await server.close();
    }
  }

  test('to each recipient in a message of his own, as it was written', async () => {
    assert.deepEqual(await delivered({}), {
      reached: recipients,
      tries: 2,
      mails: recipients.map((recipient) => ({ to: [recipient], ...alert })),
      log: recipients.map((recipient) => `Mailed ${recipient}: ${alert.subject}`),
    });
  });

  test('though the server puts everybody off at first', async () => {
    const { reached, mails } = await delivered({ defer: 3 });
    assert.deepEqual({ reached, mails: mails.length }, { reached: recipients, mails: 2 });
  });

  test('though the server has first something against the host, the sender or the share of the account', async () => {
    const share = '550 Domain example.com has exceeded the max emails per hour (101/100 (101%)) allowed';
    const faults: Faults[] = [
      { refuseClient: true },
      { refuseSender: true },
      { recipientReply: share },
      { textReply: share },
      { recipientReply: '504 5.5.2 <backup-1>: Helo command rejected: need fully-qualified hostname' },
    ];
    for (const fault of faults) {
      const { reached, mails } = await delivered({ ...fault, connections: 2 });
      assert.deepEqual({ reached, mails: mails.length }, { reached: recipients, mails: 2 }, JSON.stringify(fault));
    }
  });

  test('once, when the recipient or the text is refused for good', async () => {
    const final: Faults[] = [{ refuse: 'owner@example.com' }, { refuseText: true }];
    for (const fault of final) {
      const { tries } = await delivered(fault);
      assert.equal(tries, 2, JSON.stringify(fault));
    }
  });

  test('again when a connection was lost after the text: twice is better than never', async () => {
    const { reached, tries } = await delivered({ drop: 'after-data' });
    assert.deepEqual({ reached, tries }, { reached: [], tries: 8 });
  });

  test('to the others when one address is refused, and the log says which and why', async () => {
    const { reached, mails, log } = await delivered({ refuse: 'second@example.com' });
    assert.deepEqual({ reached, mails: mails.length }, { reached: ['owner@example.com'], mails: 1 });
    assert.match(log[1] ?? '', /^WARNING The alert ".*" did not reach second@example\.com\. MAIL_REJECTED: /);
  });

  test('to nobody, without an error, when the service is stopped', async () => {
    const { reached, mails, log } = await delivered({}, AbortSignal.abort());
    assert.deepEqual({ reached, mails, warned: log.length }, { reached: [], mails: [], warned: 2 });
    assert.match(log[0] ?? '', /did not reach owner@example\.com\. INTERRUPTED: /);
  });
});
