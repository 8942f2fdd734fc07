import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type FailureAlert,
  failureAlert,
  housekeepingAlert,
  recoveryAlert,
  type SuspectAlert,
  suspectAlert,
} from '../../jobs/backup/watch/alerts.ts';
import type { Alert } from '../../jobs/platform/alert.ts';
import { deliver } from '../../jobs/platform/alert-delivery.ts';
import type { Log } from '../../jobs/platform/log.ts';
import { type Faults, startSmtpServer } from '../smtp-server.ts';

const zone = 'Asia/Kuala_Lumpur';
const at = Temporal.Instant.from('2025-11-29T18:00:14Z');
const where = { database: 'csv_data', host: 'vps1', at };
const lastGood = {
  key: 'sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz',
  at: Temporal.Instant.from('2025-11-28T18:00:00Z'),
};
const failure: FailureAlert = {
  ...where,
  step: 'integrity check',
  code: 'DATABASE_CORRUPT',
  sentence: 'The copy of /data/csv_data.db is damaged: page 7 is never used.',
  cure: 'Restore the last good backup:\nnightshift restore latest',
  retries: [at.add({ minutes: 5 }), at.add({ minutes: 20 }), at.add({ minutes: 80 })],
  lastGood,
};
const suspect: SuspectAlert = {
  ...where,
  key: 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz',
  reason: 'table orders and 1 more table lost all rows (had 12,000 in csv_data_2025-11-29_020000.db.gz)',
  lostTables: [
    { table: 'orders', rows: 12_000 },
    { table: 'customers', rows: 34 },
  ],
  bytes: { before: 52_428_800, now: 8192 },
  lastGood,
};

describe('an alert says at a glance what happened and what to do', () => {
  test('a failure: what, when, at which step, the cure, the next tries, the last good backup', () => {
    assert.deepEqual(failureAlert(failure, zone), {
      subject: 'nightshift: backup of csv_data FAILED (DATABASE_CORRUPT)',
      text: `The backup of csv_data on vps1 failed.

When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)
Step: integrity check
What: The copy of /data/csv_data.db is damaged: page 7 is never used. (DATABASE_CORRUPT)

What to do:
Restore the last good backup:
nightshift restore latest

It is tried again at:
- 2025-11-30 02:05:14
- 2025-11-30 02:20:14
- 2025-11-30 03:20:14

Last good backup:
sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz
of 2025-11-29 02:00:00, 24 h 00 min ago

Until it works again, no more mail is sent about this.
To look closer: nightshift status
`,
    });
  });

  test('a failure with no good backup and no more tries says both', () => {
    const { text } = failureAlert({ ...failure, retries: [], lastGood: null }, zone);
    assert.match(text, /^It is not tried again by itself\.$/m);
    assert.match(text, /^There is NO good backup yet\.$/m);
  });

  test('the all-clear: since when it had failed, and the new backup', () => {
    const alert = { ...where, failedSince: at.subtract({ hours: 3 }), key: suspect.key };
    assert.deepEqual(recoveryAlert(alert, zone), {
      subject: 'nightshift: backup of csv_data works again',
      text: `The backup of csv_data on vps1 works again.

When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)
Failed since: 2025-11-29 23:00:14, 3 h 00 min ago

New backup:
sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz

Nothing to do.
To look closer: nightshift status
`,
    });
  });

  test('a suspect backup: which tables, what is blocked, the command that accepts it', () => {
    assert.deepEqual(suspectAlert(suspect, zone), {
      subject: 'nightshift: backup of csv_data is SUSPECT: did it lose data?',
      text: `The backup of csv_data on vps1 was stored, but looks as if data was lost.

When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)
Why: table orders and 1 more table lost all rows (had 12,000 in csv_data_2025-11-29_020000.db.gz)
Size: 8.00 KiB, before 50.0 MiB

Tables without rows now:
- orders: had 12,000
- customers: had 34

Last good backup:
sqlite-backups/daily/csv_data_2025-11-29_020000.db.gz
of 2025-11-29 02:00:00, 24 h 00 min ago

Until you decide, old backups are kept and no weekly is written.

What to do:
Look at the database on vps1: is its disk mounted, is the data there?

If all is right, say so:
nightshift accept sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz

If data is lost, the last good backup brings it back: nightshift restore
`,
    });
  });

  test('a suspect backup that only shrank has no list of tables, one with very many a short one', () => {
    assert.doesNotMatch(suspectAlert({ ...suspect, lostTables: [] }, zone).text, /Tables without rows/);
    const lostTables = Array.from({ length: 1022 }, (_, index) => ({ table: `t${index}`, rows: 1 }));
    const { text } = suspectAlert({ ...suspect, lostTables }, zone);
    assert.match(text, /- t19: had 1\n- and 1,002 more\n/);
  });

  test('housekeeping: the backup is safe, and what failed after it', () => {
    const alert = {
      ...where,
      key: suspect.key,
      step: 'prune',
      code: 'STORE_DENIED',
      sentence: 'The key may not delete objects.',
      cure: 'Give the key read and write access to the bucket.',
    };
    assert.deepEqual(housekeepingAlert(alert, zone), {
      subject: 'nightshift: backup of csv_data is safe, but prune failed (STORE_DENIED)',
      text: `The backup of csv_data on vps1 is safe. What comes after it failed.

When: 2025-11-30 02:00:14 (Asia/Kuala_Lumpur)
Step: prune
What: The key may not delete objects. (STORE_DENIED)

What to do:
Give the key read and write access to the bucket.

The backup:
sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz

The next run tries again.
To look closer: nightshift status
`,
    });
  });

  test('no name or message can begin a header or make the subject long', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (database, sentence) => {
        const hostile = { ...failure, database: `${database}\r\nBcc: spy@example.com`, sentence };
        const { subject } = failureAlert(hostile, zone);
        return subject.length <= 120 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(subject);
      }),
    );
  });
});

describe('an alert is delivered', () => {
  const alert: Alert = failureAlert(failure, zone);
  const recipients = ['owner@example.com', 'second@example.com'];

  /** Delivers to a server with these faults; who was reached, what arrived, what the log says. */
  async function delivered(faults: Faults, signal = new AbortController().signal) {
    const server = await startSmtpServer({ security: 'plain', faults });
    const lines: string[] = [];
    const log: Log = { line: (text) => lines.push(text), warn: (text) => lines.push(`WARNING ${text}`), failure() {} };
    try {
      const options = { clock: { now: () => at }, log, signal, firstWaitMs: 1 };
      const reached = await deliver(alert, { smtp: server.smtp, recipients }, options);
      const mails = server.mails.map(({ to, parsed }) => ({ to, subject: parsed.subject, text: parsed.text }));
      const tries = server.recipientsAsked.length;
      return {
        reached,
        tries,
        mails: mails.toSorted((a, b) => a.to.join().localeCompare(b.to.join())),
        log: lines.toSorted(),
      };
    } finally {
      await server.close();
    }
  }

  test('to each recipient in a message of his own, as it was written', async () => {
    assert.deepEqual(await delivered({}), {
      reached: recipients,
      tries: 2,
      mails: recipients.map((recipient) => ({ to: [recipient], ...alert })),
      log: recipients.map((recipient) => `Mailed ${recipient}: ${alert.subject}`),
    });
  });

  test('though the server puts everybody off at first', async () => {
    const { reached, mails } = await delivered({ defer: 3 });
    assert.deepEqual({ reached, mails: mails.length }, { reached: recipients, mails: 2 });
  });

  test('though the server has first something against the host, the sender or the share of the account', async () => {
    const share = '550 Domain example.com has exceeded the max emails per hour (101/100 (101%)) allowed';
    const faults: Faults[] = [
      { refuseClient: true },
      { refuseSender: true },
      { recipientReply: share },
      { textReply: share },
      { recipientReply: '504 5.5.2 <backup-1>: Helo command rejected: need fully-qualified hostname' },
    ];
    for (const fault of faults) {
      const { reached, mails } = await delivered({ ...fault, connections: 2 });
      assert.deepEqual({ reached, mails: mails.length }, { reached: recipients, mails: 2 }, JSON.stringify(fault));
    }
  });

  test('once, when the recipient or the text is refused for good', async () => {
    const final: Faults[] = [{ refuse: 'owner@example.com' }, { refuseText: true }];
    for (const fault of final) {
      const { tries } = await delivered(fault);
      assert.equal(tries, 2, JSON.stringify(fault));
    }
  });

  test('again when a connection was lost after the text: twice is better than never', async () => {
    const { reached, tries } = await delivered({ drop: 'after-data' });
    assert.deepEqual({ reached, tries }, { reached: [], tries: 8 });
  });

  test('to the others when one address is refused, and the log says which and why', async () => {
    const { reached, mails, log } = await delivered({ refuse: 'second@example.com' });
    assert.deepEqual({ reached, mails: mails.length }, { reached: ['owner@example.com'], mails: 1 });
    assert.match(log[1] ?? '', /^WARNING The alert ".*" did not reach second@example\.com\. MAIL_REJECTED: /);
  });

  test('to nobody, without an error, when the service is stopped', async () => {
    const { reached, mails, log } = await delivered({}, AbortSignal.abort());
    assert.deepEqual({ reached, mails, warned: log.length }, { reached: [], mails: [], warned: 2 });
    assert.match(log[0] ?? '', /did not reach owner@example\.com\. INTERRUPTED: /);
  });
});
