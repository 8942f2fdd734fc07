import { agePhrase } from '../runtime/format.ts';
import { type BackupKind, periodKindsOf } from './backup-kinds.ts';
import type { BackupFacts } from './metadata.ts';
import { parseDailyKey, parsePeriodKey } from './names.ts';

/** When a backup was taken, as far as something says so. */
export type BackupDate =
  | { readonly kind: 'dated'; readonly takenAt: Temporal.Instant }
  /** Its date is impossible: more than a day after the object was stored, whatever the clock says now. */
  | { readonly kind: 'misdated'; readonly statedAt: Temporal.Instant; readonly storedAt: Temporal.Instant }
  /** Taken and stored more than a day after now: the clock was ahead then, or is behind now. */
  | { readonly kind: 'ahead'; readonly statedAt: Temporal.Instant; readonly storedAt: Temporal.Instant }
  /** Neither metadata nor a name of ours: a weekly of the old shell script. */
  | { readonly kind: 'undated'; readonly storedAt: Temporal.Instant };

type DatedObject = {
  readonly key: string;
  /** The object's own LastModified. */
  readonly modified: Temporal.Instant;
  readonly facts: Pick<BackupFacts, 'takenAt'> | null;
};

const toleranceHours = 24;
/** What clocks of two hosts may differ by without anything being wrong. */
const clockDifferenceMinutes = 5;

/**
 * Dates a stored backup: the instant in its metadata, else the local time in its name read in `zone`; a week's (or another
 * period's) name counts from its last day 00:00, or from when it was stored before that. When it was stored never dates it (a copied bucket is new),
 * it only disproves a date.
 */
export function backupDateOf(
  { key, modified, facts }: DatedObject,
  zone: string,
  now: Temporal.Instant,
  kinds: readonly BackupKind[],
): BackupDate {
  const statedAt = facts?.takenAt ?? instantInName(key, modified, zone, kinds);
  if (statedAt === null) return { kind: 'undated', storedAt: modified };
  const isAfter = (instant: Temporal.Instant) =>
    Temporal.Instant.compare(statedAt, instant.add({ hours: toleranceHours })) > 0;
  if (isAfter(modified)) return { kind: 'misdated', statedAt, storedAt: modified };
  return isAfter(now) ? { kind: 'ahead', statedAt, storedAt: modified } : { kind: 'dated', takenAt: statedAt };
}

function instantInName(
  key: string,
  modified: Temporal.Instant,
  zone: string,
  kinds: readonly BackupKind[],
): Temporal.Instant | null {
  for (const kind of kinds.filter((one) => one.from === 'run')) {
    const name = parseDailyKey(kind, key);
    if (name !== null) return name.at.toZonedDateTime(zone).toInstant();
  }
  for (const kind of periodKindsOf(kinds)) {
    const name = parsePeriodKey(kind, key);
    if (name === null) continue;
    const { first, last } = kind.datesOf(name.period);
    const end = last.toZonedDateTime(zone).toInstant();
    return isBetween(modified, first.toZonedDateTime(zone).toInstant(), end) ? modified : end;
  }
  return null;
}

/**
 * Newest first: by date, then those without one by when they were stored, and last by what they say those whose date
 * is implausible. Equal dates by key.
 */
export function newestFirst(a: { key: string; date: BackupDate }, b: { key: string; date: BackupDate }): number {
  const kinds: readonly BackupDate['kind'][] = ['dated', 'undated', 'ahead', 'misdated'];
  const byKind = kinds.indexOf(a.date.kind) - kinds.indexOf(b.date.kind);
  return byKind || Temporal.Instant.compare(instantOf(b.date), instantOf(a.date)) || (a.key < b.key ? -1 : 1);
}

function instantOf(date: BackupDate): Temporal.Instant {
  if (date.kind === 'dated') return date.takenAt;
  return date.kind === 'undated' ? date.storedAt : date.statedAt;
}

/** Whether the date is plausible, or there is none that could be wrong. */
export function isPlausible({ kind }: BackupDate): boolean {
  return kind === 'dated' || kind === 'undated';
}

/**
 * The age as every list shows it: `7 h 00 min`. A date after now is no age: `dated 8 h 00 min ahead`, with when the object was
 * stored where that disproves the date.
 */
export function ageText(date: BackupDate, modified: Temporal.Instant, now: Temporal.Instant): string {
  const stored = agePhrase(
    modified,
    now,
    (age) => `stored ${age} ago`,
    (by) => `stored ${by} ahead`,
  );
  if (date.kind === 'undated') return stored;
  if (date.kind === 'misdated') return `misdated, ${stored}`;
  const stated = date.kind === 'dated' ? date.takenAt : date.statedAt;
  const ahead = (by: string) => `dated ${by} ahead${isDatedAfter(stated, modified) ? `, ${stored}` : ''}`;
  return agePhrase(stated, now, (age) => age, ahead);
}

/** Whether a date lies so far after the object was stored that a clock was wrong. */
export function isDatedAfter(stated: Temporal.Instant, modified: Temporal.Instant): boolean {
  return stated.epochMilliseconds - modified.epochMilliseconds > clockDifferenceMinutes * 60_000;
}

function isBetween(instant: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant): boolean {
  return Temporal.Instant.compare(instant, from) >= 0 && Temporal.Instant.compare(instant, to) < 0;
}
