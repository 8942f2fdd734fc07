import type { Run, StoreListing } from '../../monitoring/history/history.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase, durationSince, formatBytes, formatCount, plural } from '../../runtime/format.ts';
import { sparkline } from '../../runtime/sparkline.ts';
import type { DatabaseStatus } from '../status/database-status.ts';
import type { BackupStatus } from '../status/status.ts';
import type { ActiveRun } from '../status/status-problems.ts';

const trendRuns = 14;

/** The status as a person reads it; local times in `zone`, ages at `now`. */
export function statusText(status: BackupStatus, now: Temporal.Instant, zone: string): string {
  const databases = status.databases.map((database) => databaseText(database, now, zone));
  const next = `next backup   ${localTimestamp(status.nextRun, zone)}, in ${durationSince(now, status.nextRun)} (${zone})`;
  const others =
    status.problems.length === 0
      ? []
      : [['other files in the store: NOT OK', ...status.problems.map(problemLine)].join('\n')];
  return `${[...databases, ...others, next].join('\n\n')}\n`;
}

const problemLine = (problem: string) => `  problem       ${problem}`;

function databaseText(
  {
    name,
    ok,
    health,
    problems,
    newestGood,
    lastVerifiedAt,
    oldVerified,
    listing,
    activeRun,
    recentRuns,
  }: DatabaseStatus,
  now: Temporal.Instant,
  zone: string,
) {
  const momentText = (at: Temporal.Instant) => `${localTimestamp(at, zone)}, ${agePhrase(at, now)}`;
  const lines = [`${name}: ${ok ? 'ok' : 'NOT OK'}, ${health.reason}`];
  lines.push(...problems.map(problemLine));
  if (newestGood !== null) {
    lines.push(`  last backup   ${momentText(newestGood.startedAt)}`);
    lines.push(`  object        ${newestGood.key} (${newestGood.verification})`);
    if (lastVerifiedAt !== null) lines.push(`  read back     ${momentText(lastVerifiedAt)}`);
    if (oldVerified !== null)
      lines.push(`  old backup    ${oldVerified.key}, ${oldVerified.result} ${momentText(oldVerified.at)}`);
    lines.push(`  size          ${sizesText(newestGood)}`);
    lines.push(...trendLine(recentRuns));
  }
  if (listing !== null) lines.push(`  in the store  ${storedText(listing)}, as listed ${agePhrase(listing.at, now)}`);
  if (activeRun !== null) lines.push(...activeRunLines(activeRun, now, zone));
  if (recentRuns.length === 0) lines.push('  no run is recorded here');
  return lines.join('\n');
}

function activeRunLines({ run, isAlive }: ActiveRun, now: Temporal.Instant, zone: string): string[] {
  const since = `since ${localTimestamp(run.startedAt, zone)}, ${agePhrase(run.startedAt, now)}, at ${run.step}`;
  if (isAlive === 'yes') return [`  under way     ${since}`];
  const hedge =
    'whether it is alive cannot be seen from here: a restore holds the lock, or the database’s folder is not here';
  return isAlive === 'no' ? [] : [`  may be running ${since} (${hedge})`];
}

function sizesText({ snapshotBytes, archiveBytes, rows }: Run): string {
  return `${formatBytes(archiveBytes ?? 0)}, of a database of ${formatBytes(snapshotBytes ?? 0)} with ${plural(rows ?? 0, 'row')}`;
}

/** `hourly 23 (11.5 MiB), daily 20 (10.0 MiB)`: backups and bytes of each rung. */
function storedText({ rungs }: StoreListing): string {
  return rungs.map(({ rung, backups, bytes }) => `${rung} ${formatCount(backups)} (${formatBytes(bytes)})`).join(', ');
}

/** Sizes of the last good archives, oldest first, and the change over them. */
function trendLine(runs: readonly Run[]): string[] {
  const sizes = runs
    .filter(({ verification, archiveBytes }) => verification !== null && archiveBytes !== null)
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
