import { z } from 'zod';
import type { AlertCause } from '../../monitoring/alerts/alert-decision.ts';

const problemKind = z.enum([
  'failure',
  'suspect',
  'findings',
  'housekeeping',
  'damaged',
  'unverified',
  'store-emptied',
  'unrecorded',
  'history-renamed',
  'state-not-stored',
]);

export const problemSchema = z.object({
  /** Null: of STATE_DIR, which all databases share. */
  database: z.string().nullable(),
  kind: problemKind,
  /** With database and kind, what makes it the same problem as before: a failure's code, the tables that lost rows. */
  code: z.string(),
  /** The backup that waits for a person, of a suspect; else null. */
  key: z.string().nullable(),
  /** For the subject of a mail. */
  title: z.string(),
  /** For `nightshift status`: one line. */
  message: z.string(),
  /** Lines of a mail: what happened. */
  lines: z.array(z.string()).readonly(),
  /** What to do. */
  hint: z.string(),
  /** When it was first seen, ISO 8601. */
  since: z.string(),
});

/** Something that is wrong with the backups, ready to be reported; plain values, so that it can be saved. */
export type BackupProblem = Readonly<z.infer<typeof problemSchema>>;

/** The problem as the budget of alerts counts it. */
export function causeOf({ database, kind, code }: BackupProblem): AlertCause {
  return { kind: [database ?? '', kind, code].join(':'), isEvent: isEvent(kind) };
}

/** It happened once; the next run does not find it again. */
export function isEvent(kind: BackupProblem['kind']): boolean {
  return kind === 'history-renamed' || kind === 'store-emptied';
}

/** Whether it is over: an event is, once a good backup was started after it. It may not have been reported yet. */
export function hasEnded({ kind, since }: BackupProblem, newestGood: Temporal.Instant | null): boolean {
  return isEvent(kind) && newestGood !== null && Temporal.Instant.compare(newestGood, Temporal.Instant.from(since)) > 0;
}
