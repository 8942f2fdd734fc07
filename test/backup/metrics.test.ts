import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsText } from '../../jobs/backup/status/metrics.ts';
import type { BackupStatus } from '../../jobs/backup/status/status.ts';
import type { Run } from '../../jobs/monitoring/history/history.ts';

const at = (text: string) => Temporal.Instant.from(text);

const good: Run = {
  id: 1,
  job: 'backup',
  database: 'csv_data',
  startedAt: at('2025-11-29T18:00:00Z'),
  finishedAt: at('2025-11-29T18:00:12.5Z'),
  outcome: 'succeeded',
  step: 'prune',
  key: 'sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz',
  verification: 'verified',
  archiveBytes: 1000,
  snapshotBytes: 4096,
  rows: 77,
  suspect: null,
  code: null,
  message: null,
};
const failed: Run = { ...good, id: 2, outcome: 'failed', startedAt: at('2025-11-29T20:00:00Z') };

const around = {
  activeRun: null,
  openSuspects: [],
  openAlerts: [],
  lastVerifiedAt: null,
  oldVerified: null,
  listing: null,
};
const status: BackupStatus = {
  ageLimitSeconds: 26 * 3600,
  problems: [],
  version: '0.1.0',
  nextRun: at('2025-11-30T18:00:00Z'),
  databases: [
    {
      name: 'csv_data',
      health: { healthy: true, reason: '' },
      newestGood: good,
      recentRuns: [failed, good],
      runs: { running: 0, succeeded: 20, failed: 2, interrupted: 1 },
      ok: false,
      problems: ['the last run failed'],
      ...around,
      listing: {
        at: at('2025-11-29T18:00:12Z'),
        rungs: [
          { rung: 'hourly', backups: 23, bytes: 23_000 },
          { rung: 'daily', backups: 20, bytes: 20_000 },
        ],
      },
    },
    {
      name: 'new',
      health: { healthy: false, reason: '' },
      newestGood: null,
      recentRuns: [],
      runs: { running: 0, succeeded: 0, failed: 0, interrupted: 0 },
      ok: false,
      problems: [],
      ...around,
    },
  ],
};

test('each figure has a name with its unit, and what is not known is left out', async () => {
  const lines = (await metricsText(status)).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(samples, [
    'nightshift_backup_info{version="0.1.0"} 1',
    'nightshift_backup_healthy{database="csv_data"} 1',
    'nightshift_backup_healthy{database="new"} 0',
    'nightshift_backup_ok{database="csv_data"} 0',
    'nightshift_backup_ok{database="new"} 0',
    'nightshift_backup_alert_open{database="csv_data"} 1',
    'nightshift_backup_alert_open{database="new"} 0',
    'nightshift_backup_last_success_timestamp_seconds{database="csv_data"} 1764439212.5',
    'nightshift_backup_last_success_duration_seconds{database="csv_data"} 12.5',
    'nightshift_backup_archive_bytes{database="csv_data"} 1000',
    'nightshift_backup_snapshot_bytes{database="csv_data"} 4096',
    'nightshift_backup_rows{database="csv_data"} 77',
    'nightshift_backup_last_run_timestamp_seconds{database="csv_data"} 1764446400',
    'nightshift_backup_last_run_outcome{database="csv_data",outcome="running"} 0',
    'nightshift_backup_last_run_outcome{database="csv_data",outcome="succeeded"} 0',
    'nightshift_backup_last_run_outcome{database="csv_data",outcome="failed"} 1',
    'nightshift_backup_last_run_outcome{database="csv_data",outcome="interrupted"} 0',
    'nightshift_backup_next_run_timestamp_seconds 1764525600',
    'nightshift_backup_stored_bytes{database="csv_data",rung="hourly"} 23000',
    'nightshift_backup_stored_bytes{database="csv_data",rung="daily"} 20000',
    'nightshift_backup_stored_backups{database="csv_data",rung="hourly"} 23',
    'nightshift_backup_stored_backups{database="csv_data",rung="daily"} 20',
    'nightshift_backup_listing_timestamp_seconds{database="csv_data"} 1764439212',
    'nightshift_backup_runs_total{database="csv_data",outcome="succeeded"} 20',
    'nightshift_backup_runs_total{database="csv_data",outcome="failed"} 2',
    'nightshift_backup_runs_total{database="csv_data",outcome="interrupted"} 1',
    'nightshift_backup_runs_total{database="new",outcome="succeeded"} 0',
    'nightshift_backup_runs_total{database="new",outcome="failed"} 0',
    'nightshift_backup_runs_total{database="new",outcome="interrupted"} 0',
  ]);
});

test('each metric says what it means and of which type it is, once, however often it is asked for', async () => {
  const first = await metricsText(status);
  assert.equal(await metricsText(status), first);
  const described = (kind: string) =>
    [...first.matchAll(new RegExp(`^# ${kind} (\\S+) `, 'gm'))].map(([, name]) => name);
  const named = new Set([...first.matchAll(/^(nightshift_\w+)/gm)].map(([, name]) => name));
  assert.deepEqual(described('HELP'), [...named]);
  assert.deepEqual(described('TYPE'), [...named]);
  assert.match(first, /^# TYPE nightshift_backup_runs_total counter$/m);
});

test('what nothing is known of has no sample', async () => {
  const unknown = status.databases.map((database) => ({ ...database, listing: null, recentRuns: [] }));
  const text = await metricsText({ ...status, databases: unknown });
  assert.doesNotMatch(text, /^nightshift_backup_(stored_|listing_|last_run_)/m);
});
