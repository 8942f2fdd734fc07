import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatabaseStatus } from '../../../jobs/backup/status/database-status.ts';
import type { Run } from '../../../jobs/monitoring/history/history.ts';
import { Failure } from '../../../jobs/runtime/errors.ts';
import { backupLine } from '../../../jobs/summary/page/backup-line.ts';

const run: Run = {
  id: 1,
  job: 'backup',
  database: 'shop',
  startedAt: Temporal.Instant.from('2025-11-30T02:00:00+08:00'),
  finishedAt: Temporal.Instant.from('2025-11-30T02:01:00+08:00'),
  outcome: 'succeeded',
  step: 'prune',
  key: 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz',
  verification: 'verified',
  snapshotBytes: 300_000_000,
  archiveBytes: 89_759_744,
  rows: 10,
  suspect: null,
  code: null,
  message: null,
};
const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);
const limitSeconds = 26 * 3600;

/** The status of one database whose newest good backup is `run`. */
const status: DatabaseStatus = {
  name: 'shop',
  ok: true,
  health: { healthy: true, reason: 'newest good backup is 6 h 00 min old' },
  problems: [],
  newestGood: run,
  activeRun: null,
  recentRuns: [run],
  runs: { running: 0, succeeded: 1, failed: 0, interrupted: 0 },
  openSuspects: [],
  lastVerifiedAt: null,
  oldVerified: null,
  listing: null,
  openAlerts: [],
};
const line = (...databases: DatabaseStatus[]) =>
  backupLine({ databases, now: at('2025-11-30T08:00:00'), limitSeconds });

test('the last line has the age and size of the last backup, and whether it is verified', () => {
  assert.deepEqual(line(status), {
    ok: true,
    message: 'The last backup is 6 h 00 min old, 85.6 MiB, read back and verified.',
  });
  assert.deepEqual(line({ ...status, newestGood: { ...run, verification: 'checksum-only', archiveBytes: null } }), {
    ok: true,
    message: 'The last backup is 6 h 00 min old, stored encrypted, its hash compared.',
  });
});

test('it warns of a backup that is too old, and of none', () => {
  const stale = { ...status, ok: false, health: { healthy: false, reason: 'stale' } };
  assert.deepEqual(backupLine({ databases: [stale], now: at('2025-12-02T08:00:00'), limitSeconds }), {
    ok: false,
    message:
      'The last good backup is 2 d 6 h old, 85.6 MiB, read back and verified, over the limit of 26 h 00 min: run `nightshift status` on the server.',
  });
  assert.deepEqual(line({ ...status, ok: false, newestGood: null }), {
    ok: false,
    message: 'No verified backup is recorded: run `nightshift status` on the server.',
  });
});

test('it warns when the backup is recent and something is wrong all the same, also with another database', () => {
  const problems = ['the last run (2025-11-30 02:00:00, 6 h 00 min ago) failed at upload: The bucket is full'];
  assert.deepEqual(line({ ...status, ok: false, problems }), {
    ok: false,
    message: `The last good backup is 6 h 00 min old, 85.6 MiB, read back and verified (${problems[0]}): run \`nightshift status\` on the server.`,
  });
  const stock = {
    ...status,
    name: 'stock',
    ok: false,
    newestGood: null,
    health: { healthy: true, reason: 'no good backup is recorded' },
  };
  assert.deepEqual(line(status, stock), {
    ok: false,
    message:
      'The last backup is 6 h 00 min old, 85.6 MiB, read back and verified. But the backup of stock: no good backup is recorded: run `nightshift status` on the server.',
  });
});

test('without a readable history it says so, and nothing about backups', () => {
  assert.deepEqual(backupLine(new Failure('HISTORY_DAMAGED', 'damaged', '')), {
    ok: false,
    message: 'The state of the backups cannot be read (HISTORY_DAMAGED): run `nightshift status` on the server.',
  });
  assert.deepEqual(backupLine(new Failure('HISTORY_MISSING', 'missing', '')), {
    ok: false,
    message: 'No verified backup is recorded: run `nightshift status` on the server.',
  });
});
