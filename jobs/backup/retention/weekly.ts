import { isoWeek, type Week } from '../../archives/names.ts';

type Daily = { readonly key: string; readonly dating: { readonly takenAt: Temporal.Instant } };

/** A weekly backup to make by copying a daily one. */
export type WeeklyDue<D> = {
  readonly week: Week;
  /** That week's dailies, the last first: the first that verifies becomes the weekly. */
  readonly dailies: readonly D[];
  readonly reason: string;
};

export type WeeklyPlan = {
  /** Weeks whose weekly is there and known to be good. */
  readonly existing: ReadonlySet<Week>;
  /** The local date of this run in `zone`, an IANA name. */
  readonly today: Temporal.PlainDate;
  readonly zone: string;
  /** Weeks that retention keeps; null for all. */
  readonly limit: number | null;
};

/**
 * Which weekly copies are due: on a Sunday today's newest daily (a later run overwrites it), and for every past week that
 * has dailies but no good weekly, its last daily that verifies. Oldest week first. `dailies` are one database's, rightly
 * dated; weeks that retention would remove at once are left out.
 */
export function weekliesDue<D extends Daily>(
  dailies: readonly D[],
  { existing, today, zone, limit }: WeeklyPlan,
): WeeklyDue<D>[] {
  const thisWeek = isoWeek(today);
  const dayOf = ({ dating }: D) => dating.takenAt.toZonedDateTimeISO(zone).toPlainDate();
  const lastFirst = dailies.toSorted((a, b) => Temporal.Instant.compare(b.dating.takenAt, a.dating.takenAt));
  const byWeek = Map.groupBy(lastFirst, (daily) => isoWeek(dayOf(daily)));
  const due = [...byWeek].flatMap(([week, ofWeek]): WeeklyDue<D>[] => {
    if (week < thisWeek && !existing.has(week)) return [{ week, dailies: ofWeek, reason: 'its Sunday was missed' }];
    const ofToday = ofWeek.filter((daily) => dayOf(daily).equals(today));
    return today.dayOfWeek === 7 && ofToday.length > 0 ? [{ week, dailies: ofToday, reason: 'today is Sunday' }] : [];
  });
  const oldestFirst = due.toSorted((a, b) => (a.week < b.week ? -1 : 1));
  if (limit === null) return oldestFirst;
  const weeks = [...new Set([...existing, ...oldestFirst.map(({ week }) => week)])].toSorted().toReversed();
  const kept = new Set(weeks.slice(0, limit));
  return oldestFirst.filter(({ week }) => kept.has(week));
}
