import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { type Failure, interrupted } from '../../jobs/platform/errors.ts';
import { type Mail, type Security, securityOf, sendMail } from '../../jobs/platform/mail.ts';
import {
  certificates,
  type Faults,
  startSmtpServer,
  type TestSmtpServer,
  trustTestCertificates,
} from '../smtp-server.ts';

const login = { user: 'owner@example.com', password: 'correct horse' };
const exim = '550 Invalid HELO name (See RFC2821 4.1.1.1)';
const never = new AbortController().signal;
const mail: Mail = {
  to: 'owner@example.com',
  subject: 'nightshift: a test of 夜 shift',
  text: 'Line one.\n\n.A line that begins with a dot.\nGrüße\n',
  date: Temporal.Instant.from('2025-11-29T18:00:00Z'),
};

before(trustTestCertificates);

/** The Failure of sending `mail` to a server, as plain values. */
async function failureOf(server: Pick<TestSmtpServer, 'smtp'>, security: Security, signal = never) {
  const limits = { connectMs: 2000, greetingMs: 200, idleMs: 400 };
  const error = await sendMail(server.smtp, mail, signal, { security, limits }).then(
    () => assert.fail('the mail was sent'),
    (failure: Failure) => failure,
  );
  const withoutPort = (text: string) => text.replaceAll(String(server.smtp.port), 'PORT');
  return { code: error.code, sentence: withoutPort(error.message), cure: withoutPort(error.cure) };
}

/** Starts a server for one piece of work and closes it after. */
async function withServer<T>(
  options: Parameters<typeof startSmtpServer>[0],
  work: (server: TestSmtpServer) => Promise<T>,
): Promise<T> {
  const server = await startSmtpServer(options);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

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

describe('a mail that was not taken says why and what to do', () => {
  test('a wrong password, without printing it even when the server does', async () => {
    await withServer({ security: 'implicit', login }, async (server) => {
      const smtp = { ...server.smtp, login: { user: login.user, password: 'hunter two' } };
      assert.deepEqual(await failureOf({ smtp }, 'implicit'), {
        code: 'MAIL_LOGIN',
        sentence:
          'The mail server localhost:PORT does not accept the login of owner@example.com: 535 5.7.8 Authentication failed for owner@example.com:***.',
        cure: 'Check SMTP_USER and SMTP_PASSWORD; some providers want an application password.',
      });
    });
  });

  test('a server that wants a login when none is set', async () => {
    await withServer({ security: 'implicit', login }, async (server) => {
      const found = await failureOf({ smtp: { ...server.smtp, login: null } }, 'implicit');
      assert.equal(found.code, 'MAIL_LOGIN');
      assert.match(found.sentence, /wants a login and none is set: 530 /);
    });
  });

  test('a recipient the server does not know; the other recipient gets his', async () => {
    await withServer({ security: 'plain', faults: { refuse: 'owner@example.com' } }, async (server) => {
      assert.deepEqual(await failureOf(server, 'loopback'), {
        code: 'MAIL_REJECTED',
        sentence:
          'The mail server localhost:PORT refuses the recipient owner@example.com: 550 5.1.1 No such user here.',
        cure: 'Check the address owner@example.com among the recipients; if it is right, ask the mail provider with this answer.',
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
        sentence:
          'The mail server localhost:PORT refuses the sender Nightshift <backup@example.com>: 553 5.7.1 Sender address rejected: not owned by user.',
        cure: 'Set SMTP_FROM to an address this account may send from.',
      });
    });
  });

  test('a server that blocks this host', async () => {
    await withServer({ security: 'plain', faults: { refuseClient: true } }, async (server) => {
      const found = await failureOf(server, 'loopback');
      assert.equal(found.code, 'MAIL_NOT_ALLOWED');
      assert.match(found.sentence, /^The mail server localhost:PORT refuses this host: 554 /);
      assert.match(found.cure, /block list/);
    });
  });

  test('a server that refuses the name this host gives, at once or with the first recipient', async () => {
    const cure =
      'Set SMTP_EHLO_NAME to the full name of this host, or to the name that the mail provider asks for; without it the domain of SMTP_FROM is given.';
    for (const security of ['implicit', 'starttls', 'plain'] as const) {
      await withServer({ security, faults: { strictName: exim } }, async (server) => {
        const smtp = { ...server.smtp, ehloName: 'backup-1' };
        assert.deepEqual(await failureOf({ smtp }, security === 'plain' ? 'loopback' : security), {
          code: 'MAIL_NOT_ALLOWED',
          sentence:
            'The mail server localhost:PORT refuses the name backup-1 that this host gives: 550 Invalid HELO name (See RFC2821 4.1.1.1).',
          cure,
        });
      });
    }
    const strictName = '421 4.7.0 Try again later, closing connection. (EHLO)';
    await withServer({ security: 'starttls', faults: { strictName } }, async (server) => {
      const smtp = { ...server.smtp, ehloName: '[127.0.0.1]' };
      assert.deepEqual(await failureOf({ smtp }, 'starttls'), {
        code: 'MAIL_DEFERRED',
        sentence: `The mail server localhost:PORT does not take the mail to owner@example.com now: ${strictName}.`,
        cure: `Nothing, if a later try works. If it stays, the server may not like the name that this host gives. ${cure}`,
      });
    });
    const recipientReply = '504 5.5.2 <backup-1>: Helo command rejected: need fully-qualified hostname';
    await withServer({ security: 'plain', faults: { recipientReply } }, async (server) => {
      const smtp = { ...server.smtp, ehloName: 'backup-1' };
      assert.deepEqual(await failureOf({ smtp }, 'loopback'), {
        code: 'MAIL_NOT_ALLOWED',
        sentence: `The mail server localhost:PORT refuses the name backup-1 that this host gives: ${recipientReply}.`,
        cure,
      });
    });
  });

  test('a quota, of the account or of a mailbox, passes and says nothing against the recipient', async () => {
    const share =
      '550 Domain example.com has exceeded the max emails per hour (101/100 (101%)) allowed. Message discarded';
    const full = '552 5.2.2 Mailbox full, quota exceeded';
    const shareCure =
      'The account has sent as much as it may for now; a later try works when its hour or day is over. If it happens again, ask the mail provider for the limit and look what else sends through this account.';
    const fullCure =
      'A mailbox is full, that of owner@example.com or this account’s own; a later try works once there is room.';
    const cases: [Faults, string, string][] = [
      [{ recipientReply: share }, share, shareCure],
      [{ textReply: share }, share, shareCure],
      [{ recipientReply: full }, full, fullCure],
      [{ textReply: full }, full, fullCure],
    ];
    for (const [faults, reply, cure] of cases) {
      await withServer({ security: 'plain', faults }, async (server) => {
        assert.deepEqual(await failureOf(server, 'loopback'), {
          code: 'MAIL_DEFERRED',
          sentence: `The mail server localhost:PORT does not take the mail to owner@example.com now: ${reply}.`,
          cure,
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
        found.sentence,
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
          assert.equal(found.code, 'MAIL_TLS', `${security} ${name}: ${found.sentence}`);
          assert.match(found.sentence, reason);
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
      assert.match(found.cure, /^Check SMTP_PORT: 465 is for TLS from the start/);
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
    assert.match(refused.sentence, /^No connection to the mail server localhost:PORT: .*ECONNREFUSED/);

    const unknown = await failureOf({ smtp: { ...smtp, host: 'smtp.invalid' } }, 'starttls');
    assert.equal(unknown.code, 'MAIL_UNREACHABLE');

    await withServer({ security: 'plain', faults: { hang: 'greeting' } }, async (server) => {
      assert.equal((await failureOf(server, 'loopback')).code, 'MAIL_UNREACHABLE');
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
      void server.hung.then(() => stop.abort(interrupted('SIGTERM')));
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
  const cases: [string, number, Security][] = [
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
