import { Counter, Gauge, Registry } from 'prom-client';
import type { StoreListing } from '../../monitoring/history/history.ts';
import type { DatabaseStatus } from './database-status.ts';
import type { BackupStatus } from './status.ts';

type MetricSample = { readonly labels: Readonly<Record<string, string>>; readonly value: number | null };
type MetricFamily = {
  readonly type: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
};

/** The status as Prometheus reads it: text exposition format 0.0.4. What is not known has no sample. */
export async function metricsText(status: BackupStatus): Promise<string> {
  const registry = new Registry();
  for (const { type, name, help, samples } of familiesOf(status)) {
    // Without labels it would be 0 where nothing is known.
    const labelNames = samples.length === 0 ? ['database'] : labelNamesOf(samples);
    const options = { name: `nightshift_backup_${name}`, help, labelNames, registers: [registry] };
    const gauge = type === 'gauge' ? new Gauge(options) : null;
    const counter = type === 'counter' ? new Counter(options) : null;
    for (const { labels, value } of samples) {
      if (value === null) continue;
      gauge?.set(labels, value);
      counter?.inc(labels, value);
    }
  }
  return registry.metrics();
}

export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

function familiesOf({ version, nextRun, databases }: BackupStatus): MetricFamily[] {
  const each = (read: (status: DatabaseStatus) => number | null) =>
    databases.map((status) => ({ labels: { database: status.name }, value: read(status) }));
  const gauge = (name: string, help: string, samples: MetricSample[]): MetricFamily => ({
    type: 'gauge',
    name,
    help,
    samples,
  });
  return [
    gauge('info', 'Version of nightshift; always 1.', [{ labels: { version }, value: 1 }]),
    gauge(
      'healthy',
      '1 when the newest good backup is young enough, or a backup is under way, else 0.',
      each(({ health }) => Number(health.healthy)),
    ),
    gauge(
      'ok',
      '1 when `nightshift status` finds nothing wrong, else 0.',
      each(({ ok }) => Number(ok)),
    ),
    gauge(
      'alert_open',
      '1 while something is wrong that awaits a person, whatever the age of the newest good backup, else 0.',
      each(({ problems }) => Number(problems.length > 0)),
    ),
    gauge(
      'last_success_timestamp_seconds',
      'When the newest good backup was finished, Unix time.',
      each(({ newestGood }) => seconds(newestGood?.finishedAt ?? null)),
    ),
    gauge(
      'last_success_duration_seconds',
      'How long the newest good backup took.',
      each(({ newestGood }) => durationOf(newestGood)),
    ),
    gauge(
      'archive_bytes',
      'Size of the newest good backup in the store.',
      each(({ newestGood }) => newestGood?.archiveBytes ?? null),
    ),
    gauge(
      'snapshot_bytes',
      'Size of the database in the newest good backup.',
      each(({ newestGood }) => newestGood?.snapshotBytes ?? null),
    ),
    gauge(
      'rows',
      'Rows of all tables in the newest good backup.',
      each(({ newestGood }) => newestGood?.rows ?? null),
    ),
    gauge(
      'last_run_timestamp_seconds',
      'When the newest run began, Unix time.',
      each(({ recentRuns }) => seconds(recentRuns[0]?.startedAt ?? null)),
    ),
    gauge(
      'last_run_outcome',
      '1 for the outcome of the newest run, 0 for the others.',
      databases.flatMap(outcomeSamples),
    ),
    gauge('next_run_timestamp_seconds', 'When the next run is due, Unix time.', [
      { labels: {}, value: seconds(nextRun) },
    ]),
    gauge(
      'stored_bytes',
      'Size of the archives in the store for each rung of retention, when a run last listed them.',
      databases.flatMap((status) => listingSamples(status, ({ bytes }) => bytes)),
    ),
    gauge(
      'stored_backups',
      'Backups in the store for each rung of retention, when a run last listed them.',
      databases.flatMap((status) => listingSamples(status, ({ backups }) => backups)),
    ),
    gauge(
      'listing_timestamp_seconds',
      'When a run last listed the store, Unix time.',
      each(({ listing }) => seconds(listing?.at ?? null)),
    ),
    {
      type: 'counter',
      name: 'runs_total',
      help: 'Runs that ended, since the history began.',
      samples: databases.flatMap(runSamples),
    },
  ];
}

function outcomeSamples({ name, recentRuns: [lastRun], runs }: DatabaseStatus): MetricSample[] {
  if (lastRun === undefined) return [];
  return Object.keys(runs).map((outcome) => ({
    labels: { database: name, outcome },
    value: Number(outcome === lastRun.outcome),
  }));
}

function runSamples({ name, runs: { succeeded, failed, interrupted } }: DatabaseStatus): MetricSample[] {
  const ended = { succeeded, failed, interrupted };
  return Object.entries(ended).map(([outcome, value]) => ({ labels: { database: name, outcome }, value }));
}

function labelNamesOf(samples: readonly MetricSample[]): string[] {
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
}

function listingSamples(
  { name, listing }: DatabaseStatus,
  read: (rung: StoreListing['rungs'][number]) => number,
): MetricSample[] {
  return (listing?.rungs ?? []).map((one) => ({ labels: { database: name, rung: one.rung }, value: read(one) }));
}

function seconds(instant: Temporal.Instant | null): number | null {
  return instant === null ? null : instant.epochMilliseconds / 1000;
}

function durationOf(run: DatabaseStatus['newestGood']): number | null {
  if (run === null || run.finishedAt === null) return null;
  return (run.finishedAt.epochMilliseconds - run.startedAt.epochMilliseconds) / 1000;
}
