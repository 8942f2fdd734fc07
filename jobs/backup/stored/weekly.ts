import { isoWeek, type Week } from './names.ts';

type Daily = { readonly at: Temporal.PlainDateTime };

/** A weekly backup to make by copying a daily one. */
export type WeeklyDue<D> = { readonly week: Week; readonly daily: D; readonly reason: string };

/**
 * Which weekly copies are due: on a Sunday today's newest daily (a later run overwrites it), and for every past week that
 * has dailies but no weekly, its last daily. Oldest week first. `dailies` are one database's good ones; with a weekly
 * retention of `limit`, weeks that retention would remove at once are left out.
 */
export function weekliesDue<D extends Daily>(
  dailies: readonly D[],
  existing: ReadonlySet<Week>,
  today: Temporal.PlainDate,
  limit: number | null,
): WeeklyDue<D>[] {
  const thisWeek = isoWeek(today);
  const oldestFirst = dailies.toSorted((a, b) => Temporal.PlainDateTime.compare(a.at, b.at));
  const lastOfWeek = new Map(oldestFirst.map((daily) => [isoWeek(daily.at.toPlainDate()), daily]));
  const due = [...lastOfWeek].flatMap(([week, daily]): WeeklyDue<D>[] => {
    if (week < thisWeek && !existing.has(week)) return [{ week, daily, reason: 'its Sunday was missed' }];
    const isTodaysSunday = today.dayOfWeek === 7 && daily.at.toPlainDate().equals(today);
    return isTodaysSunday ? [{ week, daily, reason: 'today is Sunday' }] : [];
  });
  if (limit === null) return due;
  const weeks = [...new Set([...existing, ...due.map(({ week }) => week)])].toSorted().toReversed();
  const kept = new Set(weeks.slice(0, limit));
  return due.filter(({ week }) => kept.has(week));
}
