import { nextRun, type Schedule } from '../platform/schedule.ts';

/** A summary that should go out: when it was due, and the local day it is about, the one before. */
export type Due = { readonly at: Temporal.Instant; readonly day: string };

/**
 * The latest summary that was due after `since` and not after `now`, however late it is; null when none was.
 * `isTooLate`: it was due more than `catchUpHours` ago.
 */
export function latestDue(
  schedule: Schedule,
  { since, now, catchUpHours }: { since: Temporal.Instant; now: Temporal.Instant; catchUpHours: number },
): (Due & { readonly isTooLate: boolean }) | null {
  let latest: Temporal.Instant | null = null;
  for (let run = nextRun(schedule, since); isNotAfter(run, now); run = nextRun(schedule, run)) latest = run;
  if (latest === null) return null;
  const isTooLate = !isNotAfter(now, latest.add({ hours: catchUpHours }));
  return { at: latest, day: dayBefore(latest, schedule.zone), isTooLate };
}

/** The local date before the one that `instant` falls on. */
export function dayBefore(instant: Temporal.Instant, zone: string): string {
  return instant.toZonedDateTimeISO(zone).toPlainDate().subtract({ days: 1 }).toString();
}

/**
 * From when on a service that starts looks for missed summaries: two days back. With an empty ledger not at all: the day of
 * the move to this service mails nobody twice.
 */
export function lookBackFrom(now: Temporal.Instant, ledgerIsEmpty: boolean): Temporal.Instant {
  return ledgerIsEmpty ? now : now.subtract({ hours: 48 });
}

function isNotAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) <= 0;
}
