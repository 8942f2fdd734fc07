import { nextRun, type Schedule } from '../runtime/schedule.ts';
import type { Delivery } from './ledger.ts';

/** A summary that should go out: when it is due, and the local day it is about, the one before. */
export type Due = { readonly at: Temporal.Instant; readonly day: string };

/** Every schedule has a run in so many hours. */
const lookBackHours = 48;

/** The last summary that was due by `now`; null when none was of late. */
export function lastDue(schedule: Schedule, now: Temporal.Instant): Due | null {
  return latestDue(schedule, now.subtract({ hours: lookBackHours }), now);
}

/** The latest summary due after `since` and not after `now`; null when none was. */
export function latestDue(schedule: Schedule, since: Temporal.Instant, now: Temporal.Instant): Due | null {
  let latest: Temporal.Instant | null = null;
  for (let run = nextRun(schedule, since); isNotAfter(run, now); run = nextRun(schedule, run)) latest = run;
  return latest === null ? null : { at: latest, day: dayBefore(latest, schedule.zone) };
}

/** The local date before the one that `instant` falls on. */
export function dayBefore(instant: Temporal.Instant, zone: string): string {
  return instant.toZonedDateTimeISO(zone).toPlainDate().subtract({ days: 1 }).toString();
}

/** What the decision about a due summary rests on. */
export type DueFacts = {
  readonly now: Temporal.Instant;
  /** When the service started: what was due before is caught up. */
  readonly startedAt: Temporal.Instant;
  readonly catchUpHours: number;
  /** Of the due day. */
  readonly deliveries: readonly Delivery[];
  readonly knowsEarlierDay: boolean;
};

/**
 * `send`; `missed`: too late, to be said; `nothing`: it was sent before this service started, or was never this service's
 * to send. That is so when the ledger is empty, or knows only trials by hand of this very day: the day of the move to this
 * service mails nobody twice.
 */
export function verdictOn({ at }: Due, facts: DueFacts): 'send' | 'missed' | 'nothing' {
  const { now, startedAt, catchUpHours, deliveries, knowsEarlierDay } = facts;
  const isBegun = deliveries.some(({ state }) => state === 'pending' || state === 'sending');
  const isMissed = Temporal.Instant.compare(at, startedAt) <= 0;
  const isDone = deliveries.length > 0 && !isBegun;
  if (isMissed && (isDone || !(knowsEarlierDay || isBegun))) return 'nothing';
  if (isNotAfter(now, at.add({ hours: catchUpHours }))) return 'send';
  return isDone ? 'nothing' : 'missed';
}

function isNotAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) <= 0;
}
