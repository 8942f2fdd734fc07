import { agePhrase, durationSince, formatDuration } from '../../runtime/format.ts';

export type BackupHealth = { readonly healthy: boolean; readonly reason: string };

/** What the health of one database's backups depends on. */
export type HealthFacts = {
  readonly now: Temporal.Instant;
  /** When a backup was first begun here, by the history; counts while that has no good one. Null: not recorded. */
  readonly firstStart: Temporal.Instant | null;
  /** When the newest good backup was taken. */
  readonly newestGood: Temporal.Instant | null;
  /** When the backup under way began; null when none is, as far as can be seen. */
  readonly running: Temporal.Instant | null;
  /** Seconds between the two most distant neighbours of the schedule. */
  readonly longestGapSeconds: number;
};

const graceSeconds = 2 * 3600;
/** A clock that was set right may have been that far ahead. */
const clockToleranceSeconds = 24 * 3600;

/** Seconds that a newest good backup may be old, given the schedule's longest gap. */
export const ageLimitSeconds = (longestGapSeconds: number) => longestGapSeconds + graceSeconds;

/**
 * Unhealthy when the newest good backup (with none recorded: the first start) is older than the schedule's longest gap plus
 * 2 h, or dated over a day after now. A start-up backup under way is healthy, within the same limit.
 */
export function healthOf({ now, firstStart, newestGood, running, longestGapSeconds }: HealthFacts): BackupHealth {
  const limit = ageLimitSeconds(longestGapSeconds);
  const ageOf = (instant: Temporal.Instant) => (now.epochMilliseconds - instant.epochMilliseconds) / 1000;
  const since =
    newestGood === null
      ? `no good backup is recorded${firstStart === null ? '' : `, first recorded start ${agePhrase(firstStart, now)}`}`
      : `newest good backup is ${agePhrase(newestGood, now, (age) => `${age} old`)}`;
  if (newestGood !== null && ageOf(newestGood) < -clockToleranceSeconds) {
    return { healthy: false, reason: `${since}: is the clock right?` };
  }
  if (ageOf(newestGood ?? firstStart ?? now) <= limit) return { healthy: true, reason: since };
  if (running !== null && ageOf(running) <= limit) {
    return { healthy: true, reason: `${since}, a backup has been under way for ${durationSince(running, now)}` };
  }
  return { healthy: false, reason: `${since}, over the limit of ${formatDuration(limit)}` };
}

type HealthLineEntry = { readonly name: string; readonly health: BackupHealth; readonly problems: readonly string[] };

/**
 * Healthy when every database is. The line names each database, when any is unhealthy those only, and what else is wrong
 * with them.
 */
export function healthLine(databases: readonly HealthLineEntry[]): {
  readonly healthy: boolean;
  readonly line: string;
} {
  const unhealthy = databases.filter(({ health }) => !health.healthy);
  const named = unhealthy.length === 0 ? databases : unhealthy;
  const line = named
    .map(({ name, health, problems }) => `${name}: ${[health.reason, ...problems].join('; ')}`)
    .join('; ');
  return { healthy: unhealthy.length === 0, line };
}
