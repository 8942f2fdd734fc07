import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createMailer } from '../../jobs/summary/mailer.ts';
import { recordDisk } from '../disk-recorder.ts';

const linux = { skip: process.platform !== 'linux' };

test('a mail in the outbox is on the disk with its name before it is said to be written', linux, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-outbox-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const events = await recordDisk(t, folder);
  const from = 'Shop <shop@example.com>';
  const mailer = createMailer({ smtp: null, outbox: path.join(folder, 'outbox'), from });
  const mail = {
    to: 'owner@example.com',
    subject: 'Yesterday',
    text: 'Good.',
    date: Temporal.Instant.from('2025-12-01T00:00:00Z'),
  };
  await mailer(mail, '2025-11-30', t.signal);
  assert.deepEqual(events, [
    'flush .',
    'flush outbox/2025-11-30_owner@example.com.eml.part',
    'rename outbox/2025-11-30_owner@example.com.eml.part -> outbox/2025-11-30_owner@example.com.eml',
    'flush outbox',
  ]);
});
