import { type Alert, alertOf, oneLine } from '../../platform/alert.ts';
import { localTimestamp } from '../../platform/clock.ts';
import { formatBytes, formatCount, formatDuration } from '../../platform/format.ts';
import type { Suspicion } from '../stored/suspect.ts';

/** What every alert tells: which database, on which host, when. */
type Where = { readonly database: string; readonly host: string; readonly at: Temporal.Instant };
type What = { readonly step: string; readonly code: string; readonly sentence: string; readonly cure: string };
type GoodBackup = { readonly key: string; readonly at: Temporal.Instant };

/** `retries`: when it will be tried again by itself, soonest first. */
export type FailureAlert = Where &
  What & { readonly retries: readonly Temporal.Instant[]; readonly lastGood: GoodBackup | null };

/** `key`: the backup that worked. */
export type RecoveryAlert = Where & { readonly failedSince: Temporal.Instant; readonly key: string };

export type SuspectAlert = Where & Suspicion & { readonly key: string; readonly lastGood: GoodBackup | null };

/** `key`: the backup, which is safe. `step`: what failed after it, such as `weekly copy` or `prune`. */
export type HousekeepingAlert = Where & What & { readonly key: string };

const mostTables = 20;

/** A backup failed. Times are told in `zone`, an IANA name, in every alert. */
export function failureAlert(alert: FailureAlert, zone: string): Alert {
  const { database, host, at, code, retries, lastGood } = alert;
  const tries = retries.map((instant) => `- ${localTimestamp(instant, zone)}`);
  return alertOf(`backup of ${database} FAILED (${code})`, [
    [`The backup of ${database} on ${host} failed.`],
    whatHappened(alert, zone),
    ['What to do:', alert.cure],
    tries.length === 0 ? ['It is not tried again by itself.'] : ['It is tried again at:', ...tries],
    lastGoodBackup(lastGood, at, zone),
    ['Until it works again, no more mail is sent about this.', 'To look closer: nightshift status'],
  ]);
}

/** Backups work again after a failure. */
export function recoveryAlert(alert: RecoveryAlert, zone: string): Alert {
  const { database, host, at, failedSince, key } = alert;
  return alertOf(`backup of ${database} works again`, [
    [`The backup of ${database} on ${host} works again.`],
    [`When: ${told(at, zone)}`, `Failed since: ${localTimestamp(failedSince, zone)}, ${age(failedSince, at)}`],
    ['New backup:', key],
    ['Nothing to do.', 'To look closer: nightshift status'],
  ]);
}

/** A backup was stored, but looks as if the database had lost its content. */
export function suspectAlert(alert: SuspectAlert, zone: string): Alert {
  const { database, host, at, key, reason, lostTables, bytes, lastGood } = alert;
  const tables = lostTables.slice(0, mostTables).map(({ table, rows }) => `- ${table}: had ${formatCount(rows)}`);
  const more = lostTables.length > mostTables ? [`- and ${formatCount(lostTables.length - mostTables)} more`] : [];
  return alertOf(`backup of ${database} is SUSPECT: did it lose data?`, [
    [`The backup of ${database} on ${host} was stored, but looks as if data was lost.`],
    [
      `When: ${told(at, zone)}`,
      `Why: ${reason}`,
      `Size: ${formatBytes(bytes.now)}, before ${formatBytes(bytes.before)}`,
    ],
    tables.length === 0 ? [] : ['Tables without rows now:', ...tables, ...more],
    lastGoodBackup(lastGood, at, zone),
    ['Until you decide, old backups are kept and no weekly is written.'],
    ['What to do:', `Look at the database on ${host}: is its disk mounted, is the data there?`],
    ['If all is right, say so:', `nightshift accept ${key}`],
    ['If data is lost, the last good backup brings it back: nightshift restore'],
  ]);
}

/** The backup is safe; what comes after it failed. */
export function housekeepingAlert(alert: HousekeepingAlert, zone: string): Alert {
  const { database, host, step, code, key, cure } = alert;
  return alertOf(`backup of ${database} is safe, but ${step} failed (${code})`, [
    [`The backup of ${database} on ${host} is safe. What comes after it failed.`],
    whatHappened(alert, zone),
    ['What to do:', cure],
    ['The backup:', key],
    ['The next run tries again.', 'To look closer: nightshift status'],
  ]);
}

function whatHappened({ at, step, sentence, code }: Where & What, zone: string): string[] {
  return [`When: ${told(at, zone)}`, `Step: ${step}`, `What: ${oneLine(sentence)} (${code})`];
}

function lastGoodBackup(lastGood: GoodBackup | null, now: Temporal.Instant, zone: string): string[] {
  if (lastGood === null) return ['There is NO good backup yet.'];
  return ['Last good backup:', lastGood.key, `of ${localTimestamp(lastGood.at, zone)}, ${age(lastGood.at, now)}`];
}

function told(at: Temporal.Instant, zone: string): string {
  return `${localTimestamp(at, zone)} (${zone})`;
}

function age(from: Temporal.Instant, now: Temporal.Instant): string {
  const seconds = Math.max(0, (now.epochMilliseconds - from.epochMilliseconds) / 1000);
  return `${formatDuration(seconds)} ago`;
}
