import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { parseReport } from '../../jobs/summary/report/read-report.ts';
import { parsePasswordHash, passwordMatches } from '../../jobs/summary/site/access/password.ts';
import { nightshift } from '../nightshift.ts';
import { certificates, startSmtpServer } from '../smtp-server.ts';
import { day, makeSummaryScene } from './scene.ts';

const owner = 'owner@example.com';

test('send needs no keys of the bucket, goes to the outbox, and says that it was not sent', async (t) => {
  const outbox = mkdtempSync(path.join(tmpdir(), 'out-'));
  t.after(() => rmSync(outbox, { recursive: true }));
  const { environment } = makeSummaryScene(t, { environment: { SUMMARY_OUTBOX: outbox } });
  const { code, out, err } = await nightshift(['summary', 'send', '--day', day], environment);
  assert.equal(code, 0, err);
  const reply = `written to ${outbox}, not sent`;
  assert.match(out, new RegExp(`^DAY .*\n${day}  ${owner}  written +\\d{4}-.* ${reply}\n$`));
  assert.match(err, new RegExp(`Summary of ${day} for ${owner} ${reply}: SMTP_HOST is not set\n$`));
});

test('without a mail server, send and status say that the mail was written and not sent', async (t) => {
  const { environment, folder } = makeSummaryScene(t, {
    environment: { TIME_ZONE: 'UTC', SUMMARY_SCHEDULE_HOUR: '0' },
  });
  const outbox = path.join(folder, 'state', 'outbox');
  const yesterday = Temporal.Now.instant().toZonedDateTimeISO('UTC').toPlainDate().subtract({ days: 1 });
  const send = () => nightshift(['summary', 'send'], environment);
  const [first, again] = [await send(), await send()];
  const status = await nightshift(['summary', 'status'], environment);
  assert.deepEqual([first.code, again.code, status.code], [0, 0, 0]);
  assert.equal(
    status.out.split('\n')[0],
    `summary: ok, the summary of ${yesterday} was written to ${outbox}, not sent to 1 recipient: SMTP_HOST was not set`,
  );
  assert.doesNotMatch(first.out + first.err + status.out, /sent to owner| sent {2}|went out/);
});

test('send --to goes to that address alone; to whom has it, it goes again only with --force', async (t) => {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' };
  const { environment } = makeSummaryScene(t, { environment: smtp });
  const send = async (...args: string[]) => {
    const { code } = await nightshift(['summary', 'send', '--day', day, ...args], environment);
    return [code, server.mails.map(({ to }) => to[0])];
  };
  assert.deepEqual(await send('--to', 'me@example.com'), [0, ['me@example.com']]);
  assert.deepEqual(await send('--to', 'me@example.com'), [0, ['me@example.com']]);
  assert.deepEqual(await send('--to', 'me@example.com', '--force'), [0, ['me@example.com', 'me@example.com']]);
  assert.equal((await nightshift(['summary', 'send', '--to', 'nonsense'], environment)).code, 2);
  assert.equal((await nightshift(['summary', 'send', '--day', '2025-02-30'], environment)).code, 2);
});

test('send exits 1 when somebody did not get it, and names who, why and what to do', async (t) => {
  const server = await startSmtpServer({ security: 'plain', faults: { refuse: 'bad@example.com' } });
  t.after(() => server.close());
  const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' };
  const { environment } = makeSummaryScene(t, { recipients: [owner, 'bad@example.com'], environment: smtp });
  const { code, out, err } = await nightshift(['summary', 'send', '--day', day], environment);
  assert.equal(code, 1);
  assert.match(out, new RegExp(`${day}  bad@example.com    rejected .*\n${day}  ${owner}  sent `));
  assert.match(err, /MAIL_REJECTED: .* refuses the recipient bad@example\.com: 550 .*\n {4}What to do: /);
});

test('preview writes the mail as files that show each other, and keeps and sends nothing', async (t) => {
  const { environment, folder, deps } = makeSummaryScene(t);
  const out = path.join(folder, 'preview');
  const done = await nightshift(['summary', 'preview', '--day', day, '--out', out], environment);
  assert.equal(done.code, 0, done.err);
  const files = readdirSync(out);
  const html = readFileSync(path.join(out, `${day}.html`), 'utf8');
  const shown = [...html.matchAll(/<img[^>]* src="([^"]+)"/g)].map(([, file]) => file);
  assert.deepEqual(files.toSorted(), [`${day}.html`, `${day}.txt`, ...shown].toSorted());
  assert.match(done.out, new RegExp(`\n${path.join(out, `${day}.html`)}\n$`));
  assert.deepEqual([deps.archive.days(), deps.ledger.isEmpty()], [[], true]);
});

test('send refuses a day that is not over, preview one that has not begun: they name the day, today and what to do', async (t) => {
  const { environment, folder, deps } = makeSummaryScene(t, { environment: { TIME_ZONE: 'UTC' } });
  const today = Temporal.Now.instant().toZonedDateTimeISO('UTC').toPlainDate();
  const tomorrow = today.add({ days: 1 });
  const yesterday = today.subtract({ days: 1 });
  const failure = async (command: string, about: Temporal.PlainDate) => {
    const args = ['summary', command, '--day', about.toString(), ...(command === 'preview' ? ['--out', folder] : [])];
    const { code, err } = await nightshift(args, environment);
    return [code, err.trim()];
  };
  const notBegun = `ARGUMENT_INVALID: --day ${tomorrow} has not begun: today is ${today} (UTC).`;
  assert.deepEqual(await failure('send', tomorrow), [
    2,
    `${notBegun}\n    What to do: Choose a day that is over: ${yesterday} or an earlier one.`,
  ]);
  assert.deepEqual(await failure('send', today), [
    2,
    `ARGUMENT_INVALID: --day ${today} is not over: today is ${today} (UTC), and a day's summary is sent once.\n    What to do: To look at it so far: nightshift summary preview --day ${today}`,
  ]);
  assert.deepEqual([deps.archive.days(), deps.ledger.isEmpty()], [[], true]);
  assert.deepEqual(await failure('preview', tomorrow), [
    2,
    `${notBegun}\n    What to do: Choose today or an earlier day.`,
  ]);
  assert.deepEqual(await failure('preview', today), [0, '']);
});

test('status lists no day that was not due, whatever the ledger has', async (t) => {
  const { environment, deps } = makeSummaryScene(t, {
    environment: { TIME_ZONE: 'UTC', SUMMARY_SCHEDULE_HOUR: '0' },
  });
  const { ledger } = deps;
  const now = Temporal.Now.instant();
  const yesterday = now.toZonedDateTimeISO('UTC').toPlainDate().subtract({ days: 1 }).toString();
  for (const about of ['2099-01-01', yesterday]) {
    ledger.addPending(about, [owner], now);
    ledger.claim(about, owner, ['pending'], now);
    ledger.finish(about, owner, { state: 'accepted', reply: '250', code: null }, now);
  }
  const { code, out } = await nightshift(['summary', 'status', '--json'], environment);
  const { reason, days } = JSON.parse(out);
  assert.deepEqual(
    [code, reason, days.map((listed: { day: string }) => listed.day)],
    [0, `the summary of ${yesterday} went out to 1 recipient`, [yesterday]],
  );
});

test('status: nothing sent yet, a day left out, who got what; exit 1 while the last one due is missing', async (t) => {
  const { environment, deps } = makeSummaryScene(t, {
    environment: { TIME_ZONE: 'UTC', SUMMARY_SCHEDULE_HOUR: '0' },
  });
  const { ledger } = deps;
  const never = await nightshift(['summary', 'status'], environment);
  assert.deepEqual(
    [never.code, never.out.split('\n')[0]],
    [1, 'summary: NOT OK, nothing was ever sent from this STATE_DIR'],
  );

  const today = Temporal.Now.instant().toZonedDateTimeISO('UTC').toPlainDate();
  const ago = (days: number) => today.subtract({ days }).toString();
  const at = Temporal.Instant.from(`${ago(2)}T08:00:03Z`);
  const finish = (about: string, state: 'accepted' | 'uncertain', reply: string) => {
    ledger.addPending(about, [owner], at);
    ledger.claim(about, owner, ['pending'], at);
    ledger.finish(about, owner, { state, reply, code: null }, at);
  };
  finish(ago(3), 'accepted', '250 2.0.0 Queued');
  finish(ago(1), 'uncertain', 'The connection was lost.');
  const bad = await nightshift(['summary', 'status'], environment);
  assert.equal(bad.code, 1);
  assert.deepEqual(bad.out.split('\n').slice(0, 6), [
    `summary: NOT OK, the summary of ${ago(1)} did not go out to ${owner} (uncertain)`,
    '',
    'DAY         RECIPIENT          STATE      WHEN                 REPLY',
    `${ago(1)}  ${owner}  uncertain  ${ago(2)} 08:00:03  The connection was lost.`,
    `${ago(2)}  -                  NOT SENT   -`,
    `${ago(3)}  ${owner}  sent       ${ago(2)} 08:00:03  250 2.0.0 Queued`,
  ]);
  assert.match(bad.out, /\nnext summary \d{4}-\d\d-\d\d 00:00, in .* \(UTC\)\n$/);

  // The mail server was down: the service tries again all day, but not those that are no recipients, nor an older day.
  const deferred = (about: string, recipient: string) => {
    ledger.addPending(about, [recipient], at);
    ledger.claim(about, recipient, ['pending', 'uncertain'], at);
    ledger.finish(about, recipient, { state: 'pending', reply: 'Not reached.', code: 'MAIL_UNREACHABLE' }, at);
  };
  deferred(ago(1), owner);
  deferred(ago(1), 'other@example.com');
  deferred(ago(2), owner);
  const allDay = { ...environment, SUMMARY_CATCH_UP_HOURS: '24' };
  const down = await nightshift(['summary', 'status'], allDay);
  assert.deepEqual(
    down.out
      .split('\n')
      .slice(3, 6)
      .map((line) => line.split(/ {2,}/).slice(0, 3)),
    [
      [ago(1), 'other@example.com', 'missed'],
      [ago(1), owner, 'pending'],
      [ago(2), owner, 'missed'],
    ],
  );

  ledger.claim(ago(1), owner, ['pending'], at);
  ledger.finish(ago(1), owner, { state: 'accepted', reply: '250', code: null }, at);
  const good = await nightshift(['summary', 'status', '--json'], environment);
  assert.equal(good.code, 0);
  const { ok, reason, days } = JSON.parse(good.out);
  assert.deepEqual([ok, reason, days.length], [true, `the summary of ${ago(1)} went out to 1 recipient`, 3]);
});

test('test-mail logs in over TLS and sends a test mail; without a server it names what to set', async (t) => {
  const login = { user: 'shop@example.com', password: 'correct horse' };
  const server = await startSmtpServer({ security: 'plain', login });
  t.after(() => server.close());
  const { environment, folder } = makeSummaryScene(t);
  const none = await nightshift(['summary', 'test-mail'], environment);
  assert.deepEqual([none.code, /SMTP_HOST is not set/.test(none.err)], [2, true]);
  writeFileSync(path.join(folder, 'ca.pem'), certificates.good.cert);
  const smtp = {
    ...environment,
    ...{ SMTP_HOST: 'localhost', SMTP_PORT: String(server.smtp.port) },
    ...{ SMTP_USER: login.user, SMTP_PASSWORD: login.password, NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') },
  };
  const { code, out, err } = await nightshift(['summary', 'test-mail'], smtp);
  assert.equal(code, 0, err);
  assert.match(out, /^localhost accepted a mail for owner@example\.com: 250 /);
  assert.deepEqual(
    server.mails.map(({ to, user }) => [to[0], user]),
    [[owner, login.user]],
  );
  assert.match((await nightshift(['summary', 'test-mail', '--to', 'nonsense'], smtp)).err, /--to nonsense: not a mail/);
  const wrong = await nightshift(['summary', 'test-mail'], { ...smtp, SMTP_PASSWORD: 'wrong-password' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /MAIL_LOGIN/);
  assert.doesNotMatch(wrong.err, /wrong-password/);
});

test('init writes the profile as a report, and never over an existing file', async (t) => {
  const { environment, folder } = makeSummaryScene(t);
  const file = path.join(folder, 'summary.yaml');
  const done = await nightshift(['summary', 'init', file], environment);
  assert.equal(done.code, 0, done.err);
  const { report, problems } = parseReport(readFileSync(file, 'utf8'));
  assert.deepEqual(problems, []);
  assert.ok((report?.blocks.length ?? 0) > 2);
  assert.ok(readdirSync(folder).includes('report.schema.json'), 'beside it, for editors');
  writeFileSync(file, 'mine');
  const again = await nightshift(['summary', 'init', file], environment);
  assert.deepEqual([again.code, readFileSync(file, 'utf8')], [2, 'mine']);
  assert.match(again.err, /SUMMARY_FILE_EXISTS/);
  const lost = { ...environment, DATABASE_PATH: path.join(folder, 'none.db') };
  assert.match((await nightshift(['summary', 'init', `${file}.new`], lost)).err, /DATABASE_MISSING/);
});

test('hash-password reads a password from a pipe and prints its hash alone', async () => {
  const program = path.resolve(import.meta.dirname, '..', '..', 'jobs', 'nightshift.mjs');
  const child = spawn(process.execPath, [program, 'summary', 'hash-password'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end('correct horse\n');
  const hash = parsePasswordHash((await text(child.stdout)).trim());
  assert.ok(hash !== null);
  assert.deepEqual([await passwordMatches('correct horse', hash), await passwordMatches('wrong', hash)], [true, false]);
});
