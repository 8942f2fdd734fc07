import type { AlertBudget, Outage } from './alert-budget.ts';

/** Something that is wrong now. Two of the same `kind` are the same thing to the person who is told. */
export type AlertCause = {
  readonly kind: string;
  /** It happened once and does not last: told, but no all-clear follows. */
  readonly isEvent: boolean;
};

/** Why a mail goes out. */
export type AlertReason = 'new' | 'changed' | 'reminder' | 'all-clear';

export type AlertDecision = {
  /** Null: no mail. */
  readonly reason: AlertReason | null;
  /** Since when something has been wrong; null while nothing is. */
  readonly since: string | null;
  /** What to remember while no mail was taken by anybody. */
  readonly budget: AlertBudget;
  /** What to remember once a mail was taken. */
  readonly ifTaken: AlertBudget;
};

const reminderDays = [1, 3, 7];
const weekDays = 7;
/** Nights end at different minutes: 22 hours are from one to the next, so that nothing waits for the one after. */
const slackHours = 2;

/**
 * Decides after a run with these causes (none: a good run) whether a mail goes out. One when something is wrong, another
 * when a kind comes up that was not told, reminders after 1, 3 and 7 days and then weekly, an all-clear after the second
 * good run in a row. What comes and goes is held to one mail a day. A mail that nobody took is due again at the next run.
 */
export function decideAlert(budget: AlertBudget, causes: readonly AlertCause[], now: Temporal.Instant): AlertDecision {
  return causes.length > 0 ? decideWrong(budget, causes, now) : decideGood(budget, now);
}

function decideWrong(budget: AlertBudget, causes: readonly AlertCause[], now: Temporal.Instant): AlertDecision {
  const outage: Outage = { ...(budget.outage ?? begun(budget, now)), goodRuns: 0 };
  const kinds = [...new Set(causes.map(({ kind }) => kind))].toSorted();
  const next = { ...budget, outage };
  const reason = reasonFor(next, outage, kinds, now);
  const ifTaken = {
    ...next,
    lastMail: now.toString(),
    lastKinds: kinds,
    outage: {
      ...outage,
      told: [...new Set([...outage.told, ...kinds])].toSorted(),
      firstTold: outage.firstTold ?? now.toString(),
      hasCondition: outage.hasCondition || causes.some(({ isEvent }) => !isEvent),
    },
  };
  return { reason, since: outage.since, budget: next, ifTaken };
}

function begun({ ended }: AlertBudget, now: Temporal.Instant): Outage {
  const isFlapping = ended !== null && !hasPassed(ended.at, 1, now, slackHours);
  return {
    since: now.toString(),
    told: isFlapping ? ended.told : [],
    firstTold: null,
    goodRuns: 0,
    isFlapping,
    hasCondition: false,
  };
}

function reasonFor(budget: AlertBudget, outage: Outage, kinds: readonly string[], now: Temporal.Instant) {
  const isDayOver = budget.lastMail === null || hasPassed(budget.lastMail, 1, now);
  const { firstTold, told } = outage;
  if (kinds.some((kind) => !told.includes(kind))) return firstTold === null ? 'new' : 'changed';
  if (firstTold === null) return isDayOver ? 'new' : null;
  if (isDayOver && kinds.some((kind) => !budget.lastKinds.includes(kind))) return 'changed';
  return isReminderDue(firstTold, budget.lastMail, now) ? 'reminder' : null;
}

function decideGood(budget: AlertBudget, now: Temporal.Instant): AlertDecision {
  if (budget.outage === null) return { reason: null, since: null, budget, ifTaken: budget };
  const outage = { ...budget.outage, goodRuns: budget.outage.goodRuns + 1 };
  const { since, told, firstTold, goodRuns, isFlapping, hasCondition } = outage;
  const waiting = { ...budget, outage };
  const over = { ...budget, outage: null, ended: { at: now.toString(), told } };
  if (goodRuns < 2) return { reason: null, since, budget: waiting, ifTaken: waiting };
  // Nobody was told that it began, or it was an event that has no end.
  if (firstTold === null || !hasCondition) {
    const kept = firstTold === null && !isFlapping ? { ...over, ended: budget.ended } : over;
    return { reason: null, since, budget: kept, ifTaken: kept };
  }
  const isHeld = isFlapping && budget.lastMail !== null && !hasPassed(budget.lastMail, 1, now);
  const ifTaken = { ...over, lastMail: now.toString(), lastKinds: [] };
  return { reason: isHeld ? null : 'all-clear', since, budget: waiting, ifTaken };
}

/** Whether a reminder fell due after the last mail, and that was not just now. */
function isReminderDue(firstTold: string, lastMail: string | null, now: Temporal.Instant): boolean {
  if (lastMail !== null && !hasPassed(lastMail, 1, now, slackHours)) return false;
  const days = [...reminderDays];
  for (let week = 2; hasPassed(firstTold, week * weekDays, now, slackHours); week += 1) days.push(week * weekDays);
  const isTold = (day: number) =>
    lastMail !== null && hasPassed(firstTold, day, Temporal.Instant.from(lastMail), slackHours);
  return days.some((day) => hasPassed(firstTold, day, now, slackHours) && !isTold(day));
}

function hasPassed(from: string, days: number, now: Temporal.Instant, slack = 0): boolean {
  const due = Temporal.Instant.from(from).add({ hours: days * 24 - slack });
  return Temporal.Instant.compare(now, due) >= 0;
}
