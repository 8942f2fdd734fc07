import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type MailSecurity, securityOf, sendMail } from '../../jobs/monitoring/mail/mail.ts';
import { interruptedFailure } from '../../jobs/runtime/errors.ts';
import { certificates, type Faults, trustTestCertificates } from '../smtp-server.ts';
import { exim, failureOf, login, mail, never, withServer } from './mail-sending.ts';

before(trustTestCertificates);

describe('a mail arrives whole', () => {
  for (const security of ['implicit', 'starttls'] as const) {
    test(`over ${security} TLS with a login`, async () => {
      await withServer({ security, login }, async (server) => {
        const receipt = await sendMail(server.smtp, mail, never, { security });
        const [received] = server.mails;
        assert.deepEqual(
          {
            from: received?.from,
            to: received?.to,
            overTls: received?.overTls,
            user: received?.user,
            subject: received?.parsed.subject,
            text: received?.parsed.text,
            date: received?.parsed.date?.toISOString(),
            sender: received?.parsed.from?.text,
            automatic: received?.parsed.headers.get('auto-submitted'),
            messageId: received?.parsed.messageId,
            reply: receipt.reply,
          },
          {
            from: 'backup@example.com',
            to: ['owner@example.com'],
            overTls: true,
            user: 'owner@example.com',
            subject: mail.subject,
            text: mail.text,
            date: '2025-11-29T18:00:00.000Z',
            sender: '"Nightshift" <backup@example.com>',
            automatic: 'auto-generated',
            messageId: receipt.messageId,
            reply: '250 2.0.0 Queued as 4fGh2k',
          },
        );
        assert.match(receipt.messageId, /^<[^<>\s]+@example\.com>$/);
      });
    });
  }

  test('on this machine, without TLS when the server has none, and with it when its certificate is self-made', async () => {
    await withServer({ security: 'plain', login }, async (server) => {
      await sendMail(server.smtp, mail, never);
      assert.deepEqual(
        server.mails.map(({ overTls, user }) => ({ overTls, user })),
        [{ overTls: false, user: 'owner@example.com' }],
      );
    });
    await withServer({ security: 'starttls', login, certificate: certificates.untrusted }, async (server) => {
      await sendMail(server.smtp, mail, never);
      assert.deepEqual(
        server.mails.map(({ overTls }) => overTls),
        [true],
      );
    });
  });

  test('with the HTML, the message id and the headers it was given', async () => {
    await withServer({ security: 'plain' }, async (server) => {
      const extra = {
        html: '<p>Good <b>morning</b></p>',
        messageId: '<day-2025-11-29@example.com>',
        headers: { 'List-Id': '<daily.example.com>' },
      };
      await sendMail(server.smtp, { ...mail, ...extra }, never);
      const parsed = server.mails[0]?.parsed;
      assert.deepEqual(
        { html: parsed?.html, id: parsed?.messageId, list: server.mails[0]?.raw.match(/^List-Id: .*$/im)?.[0].trim() },
        { html: extra.html, id: extra.messageId, list: 'List-ID: <daily.example.com>' },
      );
    });
  });

  test('and a line break in its subject begins no header', async () => {
    await withServer({ security: 'plain' }, async (server) => {
      await sendMail(server.smtp, { ...mail, subject: 'hello\r\nBcc: spy@example.com\r\n\r\nbody' }, never);
      const received = server.mails[0];
      assert.deepEqual(received?.to, ['owner@example.com']);
      assert.equal(received?.parsed.headers.has('bcc'), false);
      assert.equal(received?.parsed.text, mail.text);
    });
  });
});

test('this host gives SMTP_EHLO_NAME, else the domain of the sender, and a strict server takes that', async () => {
  type Case = [from: string, ehloName: string | null, given: string];
  const cases: Case[] = [
    ['Nightshift <backup@example.com>', null, 'example.com'],
    ['"Shop, the @ one" <shop@mail.example.co.uk>', null, 'mail.example.co.uk'],
    ['backup@example.com', null, 'example.com'],
    ['Größe <shop@bücher.example>', null, 'xn--bcher-kva.example'],
    ['backup@example.com', 'vps1.example.net', 'vps1.example.net'],
  ];
  const found: Case[] = [];
  for (const security of ['implicit', 'starttls', 'plain'] as const) {
    await withServer({ security, faults: { strictName: exim } }, async (server) => {
      found.length = 0;
      for (const [from, ehloName] of cases) {
        const smtp = { ...server.smtp, from, ehloName };
        await sendMail(smtp, mail, never, { security: security === 'plain' ? 'loopback' : security });
        found.push([from, ehloName, server.names.at(-1) ?? '']);
      }
      assert.deepEqual(found, cases);
    });
  }
  await withServer({ security: 'plain' }, async (server) => {
    await sendMail({ ...server.smtp, from: 'root@localhost' }, mail, never);
    await sendMail({ ...server.smtp, ehloName: '[192.0.2.1]' }, mail, never);
    assert.match(server.names[0] ?? '', /\./, 'a sender without a domain leaves it to the name of this host');
    assert.equal(server.names[1], '[192.0.2.1]');
  });
});

describe('a connection that is lost', () => {
  const cases: [string, Faults, string][] = [
    ['before the text was handed over: not sent', { drop: 'before-data' }, 'MAIL_UNREACHABLE'],
    ['after the text was handed over: nobody can know', { drop: 'after-data' }, 'MAIL_UNCERTAIN'],
    ['by silence after the text was handed over: nobody can know', { hang: 'after-data' }, 'MAIL_UNCERTAIN'],
  ];
  for (const [title, faults, code] of cases) {
    test(title, async () => {
      await withServer({ security: 'starttls', faults }, async (server) => {
        assert.equal((await failureOf(server, 'starttls')).code, code);
      });
    });
  }
});

describe('stopping', () => {
  const cases: [string, Faults, object][] = [
    ['ends a send that waits for the server', { hang: 'greeting' }, { name: 'AbortError' }],
    ['after the text was handed over leaves the mail uncertain', { hang: 'after-data' }, { code: 'MAIL_UNCERTAIN' }],
  ];
  for (const [title, faults, expected] of cases) {
    test(title, async () => {
      await withServer({ security: 'plain', faults }, async (server) => {
        const stop = new AbortController();
        const sending = sendMail(server.smtp, mail, stop.signal);
        void server.hung.then(() => stop.abort());
        await assert.rejects(sending, expected);
      });
    });
  }

  test('after the text, by a signal of the process: uncertain all the same, for nobody may send it again', async () => {
    await withServer({ security: 'plain', faults: { hang: 'after-data' } }, async (server) => {
      const stop = new AbortController();
      const sending = sendMail(server.smtp, mail, stop.signal);
      void server.hung.then(() => stop.abort(interruptedFailure('SIGTERM')));
      await assert.rejects(sending, { code: 'MAIL_UNCERTAIN' });
    });
  });

  test('before the start sends nothing', async () => {
    await withServer({ security: 'plain' }, async (server) => {
      await assert.rejects(sendMail(server.smtp, mail, AbortSignal.abort()), { name: 'AbortError' });
      assert.deepEqual(server.recipientsAsked, []);
    });
  });
});

test('port 465 means TLS from the start, any other STARTTLS, and only this machine may go without', () => {
  const cases: [string, number, MailSecurity][] = [
    ['smtp.example.com', 465, 'implicit'],
    ['localhost', 465, 'implicit'],
    ['smtp.example.com', 587, 'starttls'],
    ['smtp.example.com', 25, 'starttls'],
    ['localhost.example.com', 25, 'starttls'],
    ['127.example.com', 25, 'starttls'],
    ['localhost', 25, 'loopback'],
    ['mail.localhost', 2525, 'loopback'],
    ['127.0.0.1', 2525, 'loopback'],
    ['::1', 2525, 'loopback'],
  ];
  for (const [host, port, expected] of cases) assert.equal(securityOf({ host, port }), expected, `${host}:${port}`);
});
