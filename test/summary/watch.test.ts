import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { readSummarySettings } from '../../jobs/settings/settings.ts';
import { openAlertBudget } from '../../jobs/summary/alert-budget-file.ts';
import { summaryWatch } from '../../jobs/summary/watch.ts';
import { alertMails } from '../backup/mailed.ts';
import { instantOf } from './scene.ts';

/** Mornings of summaries, each in a process of its own as far as memory goes, with a real mail server for the alerts. */
async function place(t: TestContext) {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nightshift-summary-'));
  t.after(() => rmSync(stateDir, { recursive: true, force: true }));
  const mails = await alertMails(t);
  const environment = { DATABASE_PATH: '/data/shop.db', STATE_DIR: stateDir };
  const withMail = readSummarySettings({ ...environment, ...mails.environment });
  const withoutMail = readSummarySettings(environment);
  const log = { line: () => {}, warn: () => {}, failure: (failure: Error) => assert.fail(failure) };
  /** The summary due on this morning: failed with this code, or sent. Returns the subjects of its alerts. */
  const morning = async (count: number, code: 'MAIL_LOGIN' | 'CHART_FONT_MISSING' | null, settings = withMail) => {
    const before = mails.subjects().length;
    const at = instantOf('2025-11-01T08:00:04').add({ hours: 24 * count });
    const budget = openAlertBudget(stateDir);
    const watch = summaryWatch(settings, {
      budget,
      clock: { now: () => at },
      log,
      signal: new AbortController().signal,
      firstWaitMs: 1,
    });
    const recipients = ['owner@example.com'];
    if (code === null) watch.ended('2025-10-31', { kind: 'sent', recipients }, []);
    else {
      const failure = new Failure(code, 'It failed.', 'Mend it.');
      watch.ended('2025-10-31', { kind: 'failed', failure, missed: recipients, again: false }, []);
    }
    await watch.settled();
    budget.close();
    return mails
      .subjects()
      .slice(before)
      .map((subject) => subject?.replace('nightshift: ', '') ?? '');
  };
  return { morning, withoutMail };
}

test('summaries that fail for 30 days: the first mail, reminders, and the all-clear after the second good one', async (t) => {
  const { morning } = await place(t);
  const told: string[] = [];
  for (let count = 0; count < 34; count += 1) {
    for (const subject of await morning(count, count < 30 ? 'MAIL_LOGIN' : null)) told.push(`${count}: ${subject}`);
  }
  const subject = 'summary of 2025-10-31 did not go out (MAIL_LOGIN)';
  const reminders = [1, 3, 7, 14, 21, 28].map((count) => `${count}: still: ${subject}`);
  assert.deepEqual(told, [`0: ${subject}`, ...reminders, '31: summaries go out again']);
});

test('a second, different failure of summaries is told', async (t) => {
  const { morning } = await place(t);
  assert.deepEqual(await morning(0, 'MAIL_LOGIN'), ['summary of 2025-10-31 did not go out (MAIL_LOGIN)']);
  assert.deepEqual(await morning(1, 'CHART_FONT_MISSING'), [
    'summary of 2025-10-31 did not go out (CHART_FONT_MISSING)',
  ]);
});

test('ALERT_RECIPIENTS set later than the trouble: the mail goes out then', async (t) => {
  const { morning, withoutMail } = await place(t);
  assert.deepEqual(await morning(0, 'MAIL_LOGIN', withoutMail), []);
  assert.deepEqual(await morning(1, 'MAIL_LOGIN'), ['summary of 2025-10-31 did not go out (MAIL_LOGIN)']);
});
