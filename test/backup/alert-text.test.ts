import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { allClearAlert, type ProblemsAlert, problemsAlert } from '../../jobs/backup/alerts/alert-text.ts';
import { renamedProblem, unrecordedProblem } from '../../jobs/backup/alerts/history-problems.ts';
import { problemsOfRun } from '../../jobs/backup/alerts/run-problems.ts';
import type { RunOutcome } from '../../jobs/backup/outcome.ts';
import type { Alert } from '../../jobs/monitoring/alerts/alert.ts';
import { goodOutcome } from './good-outcome.ts';

const zone = 'Asia/Kuala_Lumpur';
const at = Temporal.Instant.from('2025-11-29T18:00:14Z');
const where = { host: 'vps1', at, since: at };
const newest = [
  {
    database: 'csv_data',
    good: {
      key: 'sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz',
      at: Temporal.Instant.from('2025-11-28T18:00:00Z'),
    },
  },
];
const tries = [at.add({ minutes: 5 }), at.add({ minutes: 20 }), at.add({ minutes: 80 })];
const key = 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz';

const failed: RunOutcome = {
  kind: 'failed',
  failure: {
    code: 'DATABASE_CORRUPT',
    message: 'The copy of /data/csv_data.db is damaged: page 7 is never used.',
    hint: 'Restore the last good backup:\nnightshift restore latest',
  },
  unrecorded: null,
};
const good = goodOutcome(key);

/** The problems of a run of csv_data that ended in this way. */
function problemsOf(outcome: RunOutcome, step = 'integrity check', database = 'csv_data') {
  return problemsOfRun({ database, outcome, step, openSuspects: [], before: [], at });
}

/** The mail about a run of csv_data that ended in this way. */
function alertAbout(outcome: RunOutcome, step: string, changes: Partial<ProblemsAlert> = {}): Alert {
  const problems = problemsOf(outcome, step);
  return problemsAlert({ ...where, reason: 'new', problems, retryTimes: null, newest, ...changes }, zone);
}

describe('an alert says at a glance what happened and what to do', () => {
  test('a failure: what, when, at which step, what to do, the next tries, the newest good backup', () => {
    assert.deepEqual(alertAbout(failed, 'integrity check', { retryTimes: tries }), {
      subject: 'nightshift: backup of csv_data FAILED (DATABASE_CORRUPT)',
      text: `Something is wrong with the backups on vps1.
When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)

The backup of csv_data failed.
Step: integrity check
What: The copy of /data/csv_data.db is damaged: page 7 is never used. (DATABASE_CORRUPT)

What to do:
Restore the last good backup:
nightshift restore latest

It is tried again at:
- 2025-11-30 02:05:14
- 2025-11-30 02:20:14
- 2025-11-30 03:20:14

Newest good backup of csv_data:
sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz
of 2025-11-29 02:00:00, 24 h 00 min ago

While this lasts, a reminder comes after 1, 3 and 7 days, then weekly.
For details: nightshift status
`,
    });
  });

  test('a failure with no good backup and no more tries says both', () => {
    const none = [{ database: 'csv_data', good: null }];
    const { text } = alertAbout(failed, 'start', { retryTimes: [], newest: none });
    assert.match(text, /^It is not tried again by itself\.$/m);
    assert.match(text, /^There is NO good backup of csv_data that this history knows of\.$/m);
  });

  test('a reminder: since when, and how old the newest good backup is by now', () => {
    const since = at.subtract({ hours: 72 });
    const { subject, text } = alertAbout(failed, 'integrity check', { reason: 'reminder', since });
    assert.equal(subject, 'nightshift: still: backup of csv_data FAILED (DATABASE_CORRUPT)');
    assert.match(text, /^Since: 2025-11-27 02:00:14, 3 d 0 h ago$/m);
    assert.match(text, /^of 2025-11-29 02:00:00, 24 h 00 min ago$/m);
  });

  test('one mail lists all that is wrong in all databases', () => {
    const suspicion = { reason: 'table stock lost all rows', lostTables: [], bytes: { before: 8192, now: 4096 } };
    const problems = [
      ...problemsOf(failed),
      ...problemsOf({ ...good, suspicion }, 'prune', 'stock'),
      unrecordedProblem({ code: 'STATE_UNWRITABLE', message: 'The disk is full.', hint: 'Make room.' }, at.toString()),
    ];
    const { subject, text } = problemsAlert({ ...where, reason: 'changed', problems, retryTimes: [], newest }, zone);
    assert.equal(subject, 'nightshift: backup of csv_data FAILED (DATABASE_CORRUPT) and 2 more');
    assert.deepEqual(text.match(/^(\d things .*|\d\. .*)$/gm), [
      '3 things are wrong with the backups on vps1.',
      '1. The backup of csv_data failed.',
      '2. The backup of stock was stored, but looks as if data was lost.',
      '3. The run history cannot be kept. Backups continue without it.',
    ]);
  });

  test('the all-clear: two runs, since when it had been wrong, and the newest good backups', () => {
    assert.deepEqual(allClearAlert({ ...where, since: at.subtract({ hours: 3 }), newest }, zone), {
      subject: 'nightshift: backups of csv_data work again',
      text: `The backups on vps1 work again: two runs in a row found nothing wrong.
When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)
It was wrong since: 2025-11-29 23:00:14, 3 h 00 min ago

Newest good backup of csv_data:
sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz
of 2025-11-29 02:00:00, 24 h 00 min ago

Nothing to do.
For details: nightshift status
`,
    });
  });

  const suspicion = {
    reason: 'table orders and 1 more table lost all rows (had 12,000 in csv_data_2025-11-29_020000.db.gz)',
    lostTables: [
      { table: 'orders', rows: 12_000 },
      { table: 'customers', rows: 34 },
    ],
    bytes: { before: 52_428_800, now: 8192 },
  };
  const middle = ({ text }: Alert) => text.split('\n\n').slice(1, -2).join('\n\n');

  test('a suspect backup: which tables, what is blocked, the command that accepts it', () => {
    const alert = alertAbout({ ...good, suspicion }, 'prune');
    assert.equal(alert.subject, 'nightshift: backup of csv_data is SUSPECT: did it lose data?');
    assert.equal(
      middle(alert),
      `The backup of csv_data was stored, but looks as if data was lost.
Why: table orders and 1 more table lost all rows (had 12,000 in csv_data_2025-11-29_020000.db.gz)
Size: 8.00 KiB, before 50.0 MiB
Tables without rows now:
- orders: had 12,000
- customers: had 34
Until you decide, old backups are kept and no weekly or longer one is written.

What to do:
Look at the database: is its disk mounted, is the data there?
If all is right: nightshift accept ${key}
If data is lost, the last good backup has it: nightshift restore`,
    );
  });

  test('a suspect backup that only shrank has no list of tables, one with very many a short one', () => {
    const about = (lostTables: { table: string; rows: number }[]) =>
      alertAbout({ ...good, suspicion: { ...suspicion, lostTables } }, 'prune').text;
    assert.doesNotMatch(about([]), /Tables without rows/);
    const many = Array.from({ length: 1022 }, (_, index) => ({ table: `t${index}`, rows: 1 }));
    assert.match(about(many), /- t19: had 1\n- and 1,002 more\n/);
  });

  test('housekeeping: the backup is safe, and what failed after it', () => {
    const housekeeping = {
      code: 'STORE_DENIED',
      message: 'The key may not delete objects.',
      hint: 'Give the key read and write access to the bucket.',
    } as const;
    const alert = alertAbout({ ...good, housekeeping }, 'prune');
    assert.equal(
      alert.subject,
      'nightshift: backup of csv_data is safe, but not all that follows it was done (STORE_DENIED)',
    );
    assert.equal(
      middle(alert),
      `The backup of csv_data is safe. Not all that follows it was done.
What: The key may not delete objects. (STORE_DENIED)
The backup: ${key}

What to do:
Give the key read and write access to the bucket.`,
    );
  });

  test('findings, an emptied store, a new history in place of a damaged one', () => {
    const found = alertAbout(
      { ...good, findings: ['CHECK constraint failed in orders'], findingKinds: 1, storeEmptied: 'gone' },
      'prune',
    );
    assert.equal(
      found.subject,
      'nightshift: no earlier backup of csv_data is in the store: removed, or another store? and 1 more',
    );
    assert.match(found.text, /^- CHECK constraint failed in orders$/m);
    const problems = [renamedProblem('/state/history.db.damaged-2025-11-30_020014', at.toString())];
    const { subject, text } = problemsAlert({ ...where, reason: 'new', problems, retryTimes: null, newest }, zone);
    assert.equal(subject, 'nightshift: the run history was damaged; a new one was started');
    assert.equal(
      middle({ subject, text }),
      `The run history was damaged. A new one was started; the backups in the store are not touched by this.
The damaged file: /state/history.db.damaged-2025-11-30_020014
What was lost: the runs so far, which backups this host read back, the marker of the folder that backups go to, what a killed run left in the store, and since when something is wrong, so reminders start over.
Not lost: suspects that were accepted, which is recorded in the store. \`nightshift list\` shows those that still wait.

What to do:
Check the disk of STATE_DIR. A copy of history.db from before may be put back while nothing runs; else remove the damaged file.`,
    );
  });

  test('twenty-three kinds of findings: twenty are listed, and the number is right in mail and status', () => {
    const findings = Array.from({ length: 20 }, (_, index) => `NULL value in wide.c${index + 1} (1 row)`);
    const outcome = { ...good, findings, findingKinds: 23 };
    const { text } = alertAbout(outcome, 'prune');
    assert.deepEqual(text.match(/^- .*$/gm), [...findings.map((one) => `- ${one}`), '- and 3 more kinds']);
    assert.deepEqual(
      problemsOf(outcome).map(({ message }) => message),
      ['23 findings of the integrity check: NULL value in wide.c1 (1 row)'],
    );
  });

  test('no history: what that costs does not include what lies in the store', () => {
    const failure = { code: 'STATE_UNWRITABLE', message: 'It is full.', hint: 'Make room.' } as const;
    assert.deepEqual(unrecordedProblem(failure, at.toString()).lines, [
      'The run history cannot be kept. Backups continue without it.',
      'What: It is full. (STATE_UNWRITABLE)',
      'What that costs: `nightshift status` and `list` do not know of these runs, nor which of their backups were read back; what a killed run left in the store is not cleaned up.',
    ]);
  });

  test('no name or message can begin a header or make the subject long', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (database, message) => {
        const failure = { code: 'DISK_FULL', message, hint: '' } as const;
        const problems = problemsOf(
          { kind: 'failed', failure, unrecorded: null },
          's',
          `${database}\r\nBcc: spy@example.com`,
        );
        const { subject } = problemsAlert({ ...where, reason: 'reminder', problems, retryTimes: tries, newest }, zone);
        return subject.length <= 120 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(subject);
      }),
    );
  });
});
