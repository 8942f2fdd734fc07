import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { simpleParser } from 'mailparser';
import type { SummaryPage } from '../../jobs/summary/page/page-model.ts';
import { sendDay } from '../../jobs/summary/send-day.ts';
import { outcomeOf } from '../../jobs/summary/send-outcome.ts';
import type { SummaryDelivery } from '../../jobs/summary/storage/ledger.ts';
import { acquireSendingLock, trySendingLock } from '../../jobs/summary/storage/sending-lock.ts';
import { nightshift } from '../nightshift.ts';
import { certificates, type Faults, startSmtpServer, trustTestCertificates } from '../smtp-server.ts';
import { examplePage } from './example-page.ts';
import { day, makeSummaryScene } from './scene.ts';

const owner = 'owner@example.com';
const second = 'second@example.com';
/** For a server that stops answering. Any other has the usual ones: a busy machine may be slow. */
const shortLimits = { connectMs: 5000, greetingMs: 1500, idleMs: 2500 };

before(trustTestCertificates);

/** What becomes of a mail does not depend on its charts, which take most of the time. */
const shortPage: SummaryPage = { ...examplePage, day, blocks: [] };

/** A scene and a real server with these faults; `send` sends once and returns the state of each delivery. */
async function makeSender(
  t: TestContext,
  faults: Faults = {},
  options: Partial<Parameters<typeof startSmtpServer>[0]> & { readonly isWholePage?: boolean } = {},
) {
  const security = options.security ?? 'implicit';
  const server = await startSmtpServer({ security, faults, ...options });
  t.after(() => server.close());
  const recipients = [owner, second];
  const limits = faults.hang === undefined ? {} : { limits: shortLimits };
  const mail = { security: security === 'plain' ? ('loopback' as const) : security, ...limits };
  const scene = makeSummaryScene(t, { recipients, server, mail });
  const deps = options.isWholePage ? scene.deps : { ...scene.deps, makePage: async () => shortPage };
  const send = async (resend: Parameters<typeof sendDay>[3] = []) => {
    const { deliveries, failure } = await sendDay(day, recipients, deps, resend);
    return {
      states: deliveries.map(({ recipient, state, tries }) => `${recipient} ${state}, ${tries}`),
      code: failure?.code ?? null,
      outcome: outcomeOf(deliveries, failure),
    };
  };
  return { server, scene, send };
}

for (const security of ['implicit', 'starttls'] as const) {
  test(`over ${security} TLS with a login, everybody gets a separate mail, and only once`, async (t) => {
    const login = { user: 'shop@example.com', password: 'correct horse' };
    const { server, scene, send } = await makeSender(t, {}, { security, login });
    const expected = { states: [`${owner} accepted, 1`, `${second} accepted, 1`], code: null };
    const { outcome, ...sent } = await send();
    assert.deepEqual(sent, expected);
    assert.deepEqual(outcome, { kind: 'sent', recipients: [owner, second] });
    const { outcome: _, ...again } = await send();
    assert.deepEqual(again, expected);
    assert.deepEqual(
      server.mails.map(({ to, overTls, user }) => ({ to, overTls, user })),
      [owner, second].map((to) => ({ to: [to], overTls: true, user: login.user })),
    );
    assert.deepEqual(scene.lines, [`Summary of ${day} sent to ${owner}`, `Summary of ${day} sent to ${second}`]);
  });
}

describe('what the server does wrong', () => {
  test('deferred at first: tried again, and nobody gets it twice', async (t) => {
    const { server, send } = await makeSender(t, { defer: 1 });
    const first = await send();
    assert.deepEqual(first.states, [`${owner} pending, 1`, `${second} accepted, 1`]);
    assert.equal(first.code, 'MAIL_DEFERRED');
    assert.equal(first.outcome.kind === 'failed' && first.outcome.isRetryable, true);
    assert.deepEqual((await send()).states, [`${owner} accepted, 2`, `${second} accepted, 1`]);
    assert.deepEqual(server.mails.flatMap(({ to }) => to).toSorted(), [owner, second]);
  });

  test('what is not about a recipient leaves it to the next try: the name, the sender, a quota, a full mailbox', async (t) => {
    const share = '550 Domain example.com has exceeded the max emails per hour (101/100 (101%)) allowed';
    const cases: [Faults, string][] = [
      [{ strictName: '550 Invalid HELO name' }, 'MAIL_NOT_ALLOWED'],
      [{ refuseClient: true }, 'MAIL_NOT_ALLOWED'],
      [{ refuseSender: true }, 'MAIL_NOT_ALLOWED'],
      [{ recipientReply: '550 relay not permitted' }, 'MAIL_NOT_ALLOWED'],
      [{ recipientReply: share }, 'MAIL_DEFERRED'],
      [{ textReply: share }, 'MAIL_DEFERRED'],
      [{ recipientReply: '552 5.2.2 Mailbox full' }, 'MAIL_DEFERRED'],
    ];
    for (const [faults, code] of cases) {
      const { server, scene, send } = await makeSender(t, faults);
      Object.assign(server.smtp, { ehloName: 'backup-1' });
      const first = await send();
      const title = JSON.stringify(faults);
      assert.deepEqual(first.states, [`${owner} pending, 1`, `${second} pending, 1`], title);
      assert.equal(first.code, code, title);
      assert.equal(first.outcome.kind === 'failed' && first.outcome.isRetryable, true, title);
      server.faults = {};
      assert.deepEqual((await send()).states, [`${owner} accepted, 2`, `${second} accepted, 2`], title);
      assert.equal(scene.lines.length, 4, title);
    }
  });

  test('one address is refused: the other gets it, the bad one is not retried automatically', async (t) => {
    const { server, send } = await makeSender(t, { refuse: owner });
    const first = await send();
    assert.deepEqual(first.states, [`${owner} rejected, 1`, `${second} accepted, 1`]);
    assert.equal(first.code, 'MAIL_REJECTED');
    assert.equal(first.outcome.kind === 'failed' && first.outcome.isRetryable, false);
    server.faults = {};
    assert.deepEqual((await send()).states, first.states);
    assert.deepEqual((await send(['rejected'])).states, [`${owner} accepted, 2`, `${second} accepted, 1`]);
  });

  test('the connection is lost before the text: tried again', async (t) => {
    const { server, send } = await makeSender(t, { drop: 'before-data' });
    const first = await send();
    assert.deepEqual(first.states, [`${owner} pending, 1`, `${second} pending, 0`]);
    server.faults = {};
    assert.deepEqual((await send()).states, [`${owner} accepted, 2`, `${second} accepted, 1`]);
    assert.equal(server.mails.length, 2);
  });

  for (const [what, faults] of [
    ['the connection is lost after the text', { drop: 'after-data' }],
    ['the server sends nothing more after the text', { hang: 'after-data' }],
  ] as const) {
    test(`${what}: uncertain, and never resent automatically`, async (t) => {
      const { server, send } = await makeSender(t, faults);
      const first = await send();
      assert.deepEqual(first.states, [`${owner} uncertain, 1`, `${second} uncertain, 1`]);
      assert.equal(first.code, 'MAIL_UNCERTAIN');
      server.faults = {};
      const retried = await send();
      assert.deepEqual(retried.states, first.states);
      assert.equal(retried.outcome.kind === 'failed' && retried.outcome.isRetryable, false);
      assert.deepEqual(server.mails, []);
      assert.deepEqual((await send(['uncertain'])).states, [`${owner} accepted, 2`, `${second} accepted, 2`]);
    });
  }

  test('it does not answer: times out, tried again', async (t) => {
    const { server, send } = await makeSender(t, { hang: 'greeting' }, { security: 'plain' });
    const { states, code } = await send();
    assert.deepEqual([states, code], [[`${owner} pending, 1`, `${second} pending, 0`], 'MAIL_UNREACHABLE']);
    server.faults = {};
    assert.equal((await send()).outcome.kind, 'sent');
  });

  for (const name of ['untrusted', 'expired', 'otherHost'] as const) {
    test(`its certificate is ${name}: no mail leaves, the login is not shown`, async (t) => {
      const login = { user: 'shop@example.com', password: 'correct horse' };
      const { server, send } = await makeSender(t, {}, { certificate: certificates[name], login });
      const { states, code } = await send();
      assert.deepEqual([states, code], [[`${owner} pending, 1`, `${second} pending, 0`], 'MAIL_TLS']);
      assert.deepEqual([server.mails, server.recipientsAsked], [[], []]);
    });
  }

  test('the password is wrong: tried once, not once for each recipient, and the password is in no log', async (t) => {
    const login = { user: 'shop@example.com', password: 'correct horse' };
    const server = await startSmtpServer({ security: 'implicit', login });
    t.after(() => server.close());
    const wrong = { smtp: { ...server.smtp, login: { ...login, password: 'wrong-password' } } };
    const scene = makeSummaryScene(t, {
      recipients: [owner, second],
      server: wrong,
      mail: { security: 'implicit' },
    });
    const { deliveries, failure } = await sendDay(day, [owner, second], scene.deps);
    assert.deepEqual(
      deliveries.map(({ state, tries }) => [state, tries]),
      [
        ['pending', 1],
        ['pending', 0],
      ],
    );
    assert.equal(failure?.code, 'MAIL_LOGIN');
    assert.doesNotMatch(JSON.stringify([deliveries, scene.lines]), /wrong-password/);
  });
});

test('what arrives: both parts, pictures by CID, and the headers for autoresponders and filters', async (t) => {
  const { server, scene, send } = await makeSender(t, {}, { isWholePage: true });
  await send();
  const [mail] = server.mails;
  const parsed = mail?.parsed;
  const header = (name: string) => parsed?.headerLines.find(({ key }) => key === name)?.line;
  assert.match(header('message-id') ?? '', /^Message-ID: <daily-summary\.2025-11-30\.[0-9a-f]{24}@example\.com>$/i);
  assert.equal(header('auto-submitted'), 'Auto-Submitted: auto-generated');
  assert.equal(header('list-id'), 'List-ID: Daily summary <daily-summary.example.com>');
  assert.equal(header('list-unsubscribe'), 'List-Unsubscribe: <mailto:backup@example.com?subject=unsubscribe>');
  assert.equal(parsed?.date?.toISOString(), '2025-12-01T00:00:00.000Z');
  const { opening } = await scene.deps.makePage(day);
  assert.ok(parsed?.text?.includes(opening));
  assert.ok(String(parsed?.html).includes(opening));
  const shown = [...(mail?.raw ?? '').matchAll(/^Content-Id: <(.*)>/gim)].map(([, id]) => id).toSorted();
  const pictures = parsed?.attachments.map(({ cid, contentType, related }) => ({ cid, contentType, related })) ?? [];
  assert.ok(pictures.length > 1);
  assert.deepEqual(pictures.map(({ cid }) => cid).toSorted(), shown);
  assert.deepEqual(
    [...new Set(pictures.map(({ contentType, related }) => `${contentType} ${related}`))],
    ['image/png true'],
  );
});

test('a second try has the same Message-ID, another recipient another one', async (t) => {
  const { server, send } = await makeSender(t);
  await send();
  await send(['accepted']);
  const ids = server.mails.map(({ to, parsed }) => `${to} ${parsed.messageId}`);
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 2);
  assert.equal(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size, 2);
});

test('a page that a recipient has got stays as it was, whatever the database contains later', async (t) => {
  const { server, scene, send } = await makeSender(t, { refuse: second }, { isWholePage: true });
  await send();
  const kept = scene.deps.archive.pageOf(day);
  scene.setClock('2025-12-01T09:30:00');
  server.faults = {};
  await send(['rejected']);
  assert.deepEqual(scene.deps.archive.pageOf(day), kept);
  assert.deepEqual(
    scene.deps.runs.newest(9).map(({ outcome, mailBytes }) => [outcome, (mailBytes ?? 0) > 10_000]),
    [
      ['succeeded', true],
      ['failed', true],
    ],
  );
});

test('a mail links to its page on the site, signed; without a password or a key there is no link', async (t) => {
  const key = { SUMMARY_SIGNING_KEY: 'k'.repeat(32), SUMMARY_PUBLIC_URL: 'https://daily.example.com' };
  for (const [environment, isLinked] of [
    [{ ...key, SUMMARY_PASSWORD_HASH: 'any' }, true],
    [key, false],
  ] as const) {
    const server = await startSmtpServer({ security: 'plain' });
    t.after(() => server.close());
    const scene = makeSummaryScene(t, { environment, server });
    await sendDay(day, [owner], scene.deps);
    const link = /https:\/\/daily\.example\.com\/day\/2025-11-30\/open\/[\w.-]+/;
    assert.equal(link.test(String(server.mails[0]?.parsed.html)), isLinked);
    assert.equal(link.test(server.mails[0]?.parsed.text ?? ''), isLinked);
  }
});

/** Of deliveries to the outbox, without their times. */
const withoutTimes = (deliveries: readonly SummaryDelivery[]) => deliveries.map(({ at: _, ...delivery }) => delivery);

test('what was only written to the outbox is sent by the next send once there is a mail server', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { environment, deps } = makeSummaryScene(t);
  await sendDay(day, [owner], deps);
  const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' };
  const { code, err } = await nightshift(['summary', 'send', '--day', day], { ...environment, ...smtp });
  assert.deepEqual([code, server.mails.map(({ to }) => to)], [0, [[owner]]], err);
  assert.equal(deps.ledger.ofDay(day)[0]?.state, 'accepted');
});

test('without a mail server, mails are written to the outbox as files that a mail program opens, and not called sent', async (t) => {
  const outbox = mkdtempSync(path.join(tmpdir(), 'nightshift-outbox-'));
  t.after(() => rmSync(outbox, { recursive: true }));
  const { deps, lines } = makeSummaryScene(t, { environment: { SUMMARY_OUTBOX: outbox } });
  const { deliveries, failure } = await sendDay(day, [owner], deps);
  assert.deepEqual(readdirSync(outbox), [`${day}_${owner}.eml`]);
  const parsed = await simpleParser(readFileSync(path.join(outbox, `${day}_${owner}.eml`)));
  assert.equal(parsed.subject, 'shop: daily summary, Sunday, 30 November 2025');
  const reply = `written to ${outbox}, not sent`;
  assert.deepEqual(withoutTimes(deliveries), [
    { day, recipient: owner, state: 'written', tries: 1, reply, code: null },
  ]);
  assert.deepEqual(outcomeOf(deliveries, failure), { kind: 'written', recipients: [owner] });
  assert.deepEqual(lines, [`Summary of ${day} for ${owner} ${reply}: SMTP_HOST is not set`]);
});

test('while another process sends, this one waits, says so once, and goes on when the first is done', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { deps, settings, lines } = makeSummaryScene(t, { server });
  const lock = trySendingLock(settings.stateDir);
  const sent = sendDay(day, [owner], deps);
  const waiting = 'waiting for another nightshift process that is sending summaries from this STATE_DIR';
  assert.deepEqual([lines, server.mails.length], [[waiting], 0]);
  lock?.release();
  assert.equal((await sent).failure, null);
  assert.deepEqual([lines.filter((line) => line === waiting).length, server.mails.length], [1, 1]);
});

test('the wait for another sender ends when it is aborted', async (t) => {
  const { settings } = makeSummaryScene(t);
  const lock = trySendingLock(settings.stateDir);
  const stop = new AbortController();
  const log = { line: () => stop.abort() };
  await assert.rejects(acquireSendingLock(settings.stateDir, { log, signal: stop.signal }), { name: 'AbortError' });
  lock?.release();
});

test('an address written twice, or in capitals, is one mailbox and gets one mail', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { deps } = makeSummaryScene(t, { server });
  const first = await sendDay(day, [owner, 'Owner@Example.com', owner], deps);
  assert.deepEqual(
    first.deliveries.map(({ state, tries }) => [state, tries]),
    [['accepted', 1]],
  );
  const { deliveries } = await sendDay(day, ['OWNER@example.com'], deps);
  assert.deepEqual(deliveries, first.deliveries);
  assert.equal(server.mails.length, 1);
});
