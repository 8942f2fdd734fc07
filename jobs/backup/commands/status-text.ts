import { localTimestamp } from '../../platform/clock.ts';
import { formatBytes, formatDuration, plural } from '../../platform/format.ts';
import type { Run } from '../../platform/history.ts';
import { sparkline } from '../../platform/sparkline.ts';
import type { BackupStatus, DatabaseStatus } from './status.ts';

const trendRuns = 14;

/** The status as a person reads it; local times in `zone`, ages at `now`. */
export function statusText(status: BackupStatus, now: Temporal.Instant, zone: string): string {
  const databases = status.databases.map((database) => databaseText(database, now, zone));
  const next = `next backup   ${localTimestamp(status.nextRun, zone)}, in ${between(now, status.nextRun)} (${zone})`;
  return `${[...databases, next].join('\n\n')}\n`;
}

function databaseText(
  { name, health, newestGood, recentRuns, openAlerts }: DatabaseStatus,
  now: Temporal.Instant,
  zone: string,
) {
  const lines = [`${name}: ${health.healthy ? 'ok' : 'NOT OK'}, ${health.reason}`];
  if (newestGood !== null) {
    lines.push(
      `  last backup   ${localTimestamp(newestGood.startedAt, zone)}, ${between(newestGood.startedAt, now)} ago`,
    );
    lines.push(`  object        ${newestGood.key} (${newestGood.proof})`);
    lines.push(`  size          ${sizesText(newestGood)}`);
    lines.push(...trendLine(recentRuns));
  }
  const [last] = recentRuns;
  if (last === undefined) lines.push('  no backup ran here yet');
  else if (last.outcome !== 'succeeded') lines.push(`  last run      ${runText(last, now, zone)}`);
  if (last?.outcome === 'succeeded' && last.sentence !== null) lines.push(`  afterwards    ${last.sentence}`);
  for (const { kind, subject, since } of openAlerts) {
    lines.push(`  open alert    ${kind} since ${localTimestamp(since, zone)}: ${subject}`);
  }
  return lines.join('\n');
}

function sizesText({ snapshotBytes, archiveBytes, rows }: Run): string {
  return `${formatBytes(archiveBytes ?? 0)}, of a database of ${formatBytes(snapshotBytes ?? 0)} with ${plural(rows ?? 0, 'row')}`;
}

function runText({ outcome, startedAt, step, sentence }: Run, now: Temporal.Instant, zone: string): string {
  const began = `${localTimestamp(startedAt, zone)}, ${between(startedAt, now)} ago`;
  return outcome === 'running' ? `under way since ${began}: ${step}` : `${outcome} at ${step}, ${began}: ${sentence}`;
}

/** Sizes of the last good archives, oldest first, and the change over them. */
function trendLine(runs: readonly Run[]): string[] {
  const sizes = runs
    .filter(({ proof, archiveBytes }) => proof !== null && archiveBytes !== null)
    .slice(0, trendRuns)
    .map(({ archiveBytes }) => archiveBytes ?? 0)
    .toReversed();
  const [first] = sizes;
  const last = sizes.at(-1);
  if (sizes.length < 2 || first === undefined || last === undefined || first === 0) return [];
  const change = ((last - first) / first) * 100;
  const sign = change >= 0 ? '+' : '';
  return [`  trend         ${sparkline(sizes)} ${sign}${change.toFixed(1)} % over ${plural(sizes.length, 'backup')}`];
}

function between(from: Temporal.Instant, to: Temporal.Instant): string {
  return formatDuration(Math.max(0, (to.epochMilliseconds - from.epochMilliseconds) / 1000));
}
