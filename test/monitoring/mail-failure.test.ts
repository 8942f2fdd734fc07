import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { sendMail } from '../../jobs/monitoring/mail/mail.ts';
import { certificates, type Faults, trustTestCertificates } from '../smtp-server.ts';
import { exim, failureOf, login, mail, never, withServer } from './mail-sending.ts';

before(trustTestCertificates);

describe('a mail that was not taken says why and what to do', () => {
  test('a wrong password, without printing it even when the server does', async () => {
    await withServer({ security: 'implicit', login }, async (server) => {
      const smtp = { ...server.smtp, login: { user: login.user, password: 'hunter two' } };
      assert.deepEqual(await failureOf({ smtp }, 'implicit'), {
        code: 'MAIL_LOGIN',
        message:
          'The mail server localhost:PORT does not accept the login of owner@example.com: 535 5.7.8 Authentication failed for owner@example.com:***.',
        hint: 'Check SMTP_USER and SMTP_PASSWORD; some providers want an application password.',
      });
    });
  });

  test('a server that wants a login when none is set', async () => {
    await withServer({ security: 'implicit', login }, async (server) => {
      const found = await failureOf({ smtp: { ...server.smtp, login: null } }, 'implicit');
      assert.equal(found.code, 'MAIL_LOGIN');
      assert.match(found.message, /requires a login and none is set: 530 /);
    });
  });

  test('a recipient the server does not know; the other recipient gets his', async () => {
    await withServer({ security: 'plain', faults: { refuse: 'owner@example.com' } }, async (server) => {
      assert.deepEqual(await failureOf(server, 'loopback'), {
        code: 'MAIL_REJECTED',
        message: 'The mail server localhost:PORT refuses the recipient owner@example.com: 550 5.1.1 No such user here.',
        hint: 'Check the address owner@example.com among the recipients; if it is right, show this reply to the mail provider.',
      });
      await sendMail(server.smtp, { ...mail, to: 'second@example.com' }, never);
      assert.deepEqual(
        server.mails.map(({ to }) => to),
        [['second@example.com']],
      );
    });
  });

  test('a sender the account may not use', async () => {
    await withServer({ security: 'plain', faults: { refuseSender: true } }, async (server) => {
      assert.deepEqual(await failureOf(server, 'loopback'), {
        code: 'MAIL_NOT_ALLOWED',
        message:
          'The mail server localhost:PORT refuses the sender Nightshift <backup@example.com>: 553 5.7.1 Sender address rejected: not owned by user.',
        hint: 'Set SMTP_FROM to an address this account may send from.',
      });
    });
  });

  test('a server that blocks this host', async () => {
    await withServer({ security: 'plain', faults: { refuseClient: true } }, async (server) => {
      const found = await failureOf(server, 'loopback');
      assert.equal(found.code, 'MAIL_NOT_ALLOWED');
      assert.match(found.message, /^The mail server localhost:PORT refuses this host: 554 /);
      assert.match(found.hint, /block list/);
    });
  });

  test('a server that refuses the name this host gives, at once or with the first recipient', async () => {
    const hint =
      'Set SMTP_EHLO_NAME to the full name of this host, or to the name that the mail provider asks for; without it the domain of SMTP_FROM is given.';
    for (const security of ['implicit', 'starttls', 'plain'] as const) {
      await withServer({ security, faults: { strictName: exim } }, async (server) => {
        const smtp = { ...server.smtp, ehloName: 'backup-1' };
        assert.deepEqual(await failureOf({ smtp }, security === 'plain' ? 'loopback' : security), {
          code: 'MAIL_NOT_ALLOWED',
          message:
            'The mail server localhost:PORT refuses the name backup-1 that this host gives: 550 Invalid HELO name (See RFC2821 4.1.1.1).',
          hint,
        });
      });
    }
    const strictName = '421 4.7.0 Try again later, closing connection. (EHLO)';
    await withServer({ security: 'starttls', faults: { strictName } }, async (server) => {
      const smtp = { ...server.smtp, ehloName: '[127.0.0.1]' };
      assert.deepEqual(await failureOf({ smtp }, 'starttls'), {
        code: 'MAIL_DEFERRED',
        message: `The mail server localhost:PORT does not take the mail to owner@example.com now: ${strictName}.`,
        hint: `Nothing, if a later try works. If it persists, the server may not like the name that this host gives. ${hint}`,
      });
    });
    const recipientReply = '504 5.5.2 <backup-1>: Helo command rejected: need fully-qualified hostname';
    await withServer({ security: 'plain', faults: { recipientReply } }, async (server) => {
      const smtp = { ...server.smtp, ehloName: 'backup-1' };
      assert.deepEqual(await failureOf({ smtp }, 'loopback'), {
        code: 'MAIL_NOT_ALLOWED',
        message: `The mail server localhost:PORT refuses the name backup-1 that this host gives: ${recipientReply}.`,
        hint,
      });
    });
  });

  test('a quota, of the account or of a mailbox, passes and says nothing against the recipient', async () => {
    const share =
      '550 Domain example.com has exceeded the max emails per hour (101/100 (101%)) allowed. Message discarded';
    const full = '552 5.2.2 Mailbox full, quota exceeded';
    const shareHint =
      'The account has sent as much as it may for now; a later try works when its hour or day is over. If it happens again, ask the mail provider for the limit and look what else sends through this account.';
    const fullHint =
      'A mailbox is full, that of owner@example.com or this account’s own; a later try works once there is room.';
    const cases: [Faults, string, string][] = [
      [{ recipientReply: share }, share, shareHint],
      [{ textReply: share }, share, shareHint],
      [{ recipientReply: full }, full, fullHint],
      [{ textReply: full }, full, fullHint],
    ];
    for (const [faults, reply, hint] of cases) {
      await withServer({ security: 'plain', faults }, async (server) => {
        assert.deepEqual(await failureOf(server, 'loopback'), {
          code: 'MAIL_DEFERRED',
          message: `The mail server localhost:PORT does not take the mail to owner@example.com now: ${reply}.`,
          hint,
        });
      });
    }
  });

  test('an address that is none', async () => {
    await withServer({ security: 'plain' }, async (server) => {
      const sending = sendMail(server.smtp, { ...mail, to: 'owner@exa mple@com' }, never);
      await assert.rejects(sending, { code: 'MAIL_REJECTED' });
      assert.equal(server.mails.length, 0);
    });
  });

  test('a text the server takes for spam, which is certain not to arrive', async () => {
    await withServer({ security: 'plain', faults: { refuseText: true } }, async (server) => {
      const found = await failureOf(server, 'loopback');
      assert.equal(found.code, 'MAIL_REJECTED');
      assert.equal(
        found.message,
        'The mail server localhost:PORT refuses the mail to owner@example.com: 554 5.7.1 Looks like spam.',
      );
    });
  });

  test('greylisting is put off, and the next try arrives', async () => {
    await withServer({ security: 'plain', faults: { defer: 1 } }, async (server) => {
      const found = await failureOf(server, 'loopback');
      assert.equal(found.code, 'MAIL_DEFERRED');
      await sendMail(server.smtp, mail, never);
      assert.equal(server.mails.length, 1);
    });
  });

  test('a certificate that is not trusted, expired, or for another host', async () => {
    const reasons = {
      untrusted: /self-signed certificate/,
      expired: /certificate has expired/,
      otherHost: /altnames|match/,
    };
    for (const security of ['implicit', 'starttls'] as const) {
      for (const [name, reason] of Object.entries(reasons)) {
        const certificate = certificates[name as keyof typeof reasons];
        await withServer({ security, certificate }, async (server) => {
          const found = await failureOf(server, security);
          assert.equal(found.code, 'MAIL_TLS', `${security} ${name}: ${found.message}`);
          assert.match(found.message, reason);
          assert.equal(server.mails.length, 0);
        });
      }
    }
  });

  test('a server without STARTTLS gets neither the password nor the mail', async () => {
    await withServer({ security: 'plain', login }, async (server) => {
      const found = await failureOf(server, 'starttls');
      assert.equal(found.code, 'MAIL_TLS');
      assert.equal(server.mails.length, 0);
    });
  });

  test('TLS from the start spoken to a STARTTLS port, and the other way round', async () => {
    await withServer({ security: 'starttls' }, async (server) => {
      assert.equal((await failureOf(server, 'implicit')).code, 'MAIL_TLS');
    });
    await withServer({ security: 'implicit' }, async (server) => {
      const found = await failureOf(server, 'starttls');
      assert.equal(found.code, 'MAIL_UNREACHABLE');
      assert.match(found.hint, /^Check SMTP_PORT: 465 is for TLS from the start/);
    });
  });

  test('no server there, no such host, and one that never greets', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => closed.once('listening', listening));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const smtp = { host: 'localhost', port, login: null, from: 'backup@example.com', ehloName: null };
    const refused = await failureOf({ smtp }, 'starttls');
    assert.equal(refused.code, 'MAIL_UNREACHABLE');
    assert.match(refused.message, /^No connection to the mail server localhost:PORT: .*ECONNREFUSED/);

    const unknown = await failureOf({ smtp: { ...smtp, host: 'smtp.invalid' } }, 'starttls');
    assert.equal(unknown.code, 'MAIL_UNREACHABLE');

    await withServer({ security: 'plain', faults: { hang: 'greeting' } }, async (server) => {
      assert.equal((await failureOf(server, 'loopback')).code, 'MAIL_UNREACHABLE');
    });
  });
});
