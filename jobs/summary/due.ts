import { localDay } from '../runtime/clock.ts';
import { nextRun, type Schedule } from '../runtime/schedule.ts';
import { addDays } from './blocks/day-values.ts';
import type { SummaryDelivery } from './storage/ledger.ts';

/** A summary that should go out: when it is due, and the local day it is about, the one before. */
export type DueSummary = { readonly at: Temporal.Instant; readonly day: string };

/** How far back a missed summary is looked for; every schedule has a run in so many hours. */
export const lookBackHours = 48;

/** The last summary that was due by `now`; null when none was recently. */
export function lastDue(schedule: Schedule, now: Temporal.Instant): DueSummary | null {
  return latestDue(schedule, now.subtract({ hours: lookBackHours }), now);
}

/** The latest summary due after `since` and not after `now`; null when none was. */
export function latestDue(schedule: Schedule, since: Temporal.Instant, now: Temporal.Instant): DueSummary | null {
  let latest: Temporal.Instant | null = null;
  for (let run = nextRun(schedule, since); isNotAfter(run, now); run = nextRun(schedule, run)) latest = run;
  return latest === null ? null : { at: latest, day: dayBefore(latest, schedule.zone) };
}

const leastMinutes = 90;

/** Until when a summary that did not reach everybody is tried again: the catch-up limit, 90 minutes at least, or the next one if that comes first. */
export function retriedUntil(at: Temporal.Instant, schedule: Schedule, catchUpHours: number): Temporal.Instant {
  const next = nextRun(schedule, at);
  const limit = retryLimit(at, catchUpHours);
  return isNotAfter(next, limit) ? next : limit;
}

function retryLimit(at: Temporal.Instant, catchUpHours: number): Temporal.Instant {
  return at.add({ minutes: Math.max(60 * catchUpHours, leastMinutes) });
}

/** The local date before the one that `instant` falls on. */
export function dayBefore(instant: Temporal.Instant, zone: string): string {
  return addDays(localDay(instant, zone), -1);
}

/** What the decision about a due summary depends on. */
export type DueFacts = {
  readonly now: Temporal.Instant;
  /** When the service started: what was due before is caught up. */
  readonly startedAt: Temporal.Instant;
  readonly catchUpHours: number;
  /** Of the due day. */
  readonly deliveries: readonly SummaryDelivery[];
  /** The ledger has earlier days. */
  readonly hasEarlierDay: boolean;
  /** When the ledger was begun by hand or brought back from a backup, if it was. */
  readonly knowsSince: Temporal.Instant | null;
};

/**
 * `send`; `missed`: too late, to be logged; `unknown`: an earlier host, or system, may have sent it without this ledger, so a
 * person decides; `nothing`: it was sent before this service started, or is not this service's
 * to send. That is so when the ledger is empty or has only manual sends of this day: on the day of the migration to this
 * service no one gets two emails.
 */
export function decideDue({ at }: DueSummary, facts: DueFacts): 'send' | 'missed' | 'unknown' | 'nothing' {
  const { now, startedAt, catchUpHours, deliveries, hasEarlierDay, knowsSince } = facts;
  if (isUnknown({ at }, deliveries, knowsSince)) return 'unknown';
  const isStarted = deliveries.some(({ state }) => state === 'pending' || state === 'sending');
  const wasDueBeforeStart = Temporal.Instant.compare(at, startedAt) <= 0;
  const isDone = deliveries.length > 0 && !isStarted;
  if (wasDueBeforeStart && (isDone || !(hasEarlierDay || isStarted))) return 'nothing';
  const limit = isStarted ? retryLimit(at, catchUpHours) : at.add({ hours: catchUpHours });
  if (isNotAfter(now, limit)) return 'send';
  return isDone ? 'nothing' : 'missed';
}

/** Whether it cannot be known who got it: it was due before the ledger was begun or brought back, which has nothing of it. */
export function isUnknown(
  { at }: Pick<DueSummary, 'at'>,
  deliveries: readonly SummaryDelivery[],
  knowsSince: Temporal.Instant | null,
): boolean {
  return knowsSince !== null && isNotAfter(at, knowsSince) && deliveries.length === 0;
}

function isNotAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) <= 0;
}
