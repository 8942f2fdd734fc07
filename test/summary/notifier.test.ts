import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { readSummarySettings } from '../../jobs/settings/settings.ts';
import { createSummaryNotifier } from '../../jobs/summary/notifier.ts';
import { openSummaryStore } from '../../jobs/summary/storage/summary-store.ts';
import { alertMails } from '../backup/mailed.ts';
import { instantOf } from './scene.ts';

/** Sends of summaries on successive days, each by a process of its own, with a real mail server for the alerts. */
async function makeScene(t: TestContext) {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nightshift-summary-'));
  t.after(() => rmSync(stateDir, { recursive: true, force: true }));
  const mails = await alertMails(t);
  const environment = { DATABASE_PATH: '/data/shop.db', STATE_DIR: stateDir };
  const withMail = readSummarySettings({ ...environment, ...mails.environment });
  const withoutMail = readSummarySettings(environment);
  const log = { line: () => {}, warn: () => {}, failure: (failure: Error) => assert.fail(failure) };
  /** The summary of a day failed with this code, or was sent. Returns the subjects of its alerts. */
  const sendOn = async (count: number, code: 'MAIL_LOGIN' | 'CHART_FONT_MISSING' | null, settings = withMail) => {
    const before = mails.subjects().length;
    const at = instantOf('2025-11-01T08:00:04').add({ hours: 24 * count });
    const store = openSummaryStore(stateDir);
    const { alerts, zone } = settings;
    const notifier = createSummaryNotifier(
      { alerts, zone, pingUrl: null },
      {
        alertBudget: store.alertBudget,
        clock: { now: () => at },
        log,
        signal: new AbortController().signal,
        firstWaitMs: 1,
      },
    );
    const recipients = ['owner@example.com'];
    if (code === null) notifier.sendFinished('2025-10-31', { kind: 'sent', recipients }, []);
    else {
      const failure = new Failure(code, 'It failed.', 'Fix it.');
      notifier.sendFinished('2025-10-31', { kind: 'failed', failure, missed: recipients, isRetryable: false }, []);
    }
    await notifier.flush();
    store.close();
    return mails
      .subjects()
      .slice(before)
      .map((subject) => subject?.replace('nightshift: ', '') ?? '');
  };
  return { sendOn, withoutMail };
}

test('summaries that fail for 30 days: the first mail, reminders, and the all-clear after the second good one', async (t) => {
  const { sendOn } = await makeScene(t);
  const sent: string[] = [];
  for (let count = 0; count < 34; count += 1) {
    for (const subject of await sendOn(count, count < 30 ? 'MAIL_LOGIN' : null)) sent.push(`${count}: ${subject}`);
  }
  const subject = 'summary of 2025-10-31 did not go out (MAIL_LOGIN)';
  const reminders = [1, 3, 7, 14, 21, 28].map((count) => `${count}: still: ${subject}`);
  assert.deepEqual(sent, [`0: ${subject}`, ...reminders, '31: summaries go out again']);
});

test('a second, different failure of summaries is reported', async (t) => {
  const { sendOn } = await makeScene(t);
  assert.deepEqual(await sendOn(0, 'MAIL_LOGIN'), ['summary of 2025-10-31 did not go out (MAIL_LOGIN)']);
  assert.deepEqual(await sendOn(1, 'CHART_FONT_MISSING'), [
    'summary of 2025-10-31 did not go out (CHART_FONT_MISSING)',
  ]);
});

test('ALERT_RECIPIENTS set later than the failure: the mail goes out then', async (t) => {
  const { sendOn, withoutMail } = await makeScene(t);
  assert.deepEqual(await sendOn(0, 'MAIL_LOGIN', withoutMail), []);
  assert.deepEqual(await sendOn(1, 'MAIL_LOGIN'), ['summary of 2025-10-31 did not go out (MAIL_LOGIN)']);
});
