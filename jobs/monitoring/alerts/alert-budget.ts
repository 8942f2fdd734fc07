import { z } from 'zod';

/** Instants as ISO 8601. */
const instant = z.string();
const kinds = z.array(z.string()).readonly();

/** From the first run with something wrong to the second good run in a row. */
const outageSchema = z.object({
  since: instant,
  /** Kinds that emails have reported. */
  reported: kinds,
  /** The first run whose mail was accepted; reminders count from it. */
  firstReported: instant.nullable(),
  goodRuns: z.number(),
  /** It began within a day of the end of another: alerts are limited to one a day. */
  isFlapping: z.boolean(),
  /** Something was reported that lasts, so its end is reported too. */
  hasCondition: z.boolean(),
});

const budgetSchema = z.object({
  outage: outageSchema.nullable(),
  lastMail: instant.nullable(),
  /** Kinds of the last mail. */
  lastKinds: kinds,
  /** The end of the last outage that was reported, and its kinds. */
  ended: z.object({ at: instant, reported: kinds }).nullable(),
});

export type Outage = Readonly<z.infer<typeof outageSchema>>;

/** What is remembered from run to run, so that alerts keep to their budget. */
export type AlertBudget = Readonly<z.infer<typeof budgetSchema>>;

export const alertBudgetSchema = budgetSchema.readonly();

export const emptyBudget: AlertBudget = { outage: null, lastMail: null, lastKinds: [], ended: null };
