import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../jobs/runtime/errors.ts';
import { summaryFailedAlert, summaryRecoveredAlert } from '../../jobs/summary/alerts.ts';
import { instantOf } from './scene.ts';

const zone = 'Asia/Kuala_Lumpur';
const context = { day: '2025-11-30', host: 'vps1', at: instantOf('2025-12-01T08:00:04') };
const first = { reason: 'new', failedSince: context.at } as const;
const failure = new Failure('MAIL_LOGIN', 'The mail server does not accept the login.', 'Check SMTP_PASSWORD.');

test('a summary did not go out: to whom, why, what to do, when it is tried again', () => {
  const retries = [instantOf('2025-12-01T08:05:04'), instantOf('2025-12-01T08:20:04')];
  const missed = ['owner@example.com', 'second@example.com'];
  assert.deepEqual(summaryFailedAlert({ ...context, ...first, failure, missed, retries }, zone), {
    subject: 'nightshift: summary of 2025-11-30 did not go out (MAIL_LOGIN)',
    text: `The summary of 2025-11-30 from vps1 did not reach:
- owner@example.com
- second@example.com

When: 2025-12-01 08:00:04 (Asia/Kuala_Lumpur)
What: The mail server does not accept the login. (MAIL_LOGIN)

What to do:
Check SMTP_PASSWORD.

It is tried again at:
- 2025-12-01 08:05:04
- 2025-12-01 08:20:04

While this lasts, a reminder comes after 1, 3 and 7 days, then weekly.
To look closer: nightshift summary status
`,
  });
});

test('the mail says when there is no retry', () => {
  const { text } = summaryFailedAlert(
    { ...context, ...first, failure, missed: ['owner@example.com'], retries: [] },
    zone,
  );
  assert.match(text, /\n\nIt is not tried again by itself\.\n\n/);
});

test('a reminder is marked as one, with when it began', () => {
  const reminded = { reason: 'reminder', failedSince: instantOf('2025-11-28T08:00:04') } as const;
  const alert = { ...context, ...reminded, failure, missed: ['owner@example.com'], retries: [] };
  const { subject, text } = summaryFailedAlert(alert, zone);
  assert.equal(subject, 'nightshift: still: summary of 2025-11-30 did not go out (MAIL_LOGIN)');
  assert.match(text, /^Failing since: 2025-11-28 08:00:04$/m);
});

test('summaries go out again: since when they did not', () => {
  assert.deepEqual(summaryRecoveredAlert({ ...context, failedSince: instantOf('2025-11-29T08:00:09') }, zone), {
    subject: 'nightshift: summaries go out again',
    text: `The last two summaries from vps1 reached everybody, the last that of 2025-11-30.

When: 2025-12-01 08:00:04 (Asia/Kuala_Lumpur)
Failed since: 2025-11-29 08:00:09

Nothing to do.
To look closer: nightshift summary status
`,
  });
});
