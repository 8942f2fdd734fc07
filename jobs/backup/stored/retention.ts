import type { Week } from './names.ts';

/** What happens to one stored backup, and why. */
export type Verdict = { readonly key: string; readonly keep: boolean; readonly reason: string };

type Daily = { readonly key: string; readonly at: Temporal.PlainDateTime };
type Weekly = { readonly key: string; readonly week: Week };

/**
 * Which of one database's daily backups to keep: the newest `limit`. Over the limit, runs between a local day's first and
 * newest go before whole days do, oldest first, so that a day of redeploys does not push out nineteen nights. The newest
 * is never removed, and `lastGood`, the newest that was proven, stays beside the limit. Verdicts come newest first.
 */
export function dailyRetention(dailies: readonly Daily[], limit: number, lastGood: string | null): Verdict[] {
  const newestFirst = dailies.toSorted((a, b) => compareAge(b, a));
  const removed = new Map<string, string>();
  const isOver = () => newestFirst.length - removed.size > limit;
  const remove = (daily: Daily, reason: string) => {
    if (isOver() && daily !== newestFirst[0]) removed.set(daily.key, reason);
  };
  const oldestFirst = newestFirst.toReversed();
  for (const daily of oldestFirst.filter(isBetweenFirstAndNewest(newestFirst))) {
    remove(daily, `over ${limit}, and ${daily.at.toPlainDate()} keeps its first and its newest`);
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

/** Which weekly backups to keep: the newest `limit` weeks, all when it is null. Newest first. */
export function weeklyRetention(weeklies: readonly Weekly[], limit: number | null): Verdict[] {
  const newestFirst = weeklies.toSorted((a, b) => b.week.localeCompare(a.week) || b.key.localeCompare(a.key));
  const keptWeeks = new Set([...new Set(newestFirst.map(({ week }) => week))].slice(0, limit ?? undefined));
  return newestFirst.map(({ key, week }) => {
    if (limit === null) return { key, keep: true, reason: 'weeklies are kept for good' };
    const keep = keptWeeks.has(week);
    return { key, keep, reason: keep ? `of the newest ${limit} weeks` : `older than the newest ${limit} weeks` };
  });
}

function isBetweenFirstAndNewest(newestFirst: readonly Daily[]): (daily: Daily) => boolean {
  const days = Map.groupBy(newestFirst, ({ at }) => at.toPlainDate().toString());
  const ends = new Set([...days.values()].flatMap((day) => [day[0], day.at(-1)]));
  return (daily) => !ends.has(daily);
}

function compareAge(a: Daily, b: Daily): number {
  return Temporal.PlainDateTime.compare(a.at, b.at) || a.key.localeCompare(b.key);
}
