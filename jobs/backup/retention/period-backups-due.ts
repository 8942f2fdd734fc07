import type { PeriodKind } from '../../archives/backup-kinds.ts';

type DatedSource = { readonly key: string; readonly date: { readonly takenAt: Temporal.Instant } };

/** A backup of a period to make by copying a daily one. */
export type PeriodBackupDue<D> = {
  readonly period: string;
  /** The period's dailies, the last first: the first that verifies is copied. */
  readonly dailies: readonly D[];
  readonly reason: string;
};

type DueOptions = {
  /** Periods whose backup is there and known to be good. */
  readonly existing: ReadonlySet<string>;
  /** The local date of this run in `zone`, an IANA name. */
  readonly today: Temporal.PlainDate;
  readonly zone: string;
  /** Periods that retention keeps; null for all. */
  readonly limit: number | null;
};

/**
 * Which backups of a kind are due: on the last day of a period today's newest daily (a later run overwrites it), and for every
 * past period that has dailies but no good backup, its last daily that verifies. Oldest period first. `dailies` are one
 * database's, rightly dated; periods that retention would remove at once are left out.
 */
export function periodBackupsDue<D extends DatedSource>(
  kind: PeriodKind,
  dailies: readonly D[],
  { existing, today, zone, limit }: DueOptions,
): PeriodBackupDue<D>[] {
  const thisPeriod = kind.periodOf(today);
  const isLastDay = kind.datesOf(thisPeriod).last.equals(today);
  const dayOf = ({ date }: D) => date.takenAt.toZonedDateTimeISO(zone).toPlainDate();
  const lastFirst = dailies.toSorted((a, b) => Temporal.Instant.compare(b.date.takenAt, a.date.takenAt));
  const byPeriod = Map.groupBy(lastFirst, (daily) => kind.periodOf(dayOf(daily)));
  const due = [...byPeriod].flatMap(([period, ofPeriod]): PeriodBackupDue<D>[] => {
    if (period < thisPeriod && !existing.has(period))
      return [{ period, dailies: ofPeriod, reason: kind.reasons.missed }];
    const ofToday = isLastDay ? ofPeriod.filter((daily) => dayOf(daily).equals(today)) : [];
    return ofToday.length > 0 ? [{ period, dailies: ofToday, reason: kind.reasons.onLastDay }] : [];
  });
  const oldestFirst = due.toSorted((a, b) => (a.period < b.period ? -1 : 1));
  if (limit === null) return oldestFirst;
  const periods = [...new Set([...existing, ...oldestFirst.map(({ period }) => period)])].toSorted().toReversed();
  const kept = new Set(periods.slice(0, limit));
  return oldestFirst.filter(({ period }) => kept.has(period));
}
