import { z } from 'zod';

/** Instants as ISO 8601. */
const instant = z.string();
const kinds = z.array(z.string()).readonly();

/** From the first run with something wrong to the second good run in a row. */
const outageSchema = z.object({
  since: instant,
  /** Kinds that a person was told of. */
  told: kinds,
  /** The first run whose mail was taken; reminders count from it. */
  firstTold: instant.nullable(),
  goodRuns: z.number(),
  /** It began within a day of the end of another: mails are held to one a day. */
  isFlapping: z.boolean(),
  /** Something was told that lasts, so its end is told too. */
  hasCondition: z.boolean(),
});

const budgetSchema = z.object({
  outage: outageSchema.nullable(),
  lastMail: instant.nullable(),
  /** Kinds of the last mail. */
  lastKinds: kinds,
  /** The end of the last outage that was told, and its kinds. */
  ended: z.object({ at: instant, told: kinds }).nullable(),
});

export type Outage = Readonly<z.infer<typeof outageSchema>>;

/** What is remembered from run to run, so that mails keep to their budget. */
export type AlertBudget = Readonly<z.infer<typeof budgetSchema>>;

export const alertBudgetSchema = budgetSchema.readonly();

export const emptyBudget: AlertBudget = { outage: null, lastMail: null, lastKinds: [], ended: null };
