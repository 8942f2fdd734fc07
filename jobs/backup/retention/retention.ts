import type { BackupDate } from '../../archives/backup-date.ts';
import type { PeriodKind } from '../../archives/backup-kinds.ts';

/** What happens to one stored backup, and why. */
export type RetentionDecision = { readonly key: string; readonly keep: boolean; readonly reason: string };

export type DatedBackup = { readonly key: string; readonly date: { readonly takenAt: Temporal.Instant } };
type KeyOfPeriod = { readonly key: string; readonly period: string };

type DailyRetentionOptions = {
  readonly limit: number;
  /** The newest that was verified; stays beside the limit. */
  readonly lastGood: string | null;
  /** IANA zone of the days. */
  readonly zone: string;
};

/**
 * Which of one database's rightly dated daily backups to keep: the newest `limit`. Over the limit, runs between a local
 * day's first and newest go before whole days do, oldest first, so that a day of redeploys does not push out nineteen
 * older days. The newest is never removed. Decisions come newest first.
 */
export function dailyRetention(
  dailies: readonly DatedBackup[],
  { limit, lastGood, zone }: DailyRetentionOptions,
): RetentionDecision[] {
  const newestFirst = dailies.toSorted((a, b) => compareAge(b, a));
  const removed = new Map<string, string>();
  const isOver = () => newestFirst.length - removed.size > limit;
  const remove = (daily: DatedBackup, reason: string) => {
    if (isOver() && daily !== newestFirst[0]) removed.set(daily.key, reason);
  };
  const oldestFirst = newestFirst.toReversed();
  const dayOf = ({ date }: DatedBackup) => date.takenAt.toZonedDateTimeISO(zone).toPlainDate().toString();
  for (const daily of oldestFirst.filter(isBetweenFirstAndNewest(newestFirst, dayOf))) {
    remove(daily, `over ${limit}, and ${dayOf(daily)} keeps its first and its newest`);
  }
  for (const daily of oldestFirst.filter(({ key }) => !removed.has(key))) {
    remove(daily, `over ${limit}, and the oldest`);
  }
  return newestFirst.map(({ key }, index) => {
    const why = removed.get(key);
    if (why === undefined) return { key, keep: true, reason: index === 0 ? 'the newest' : `of the newest ${limit}` };
    return key === lastGood ? { key, keep: true, reason: 'the last good one' } : { key, keep: false, reason: why };
  });
}

/**
 * Which backups of a period kind to keep: the newest `limit` periods; all when it is null, and when it is 0 (no such rung: what an
 * earlier setting made is not ours to remove). Newest first.
 */
export function periodRetention(
  kind: PeriodKind,
  backups: readonly KeyOfPeriod[],
  limit: number | null,
): RetentionDecision[] {
  const newestFirst = backups.toSorted((a, b) => b.period.localeCompare(a.period) || b.key.localeCompare(a.key));
  const keptPeriods = new Set([...new Set(newestFirst.map(({ period }) => period))].slice(0, limit ?? undefined));
  return newestFirst.map(({ key, period }) => {
    if (limit === null) return { key, keep: true, reason: `${kind.plural} are kept for good` };
    if (limit === 0) return { key, keep: true, reason: `no ${kind.plural} are made or removed now` };
    const keep = keptPeriods.has(period);
    const newest = `the newest ${limit} ${kind.period}s`;
    return { key, keep, reason: keep ? `of ${newest}` : `older than ${newest}` };
  });
}

const misdatedReasons = {
  misdated: 'misdated: its date is after it was stored; ignored, remove it by hand',
  ahead: 'dated in the future: ignored until then; is the clock right?',
} as const;

/** A backup with an implausible date is ignored, and so is never removed by itself. */
export function misdatedDecisions(
  backups: readonly { readonly key: string; readonly date: BackupDate }[],
): RetentionDecision[] {
  return backups.flatMap(({ key, date }) =>
    date.kind === 'misdated' || date.kind === 'ahead' ? [{ key, keep: true, reason: misdatedReasons[date.kind] }] : [],
  );
}

/** A backup that is no longer what was stored takes no place among the newest, and is never removed by itself. */
export function changedDecisions(
  backups: readonly { readonly key: string; readonly isChanged: boolean }[],
): RetentionDecision[] {
  const reason = 'changed since it was stored: ignored, remove it by hand';
  return backups.filter(({ isChanged }) => isChanged).map(({ key }) => ({ key, keep: true, reason }));
}

function isBetweenFirstAndNewest(newestFirst: readonly DatedBackup[], dayOf: (daily: DatedBackup) => string) {
  const days = Map.groupBy(newestFirst, dayOf);
  const ends = new Set([...days.values()].flatMap((day) => [day[0], day.at(-1)]));
  return (daily: DatedBackup) => !ends.has(daily);
}

/** Oldest first; equal ages by key. */
export function compareAge(a: DatedBackup, b: DatedBackup): number {
  return Temporal.Instant.compare(a.date.takenAt, b.date.takenAt) || a.key.localeCompare(b.key);
}
