import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, type FailureCode } from '../../jobs/runtime/errors.ts';
import { sendDay } from '../../jobs/summary/send-day.ts';
import { trySendingLock } from '../../jobs/summary/storage/sending-lock.ts';
import { day, makeSummaryScene, type SummaryScene } from './scene.ts';

const recipients = ['one@example.com', 'two@example.com'];

/** Sends the day by a mail server that answers so, by recipient; `look` sees the state folder while a mail is on its way. */
async function sendBy(
  { deps }: Pick<SummaryScene, 'deps'>,
  answers: Readonly<Record<string, FailureCode>> = {},
  look: () => void = () => {},
  to: readonly string[] = recipients,
) {
  const tried: string[] = [];
  await sendDay(day, to, {
    ...deps,
    async mailer({ to: recipient }) {
      tried.push(recipient);
      look();
      const code = answers[recipient];
      if (code !== undefined) throw new Failure(code, 'the server said so', 'look');
      return { state: 'accepted', reply: '250 OK' };
    },
  });
  return tried;
}

const states = ({ deps }: SummaryScene) =>
  deps.ledger.ofDay(day).map(({ recipient, state }) => `${recipient.split('@')[0]} ${state}`);

test('before the first mail leaves, its page is kept, the ledger says that it is on its way, and nobody else sends', async (t) => {
  const scene = makeSummaryScene(t);
  const { deps, settings } = scene;
  const seen: unknown[] = [];
  await sendBy(scene, {}, () => {
    seen.push([deps.archive.pageOf(day)?.day, states(scene), trySendingLock(settings.stateDir)]);
  });
  assert.deepEqual(seen, [
    [day, ['one sending', 'two pending'], null],
    [day, ['one accepted', 'two sending'], null],
  ]);
  const lock = trySendingLock(settings.stateDir);
  assert.notEqual(lock, null, 'the lock is free again');
  lock?.release();
});

test('who waits for another process that sends, and is stopped, has sent nothing', async (t) => {
  const scene = makeSummaryScene(t);
  const acquireLock = () => Promise.reject(new DOMException('stopped', 'AbortError'));
  const mailer = () => assert.fail('a mail was sent');
  await assert.rejects(sendDay(day, recipients, { ...scene.deps, acquireLock, mailer }), { name: 'AbortError' });
  assert.deepEqual(states(scene), []);
});

test('who has got the mail, may have got it or refused it gets no other one; the rest is tried again', async (t) => {
  const scene = makeSummaryScene(t);
  const answers = { 'one@example.com': 'MAIL_UNCERTAIN', 'two@example.com': 'MAIL_REJECTED' } as const;
  const all = [...recipients, 'three@example.com', 'four@example.com'];
  const first = await sendBy(scene, { ...answers, 'three@example.com': 'MAIL_FAILED' }, () => {}, all);
  assert.deepEqual(first, all);
  assert.deepEqual(states(scene), ['four accepted', 'one uncertain', 'three pending', 'two rejected']);
  assert.deepEqual(await sendBy(scene, {}, () => {}, ['ONE@example.com', 'Four@Example.com', ...all]), [
    'three@example.com',
  ]);
});

test('after a wrong password no other recipient is tried: each try may lock the account', async (t) => {
  const scene = makeSummaryScene(t);
  assert.deepEqual(await sendBy(scene, { 'one@example.com': 'MAIL_LOGIN' }), ['one@example.com']);
  assert.deepEqual(states(scene), ['one pending', 'two pending']);
});

test('what a dead process left on its way may have arrived: it is not sent again', async (t) => {
  const scene = makeSummaryScene(t);
  const { ledger } = scene.deps;
  const now = Temporal.Instant.from('2025-12-01T00:00:00Z');
  ledger.addPending(day, recipients, now);
  ledger.claim(day, 'one@example.com', ['pending'], now);
  assert.deepEqual(await sendBy(scene), ['two@example.com']);
  assert.deepEqual(states(scene), ['one uncertain', 'two accepted']);
});

test('who is added later gets the page that the others got', async (t) => {
  const scene = makeSummaryScene(t);
  await sendBy(scene, {}, () => {}, ['one@example.com']);
  const deps = { ...scene.deps, makePage: () => assert.fail('another page was made') };
  assert.deepEqual(await sendBy({ deps }), ['two@example.com']);
});
