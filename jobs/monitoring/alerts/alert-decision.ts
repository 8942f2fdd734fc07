import type { AlertBudget, Outage } from './alert-budget.ts';

/** Something that is wrong now. Two of the same `kind` are the same thing to the reader of the alerts. */
export type AlertCause = {
  readonly kind: string;
  /** It happened once and does not last: it is reported, but no all-clear follows. */
  readonly isEvent: boolean;
};

/** Why a mail goes out. */
export type AlertReason = 'new' | 'changed' | 'reminder' | 'all-clear';

export type AlertDecision = {
  /** Null: no mail. */
  readonly reason: AlertReason | null;
  /** Since when something has been wrong; null while nothing is. */
  readonly since: string | null;
  /** What to remember while no mail was accepted for anybody. */
  readonly budget: AlertBudget;
  /** What to remember once a mail was accepted. */
  readonly budgetIfSent: AlertBudget;
};

const reminderDays = [1, 3, 7];
const weekDays = 7;
/** Daily runs end at different minutes: 22 hours count as a day, so that nothing waits for the run after. */
const toleranceHours = 2;

/**
 * Decides after a run with these causes (none: a good run) whether a mail goes out. One when something is wrong, another
 * when a kind comes up that was not reported, reminders after 1, 3 and 7 days and then weekly, an all-clear after the second
 * good run in a row. What comes and goes is limited to one mail a day. A mail that no server accepted is due again at the next run.
 */
export function decideAlert(budget: AlertBudget, causes: readonly AlertCause[], now: Temporal.Instant): AlertDecision {
  return causes.length > 0 ? decideAfterFailure(budget, causes, now) : decideAfterGoodRun(budget, now);
}

function decideAfterFailure(budget: AlertBudget, causes: readonly AlertCause[], now: Temporal.Instant): AlertDecision {
  const outage: Outage = { ...(budget.outage ?? newOutage(budget, now)), goodRuns: 0 };
  const kinds = [...new Set(causes.map(({ kind }) => kind))].toSorted();
  const next = { ...budget, outage };
  const reason = reasonFor(next, outage, kinds, now);
  const budgetIfSent = {
    ...next,
    lastMail: now.toString(),
    lastKinds: kinds,
    outage: {
      ...outage,
      reported: [...new Set([...outage.reported, ...kinds])].toSorted(),
      firstReported: outage.firstReported ?? now.toString(),
      hasCondition: outage.hasCondition || causes.some(({ isEvent }) => !isEvent),
    },
  };
  return { reason, since: outage.since, budget: next, budgetIfSent };
}

function newOutage({ ended }: AlertBudget, now: Temporal.Instant): Outage {
  const isFlapping = ended !== null && !hasPassed(ended.at, 1, now, toleranceHours);
  return {
    since: now.toString(),
    reported: isFlapping ? ended.reported : [],
    firstReported: null,
    goodRuns: 0,
    isFlapping,
    hasCondition: false,
  };
}

function reasonFor(budget: AlertBudget, outage: Outage, kinds: readonly string[], now: Temporal.Instant) {
  const isDayOver = budget.lastMail === null || hasPassed(budget.lastMail, 1, now);
  const { firstReported, reported } = outage;
  if (kinds.some((kind) => !reported.includes(kind))) return firstReported === null ? 'new' : 'changed';
  if (firstReported === null) return isDayOver ? 'new' : null;
  if (isDayOver && kinds.some((kind) => !budget.lastKinds.includes(kind))) return 'changed';
  return isReminderDue(firstReported, budget.lastMail, now) ? 'reminder' : null;
}

function decideAfterGoodRun(budget: AlertBudget, now: Temporal.Instant): AlertDecision {
  if (budget.outage === null) return { reason: null, since: null, budget, budgetIfSent: budget };
  const outage = { ...budget.outage, goodRuns: budget.outage.goodRuns + 1 };
  const { since, reported, firstReported, goodRuns, isFlapping, hasCondition } = outage;
  const waiting = { ...budget, outage };
  const over = { ...budget, outage: null, ended: { at: now.toString(), reported } };
  if (goodRuns < 2) return { reason: null, since, budget: waiting, budgetIfSent: waiting };
  // No mail reported that it began, or it was an event that has no end.
  if (firstReported === null || !hasCondition) {
    const kept = firstReported === null && !isFlapping ? { ...over, ended: budget.ended } : over;
    return { reason: null, since, budget: kept, budgetIfSent: kept };
  }
  const isSuppressed = isFlapping && budget.lastMail !== null && !hasPassed(budget.lastMail, 1, now);
  const budgetIfSent = { ...over, lastMail: now.toString(), lastKinds: [] };
  return { reason: isSuppressed ? null : 'all-clear', since, budget: waiting, budgetIfSent };
}

/** Whether a reminder fell due after the last mail, and that was not just now. */
function isReminderDue(firstReported: string, lastMail: string | null, now: Temporal.Instant): boolean {
  if (lastMail !== null && !hasPassed(lastMail, 1, now, toleranceHours)) return false;
  const days = [...reminderDays];
  for (let week = 2; hasPassed(firstReported, week * weekDays, now, toleranceHours); week += 1)
    days.push(week * weekDays);
  const isSent = (day: number) =>
    lastMail !== null && hasPassed(firstReported, day, Temporal.Instant.from(lastMail), toleranceHours);
  return days.some((day) => hasPassed(firstReported, day, now, toleranceHours) && !isSent(day));
}

function hasPassed(from: string, days: number, now: Temporal.Instant, slack = 0): boolean {
  const due = Temporal.Instant.from(from).add({ hours: days * 24 - slack });
  return Temporal.Instant.compare(now, due) >= 0;
}
