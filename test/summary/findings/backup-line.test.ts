import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '../../../jobs/platform/history.ts';
import { backupLine } from '../../../jobs/summary/findings/backup-line.ts';

const run: Run = {
  id: 1,
  job: 'backup',
  database: 'shop',
  startedAt: Temporal.Instant.from('2025-11-30T02:00:00+08:00'),
  finishedAt: Temporal.Instant.from('2025-11-30T02:01:00+08:00'),
  outcome: 'succeeded',
  step: 'prune',
  key: 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz',
  proof: 'proven',
  snapshotBytes: 300_000_000,
  archiveBytes: 89_759_744,
  rows: 10,
  suspect: null,
  code: null,
  sentence: null,
};
const at = (local: string) => Temporal.Instant.from(`${local}+08:00`);
const limitSeconds = 26 * 3600;

test('the last line says how old the last backup is, how large, and whether it is proven', () => {
  assert.deepEqual(backupLine({ newestGood: run, now: at('2025-11-30T08:00:00'), limitSeconds }), {
    ok: true,
    sentence: 'The last backup is 6 h 00 min old, 85.6 MiB, read back and proven.',
  });
  assert.deepEqual(
    backupLine({
      newestGood: { ...run, proof: 'stored', archiveBytes: null },
      now: at('2025-11-30T08:00:00'),
      limitSeconds,
    }),
    { ok: true, sentence: 'The last backup is 6 h 00 min old, stored encrypted, its hash compared.' },
  );
});

test('it warns of a backup that is too old, and of none', () => {
  assert.deepEqual(backupLine({ newestGood: run, now: at('2025-12-02T08:00:00'), limitSeconds }), {
    ok: false,
    sentence:
      'The last good backup is 2 d 6 h old, 85.6 MiB, read back and proven, older than the 26 h 00 min it may be: run `nightshift status` on the server.',
  });
  assert.deepEqual(backupLine({ newestGood: null, now: at('2025-12-02T08:00:00'), limitSeconds }), {
    ok: false,
    sentence: 'No proven backup yet: run `nightshift status` on the server.',
  });
});
